/** Arguments of `qemu-img`. Paths are absolute, so none is read as an option or a protocol. */
export const imageArguments = {
  /** `shared` looks at an image that a running machine writes to. Without `format` its content is asked. */
  info: (path: string, format: string | null, shared: boolean): readonly string[] => [
    'info',
    '--output=json',
    ...(shared ? ['-U'] : []),
    ...(format === null ? [] : ['-f', format]),
    path,
  ],
  createBlank: (path: string, sizeBytes: number): readonly string[] => [
    'create',
    '-q',
    '-f',
    'qcow2',
    path,
    String(sizeBytes),
  ],
  /** `base` is as it is written into the image, seen from the image's folder. */
  createLinked: (path: string, base: string): readonly string[] => [
    ...['create', '-q', '-f', 'qcow2'],
    ...['-F', 'qcow2', '-b', base],
    path,
  ],
  convert: (from: string, format: string, to: string, tag: string | null): readonly string[] => [
    ...['convert', '-p', '-f', format, '-O', 'qcow2'],
    ...(tag === null ? [] : ['-l', `snapshot.name=${tag}`]),
    from,
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
  applyInLayer: (layer: string, tag: string): readonly string[] => [
    ...['snapshot', '-q', '-a', tag],
    ...['--image-opts', throughLayer(layer)],
  ],
  measureLayer: (layer: string): readonly string[] => [
    ...['measure', '--output=json', '-O', 'qcow2'],
    ...['--image-opts', throughLayer(layer)],
  ],
  convertLayer: (layer: string, to: string): readonly string[] => [
    ...['convert', '-p', '-O', 'qcow2'],
    ...['--image-opts', throughLayer(layer)],
    to,
  ],
  measure: (path: string, format: string, tag: string | null): readonly string[] => [
    ...['measure', '--output=json', '-f', format, '-O', 'qcow2'],
    ...(tag === null ? [] : ['-l', `snapshot.name=${tag}`]),
    path,
  ],
  resize: (path: string, format: string, sizeBytes: number): readonly string[] => [
    ...['resize', '-q', '-f', format],
    path,
    String(sizeBytes),
  ],
  check: (path: string, mendsLeaks: boolean): readonly string[] => [
    ...['check', '--output=json', '-f', 'qcow2'],
    ...(mendsLeaks ? ['-r', 'leaks'] : []),
    path,
  ],
  snapshot: (what: 'create' | 'apply' | 'delete', tag: string, path: string): readonly string[] => [
    ...['snapshot', '-q', { create: '-c', apply: '-a', delete: '-d' }[what], tag],
    // The one command without `-f`.
    ...['--image-opts', `driver=qcow2,file.driver=file,file.filename=${doubleCommas(path)}`],
  ],
} as const

/** The qcow2 whose bytes a layer holds. */
function throughLayer(layer: string): string {
  return `driver=qcow2,file.driver=qcow2,file.file.driver=file,file.file.filename=${doubleCommas(layer)}`
}

/** A value inside one of QEMU's comma-separated options. */
export function doubleCommas(value: string): string {
  return value.replaceAll(',', ',,')
}
