/** Headers of disk images made by hand: what a hostile author could write, and no tool would. */

export interface Qcow2Parts {
  readonly backing?: string
  readonly backingFormat?: string
  readonly dataFile?: string
  readonly cryptMethod?: number
  readonly version?: 2 | 3
  readonly virtualBytes?: number
}

export function qcow2Header({
  backing,
  backingFormat,
  dataFile,
  cryptMethod = 0,
  version = 3,
  virtualBytes = 1024 * 1024,
}: Qcow2Parts): Buffer {
  const header = Buffer.alloc(65_536)
  header.write('QFI\xfb', 0, 'latin1')
  header.writeUInt32BE(version, 4)
  header.writeUInt32BE(16, 20)
  header.writeBigUInt64BE(BigInt(virtualBytes), 24)
  header.writeUInt32BE(cryptMethod, 32)
  let at = 72
  if (version === 3) {
    if (dataFile !== undefined) header.writeBigUInt64BE(4n, 72)
    header.writeUInt32BE(104, 100)
    at = 104
  }
  const extend = (kind: number, text: string): void => {
    const bytes = Buffer.from(text)
    header.writeUInt32BE(kind, at)
    header.writeUInt32BE(bytes.length, at + 4)
    bytes.copy(header, at + 8)
    at += 8 + Math.ceil(bytes.length / 8) * 8
  }
  if (backingFormat !== undefined) extend(0xe2792aca, backingFormat)
  if (dataFile !== undefined) extend(0x44415441, dataFile)
  if (backing !== undefined) {
    const bytes = Buffer.from(backing)
    header.writeBigUInt64BE(BigInt(at + 8), 8)
    header.writeUInt32BE(bytes.length, 16)
    bytes.copy(header, at + 8)
  }
  return header
}

export function vmdkText(extents: readonly string[], more: readonly string[] = []): string {
  return [
    '# Disk DescriptorFile',
    'version=1',
    'CID=fffffffe',
    'parentCID=ffffffff',
    'createType="monolithicFlat"',
    ...more,
    '# Extent description',
    ...extents,
    '# The Disk Data Base',
    'ddb.adapterType = "ide"',
    '',
  ].join('\n')
}

/** A sparse VMDK with a description inside; without a capacity it is nothing but the description. */
export function vmdkSparse(text: string, capacitySectors: number, textSector = 1): Buffer {
  const bytes = Buffer.alloc(65_536)
  bytes.write('KDMV', 0, 'latin1')
  bytes.writeUInt32LE(1, 4)
  bytes.writeBigUInt64LE(BigInt(capacitySectors), 12)
  bytes.writeBigUInt64LE(BigInt(textSector), 28)
  bytes.writeBigUInt64LE(20n, 36)
  bytes.write(text, textSector * 512)
  return bytes
}
