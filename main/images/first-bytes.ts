/** What a file is by its first bytes. A disk image without a signature of its own is `raw`. */
export type ImageFormat = 'raw' | 'qcow2' | 'qcow' | 'qed' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc' | 'luks' | 'parallels'

/** A compressed file or an archive: a disk image may be inside, but a machine cannot read it there. */
export type Packing = 'xz' | 'gzip' | 'zip' | 'zstd' | 'bzip2' | '7z' | 'tar' | 'lz4' | 'rar' | 'lzip' | 'compress'

interface Signature<K> {
  readonly kind: K
  readonly offset: number
  readonly bytes: Buffer
}

const signature = <K>(kind: K, bytes: string, offset = 0): Signature<K> => ({
  kind,
  offset,
  bytes: Buffer.from(bytes, 'latin1'),
})

const packings: readonly Signature<Packing>[] = [
  signature('xz', '\xfd7zXZ\0'),
  // With its one method, deflate: two bytes alone are also the start of a boot sector.
  signature('gzip', '\x1f\x8b\x08'),
  signature('zip', 'PK\x03\x04'),
  signature('zip', 'PK\x05\x06'),
  signature('zstd', '\x28\xb5\x2f\xfd'),
  signature('7z', '7z\xbc\xaf\x27\x1c'),
  signature('tar', 'ustar', 257),
  signature('lz4', '\x04\x22\x4d\x18'),
  signature('rar', 'Rar!\x1a\x07'),
  signature('lzip', 'LZIP\x01'),
  signature('compress', '\x1f\x9d\x90'),
]
const bzip2 = /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/

const formats: readonly Signature<ImageFormat>[] = [
  signature('qed', 'QED\0'),
  signature('vmdk', 'KDMV'),
  signature('vmdk', 'COWD'),
  signature('vhdx', 'vhdxfile'),
  signature('vpc', 'conectix'),
  signature('luks', 'LUKS\xba\xbe'),
  signature('parallels', 'WithoutFreeSpace'),
  signature('parallels', 'WithouFreSpacExt'),
  signature('vdi', '\x7f\x10\xda\xbe', 64),
]

/** As many bytes as tell what a file is. */
export const firstBytesLength = 4096

export function packingOf(bytes: Buffer): Packing | null {
  if (bzip2.test(bytes.toString('latin1', 0, 10))) return 'bzip2'
  return packings.find((one) => isAt(bytes, one))?.kind ?? null
}

export function imageFormatOf(bytes: Buffer): ImageFormat {
  if (bytes.length >= 8 && bytes.toString('latin1', 0, 4) === 'QFI\xfb') {
    return bytes.readUInt32BE(4) === 1 ? 'qcow' : 'qcow2'
  }
  return formats.find((one) => isAt(bytes, one))?.kind ?? (isVmdkText(bytes) ? 'vmdk' : 'raw')
}

/** A VMDK that is only a description: comments, then `version=`. QEMU and VirtualBox each ask for less than both. */
function isVmdkText(bytes: Buffer): boolean {
  const text = bytes.toString('latin1')
  if (/^# ?disk descriptorfile/i.test(text)) return true
  if (!text.startsWith('#')) return false
  const line = text.split(/[\r\n]+/).find((one) => one.trim() !== '' && !one.startsWith('#'))
  return line !== undefined && /^version=[123]$/.test(line)
}

/** Whether a sector begins as a disk's does: with a boot sector or a table of partitions. */
export function isBootSector(bytes: Buffer): boolean {
  return bytes.length >= 512 && bytes.readUInt16LE(510) === 0xaa55
}

function isAt(bytes: Buffer, { offset, bytes: wanted }: Signature<unknown>): boolean {
  return bytes.subarray(offset, offset + wanted.length).equals(wanted)
}
