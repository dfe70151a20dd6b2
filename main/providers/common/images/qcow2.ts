import { type FileHandle, open } from 'node:fs/promises'

/** What a qcow2 says of itself that `qemu-img info` does not print, after docs/interop/qcow2.txt of QEMU. */
export interface Qcow2 {
  /** As its guest sees it now. */
  readonly virtualBytes: number
  readonly snapshots: readonly Qcow2Snapshot[]
}

export interface Qcow2Snapshot {
  readonly tag: string
  /** As the guest saw it then. An old image does not say so: it had its present size. */
  readonly virtualBytes: number
}

/** A first-level table: of the present, or of a snapshot. */
export interface Table {
  readonly offset: number
  readonly entries: number
}

export interface Header extends Qcow2 {
  readonly clusterBits: number
  readonly hasLongEntries: boolean
  readonly hasDataFile: boolean
  readonly present: Table
  readonly refcounts: Refcounts
  readonly tables: ReadonlyMap<string, Table>
  /** Fewer snapshots could be read than there are. */
  readonly lacksSnapshots: boolean
}

/** Where an image counts how often each of its clusters is used. */
export interface Refcounts {
  readonly offset: number
  readonly clusters: number
  /** A count has 2 to this power bits. */
  readonly order: number
}

const magic = 0x514649fb
const headerBytes = 104
/** QEMU's own limits (`block/qcow2.h`): what is larger, QEMU does not open. */
const maxSnapshots = 65_536
const maxSnapshotTableBytes = 64 * 1024 * 1024
export const maxLevel1Bytes = 32 * 1024 * 1024
const smallestClusterBits = 9
const maxClusterBits = 21

/** Reads an image's sizes; null when it is no qcow2 that can be read. */
export function readQcow2(path: string): Promise<Qcow2 | null> {
  return withImage(path, async (_file, header) => header)
}

/**
 * Whether an image is shorter than what a snapshot, or its present with a null tag, has in it: a copy that was broken off, or a
 * file that was cut. Looks at the tables alone, an 8,192th of the disk. False where that cannot be told.
 */
export async function isCutShort(path: string, tag: string | null): Promise<boolean> {
  const answer = await withImage(path, async (file, header) => {
    const table = tag === null ? header.present : header.tables.get(tag)
    if (table === undefined) return header.lacksSnapshots
    if (header.hasDataFile) return false
    const { size } = await file.stat()
    return hasDataBeyond(file, header, table, size)
  })
  return answer ?? false
}

export async function withImage<T>(
  path: string,
  look: (file: FileHandle, header: Header) => Promise<T>,
): Promise<T | null> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return null
  try {
    const header = await readHeader(file)
    return header === null ? null : await look(file, header)
  } finally {
    await file.close()
  }
}

async function readHeader(file: FileHandle): Promise<Header | null> {
  const bytes = await read(file, 0, headerBytes)
  if (bytes.length < 72 || bytes.readUInt32BE(0) !== magic) return null
  const version = bytes.readUInt32BE(4)
  const clusterBits = bytes.readUInt32BE(20)
  if (version !== 2 && version !== 3) return null
  if (clusterBits < smallestClusterBits || clusterBits > maxClusterBits) return null
  const features = version === 3 && bytes.length >= 80 ? bytes.readUInt32BE(76) : 0
  const virtualBytes = Number(bytes.readBigUInt64BE(24))
  const found = await readSnapshots(file, bytes, virtualBytes)
  return {
    virtualBytes,
    clusterBits,
    hasDataFile: (features & 4) !== 0,
    hasLongEntries: (features & 16) !== 0,
    present: { entries: bytes.readUInt32BE(36), offset: Number(bytes.readBigUInt64BE(40)) },
    refcounts: {
      offset: Number(bytes.readBigUInt64BE(48)),
      clusters: bytes.readUInt32BE(56),
      order: version === 3 && bytes.length >= 100 ? bytes.readUInt32BE(96) : 4,
    },
    snapshots: found.map(({ tag, virtualBytes: size }) => ({ tag, virtualBytes: size })),
    lacksSnapshots: found.length < bytes.readUInt32BE(60),
    tables: new Map(found.map(({ tag, table }) => [tag, table])),
  }
}

async function readSnapshots(
  file: FileHandle,
  header: Buffer,
  presentBytes: number,
): Promise<readonly (Qcow2Snapshot & { readonly table: Table })[]> {
  const count = header.readUInt32BE(60)
  const start = Number(header.readBigUInt64BE(64))
  if (count === 0 || count > maxSnapshots) return []
  const bytes = await read(file, start, maxSnapshotTableBytes)
  const found: (Qcow2Snapshot & { readonly table: Table })[] = []
  for (let at = 0; found.length < count && at + 40 <= bytes.length; ) {
    const [idLength, nameLength] = [bytes.readUInt16BE(at + 12), bytes.readUInt16BE(at + 14)]
    const extraLength = bytes.readUInt32BE(at + 36)
    const nameAt = at + 40 + extraLength + idLength
    // What was cut off is read as zeros where the file was made longer again.
    if (nameLength === 0 || nameAt + nameLength > bytes.length) break
    found.push({
      tag: bytes.toString('utf8', nameAt, nameAt + nameLength),
      virtualBytes: extraLength >= 16 ? Number(bytes.readBigUInt64BE(at + 48)) : presentBytes,
      table: { offset: Number(bytes.readBigUInt64BE(at)), entries: bytes.readUInt32BE(at + 8) },
    })
    at = Math.ceil((nameAt + nameLength) / 8) * 8
  }
  return found
}

/** Whether a table, or a cluster that it leads to, begins where the file has ended. */
async function hasDataBeyond(file: FileHandle, header: Header, table: Table, size: number): Promise<boolean> {
  const clusterBytes = 2 ** header.clusterBits
  const tableBytes = table.entries * 8
  if (tableBytes > maxLevel1Bytes) return false
  if (tableBytes > 0 && table.offset + tableBytes > size) return true
  const level1 = await read(file, table.offset, tableBytes)
  const seen = new Set<number>()
  const step = header.hasLongEntries ? 16 : 8
  for (let at = 0; at + 8 <= level1.length; at += 8) {
    const offset = standardOffset(level1, at)
    if (offset === 0 || seen.has(offset)) continue
    seen.add(offset)
    if (offset >= size) return true
    const level2 = await read(file, offset, clusterBytes)
    // The last cluster of a file may be written in part: a table that is last is whole all the same.
    if (level2.length < clusterBytes) return true
    for (let entry = 0; entry + 8 <= level2.length; entry += step) {
      if (dataOffset(level2, entry, header.clusterBits) >= size) return true
    }
  }
  return false
}

/** 0 for a cluster that is not in the file. */
function dataOffset(table: Buffer, at: number, clusterBits: number): number {
  const high = table.readUInt32BE(at)
  const isCompressed = (high & 0x40000000) !== 0
  if (!isCompressed) return standardOffset(table, at)
  const offsetBits = 62 - (clusterBits - 8)
  return Number(BigInt.asUintN(offsetBits, table.readBigUInt64BE(at)))
}

/** Bits 9 to 55 of an entry. */
export function standardOffset(table: Buffer, at: number): number {
  return (table.readUInt32BE(at) & 0x00ffffff) * 2 ** 32 + ((table.readUInt32BE(at + 4) & 0xfffffe00) >>> 0)
}

/** So many bytes, or as many as there are. */
export async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
