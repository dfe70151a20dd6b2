import { BadHeader, type ExtentName, type ImageHeader, plain, type ReadAt } from './image-header.ts'

/** QEMU's `docs/interop/qcow2.txt`. Numbers are big-endian. */
const qcow2Length = 104
const incompatible = { dataFile: 1n << 2n } as const
const extension = { end: 0, backingFormat: 0xe2792aca, dataFile: 0x44415441 } as const
const maxNameBytes = 1023
/** Header and extensions lie in the first cluster, which is no larger. */
const maxClusterBits = 21
const maxExtensionBytes = 1 << maxClusterBits

export async function readQcow2(readAt: ReadAt): Promise<ImageHeader> {
  const header = await readAt(0, qcow2Length)
  if (header.length < 72) throw new BadHeader('a header that is cut short')
  const version = header.readUInt32BE(4)
  const isV3 = version >= 3
  if (isV3 && header.length < qcow2Length) throw new BadHeader('a header that is cut short')
  const clusterBits = header.readUInt32BE(20)
  if (clusterBits < 9 || clusterBits > maxClusterBits) throw new BadHeader(`clusters of 2^${clusterBits} bytes`)
  const backingAt = number(header.readBigUInt64BE(8))
  const backingLength = header.readUInt32BE(16)
  const extensionsAt = isV3 ? header.readUInt32BE(100) : 72
  const extensionsEnd = backingAt === 0 ? 2 ** clusterBits : backingAt
  const extensions = await readExtensions(readAt, extensionsAt, extensionsEnd)
  const hasDataFile = isV3 && (header.readBigUInt64BE(72) & incompatible.dataFile) !== 0n
  const dataFile = extensions.get(extension.dataFile)
  if (hasDataFile && dataFile === undefined) throw new BadHeader('a data file without a name')
  // Named although it is not said to be used: counted all the same.
  const extents: readonly ExtentName[] = dataFile === undefined ? [] : [{ name: dataFile, kind: 'flat' }]
  return {
    ...plain('qcow2'),
    virtualBytes: number(header.readBigUInt64BE(24)),
    isEncrypted: header.readUInt32BE(32) !== 0,
    backing:
      backingAt === 0
        ? null
        : {
            name: await readName(readAt, backingAt, backingLength),
            format: extensions.get(extension.backingFormat) ?? null,
          },
    extents,
  }
}

/** The texts among the header's extensions, by their kind. */
async function readExtensions(readAt: ReadAt, from: number, end: number): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>()
  if (end < from) throw new BadHeader('extensions that end before they begin')
  const bytes = await readAt(from, Math.min(end - from, maxExtensionBytes))
  for (let at = 0; at + 8 <= bytes.length; ) {
    const kind = bytes.readUInt32BE(at)
    const length = bytes.readUInt32BE(at + 4)
    if (kind === extension.end) return found
    if (at + 8 + length > bytes.length) throw new BadHeader('an extension that is cut short')
    if (kind === extension.backingFormat || kind === extension.dataFile) {
      if (length > maxNameBytes) throw new BadHeader('a name that is too long')
      found.set(kind, cText(bytes.subarray(at + 8, at + 8 + length)))
    }
    at += 8 + Math.ceil(length / 8) * 8
  }
  return found
}

export async function readQcow(readAt: ReadAt): Promise<ImageHeader> {
  const header = await readAt(0, 48)
  if (header.length < 48) throw new BadHeader('a header that is cut short')
  const backingAt = number(header.readBigUInt64BE(8))
  return {
    ...plain('qcow'),
    virtualBytes: number(header.readBigUInt64BE(24)),
    isEncrypted: header.readUInt32BE(36) !== 0,
    backing:
      backingAt === 0 ? null : { name: await readName(readAt, backingAt, header.readUInt32BE(16)), format: null },
  }
}

/** QEMU's `docs/interop/qed_spec.txt`. Numbers are little-endian. */
export async function readQed(readAt: ReadAt): Promise<ImageHeader> {
  const header = await readAt(0, 64)
  if (header.length < 64) throw new BadHeader('a header that is cut short')
  const features = header.readBigUInt64LE(16)
  const hasBacking = (features & 1n) !== 0n
  const isRawBacking = (features & 4n) !== 0n
  return {
    ...plain('qed'),
    virtualBytes: number(header.readBigUInt64LE(48)),
    backing: hasBacking
      ? {
          name: await readName(readAt, header.readUInt32LE(56), header.readUInt32LE(60)),
          format: isRawBacking ? 'raw' : null,
        }
      : null,
  }
}

async function readName(readAt: ReadAt, offset: number, length: number): Promise<string> {
  if (length === 0 || length > maxNameBytes) throw new BadHeader(`a name of ${length} bytes`)
  const bytes = await readAt(offset, length)
  if (bytes.length < length) throw new BadHeader('a name that is cut short')
  return cText(bytes)
}

/** A text as C reads it: up to the first zero. */
function cText(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  const text = bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
  if (text === '') throw new BadHeader('an empty name')
  return text
}

/** A position or size. More than JavaScript counts exactly is more than any file has. */
function number(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BadHeader(`a number of ${value}`)
  return Number(value)
}
