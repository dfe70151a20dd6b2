import type { Layer } from '../../../images/chain.ts'

/** QEMU's description of a block device, as `-blockdev` and `json:` names take it. */
export type BlockOptions = Readonly<Record<string, unknown>>

/** Formats that may stand on another image: QEMU opens what the header names unless it is told. */
const standingFormats: readonly string[] = ['qcow2', 'qcow', 'qed', 'vmdk']

/**
 * A whole chain spelled out, the image first: every file with its driver, and that nothing comes after the last. QEMU then opens
 * nothing because a header says so. Of a VMDK it still reads which extents to open; they were looked at before.
 */
export function blockOptions(layers: readonly Layer[], backingOf: 'chain' | 'nothing' = 'chain'): BlockOptions {
  const [layer, ...rest] = layers
  if (layer === undefined) throw new Error('an image without layers')
  const { format, path, isDevice, extents } = layer
  const [data] = format === 'qcow2' ? extents : []
  const backing = backingOf === 'nothing' || rest.length === 0 ? null : blockOptions(rest)
  return {
    driver: format,
    file: { driver: isDevice ? 'host_device' : 'file', filename: path },
    ...(data === undefined ? {} : { 'data-file': { driver: 'file', filename: data.path } }),
    ...(standingFormats.includes(format) ? { backing } : {}),
  }
}

/** An image as an argument of `qemu-img`: its path where it stands alone, else spelled out. */
export function imageArgument(layers: readonly Layer[], backingOf: 'chain' | 'nothing' = 'chain'): readonly string[] {
  const [layer] = layers
  if (layers.length === 1 && layer !== undefined && !layer.isDevice && layer.extents.length === 0) {
    return ['-f', layer.format, layer.path]
  }
  return [`json:${JSON.stringify(blockOptions(layers, backingOf))}`]
}
