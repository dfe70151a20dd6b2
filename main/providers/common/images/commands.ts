import type { Layer } from '../../../images/chain.ts'
import { blockOptions, imageArgument } from './block-options.ts'

/** Arguments of `qemu-img`. Images are given with their formats and with all they stand on; paths are absolute. */
export const imageArguments = {
  /** `shared` looks at an image that a running machine writes to. What the image stands on is not opened. */
  info: (layers: readonly Layer[], shared: boolean): readonly string[] => [
    'info',
    '--output=json',
    ...(shared ? ['-U'] : []),
    ...imageArgument(layers, 'nothing'),
  ],
  createBlank: (path: string, sizeBytes: number): readonly string[] => [
    'create',
    '-q',
    '-f',
    'qcow2',
    path,
    String(sizeBytes),
  ],
  /** `base` is as it is written into the image, seen from the image's folder. It is not opened, so that its size is given. */
  createLinked: (path: string, base: string, sizeBytes: number): readonly string[] => [
    ...['create', '-q', '-f', 'qcow2'],
    ...['-u', '-F', 'qcow2', '-b', base],
    path,
    String(sizeBytes),
  ],
  convert: (from: readonly Layer[], to: string, tag: string | null): readonly string[] => [
    ...['convert', '-p', '-O', 'qcow2'],
    ...(tag === null ? [] : ['-l', `snapshot.name=${tag}`]),
    ...imageArgument(from),
    to,
  ],
  /**
   * A layer over an image's own bytes, not over what its guest sees: what is written to the image through it stays in the layer.
   */
  createLayer: (layer: string, image: string, sizeBytes: number): readonly string[] => [
    ...['create', '-q', '-f', 'qcow2'],
    ...['-F', 'raw', '-b', image],
    layer,
    String(sizeBytes),
  ],
  applyInLayer: (layer: string, layers: readonly Layer[], tag: string): readonly string[] => [
    ...['snapshot', '-q', '-a', tag],
    throughLayer(layer, layers),
  ],
  measureLayer: (layer: string, layers: readonly Layer[]): readonly string[] => [
    ...['measure', '--output=json', '-O', 'qcow2'],
    throughLayer(layer, layers),
  ],
  convertLayer: (layer: string, layers: readonly Layer[], to: string): readonly string[] => [
    ...['convert', '-p', '-O', 'qcow2'],
    throughLayer(layer, layers),
    to,
  ],
  measure: (layers: readonly Layer[], tag: string | null): readonly string[] => [
    ...['measure', '--output=json', '-O', 'qcow2'],
    ...(tag === null ? [] : ['-l', `snapshot.name=${tag}`]),
    ...imageArgument(layers),
  ],
  resize: (layers: readonly Layer[], sizeBytes: number): readonly string[] => [
    ...['resize', '-q'],
    ...imageArgument(layers),
    String(sizeBytes),
  ],
  check: (layers: readonly Layer[], mendsLeaks: boolean): readonly string[] => [
    ...['check', '--output=json'],
    ...(mendsLeaks ? ['-r', 'leaks'] : []),
    ...imageArgument(layers, 'nothing'),
  ],
  snapshot: (what: 'create' | 'apply' | 'delete', tag: string, layers: readonly Layer[]): readonly string[] => [
    ...['snapshot', '-q', { create: '-c', apply: '-a', delete: '-d' }[what], tag],
    // The one command without `-f`.
    `json:${JSON.stringify(blockOptions(layers))}`,
  ],
} as const

/** The image whose bytes a layer holds. */
function throughLayer(layer: string, layers: readonly Layer[]): string {
  const image = blockOptions(layers)
  const bytes = { driver: 'raw', file: image['file'] }
  const file = { driver: 'qcow2', file: { driver: 'file', filename: layer }, backing: bytes }
  return `json:${JSON.stringify({ ...image, file })}`
}

/** A value inside one of QEMU's comma-separated options. */
export function doubleCommas(value: string): string {
  return value.replaceAll(',', ',,')
}
