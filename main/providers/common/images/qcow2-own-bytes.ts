import { type FileHandle, stat } from 'node:fs/promises'
import { type Header, maxLevel1Bytes, read, standardOffset, type Table, withImage } from './qcow2.ts'

/** Reading more than this of an image's tables takes longer than its sizes are worth. */
const maxTableBytes = 256 * 1024 * 1024
/** QEMU's own limits (`block/qcow2.h`). */
const maxRefcountTableBytes = 8 * 1024 * 1024
const maxRefcountOrder = 6
/** An entry of a second-level table that holds compressed data: several share one cluster. */
const compressed = 0x40000000

/**
 * What each snapshot inside a qcow2 has for itself, the memory kept with it included: what its deletion would free. `qemu-img` says
 * nothing of that. Null where it cannot be told. Of an image that is being written, a few clusters may be missing.
 */
export async function readOwnBytes(path: string): Promise<ReadonlyMap<string, number> | null> {
  return withImage(path, async (file, header) => {
    if (header.hasDataFile || header.lacksSnapshots || header.refcounts.order > maxRefcountOrder) return null
    const reader = createReader(file)
    const countOf = await readRefcounts(reader, header)
    if (countOf === null) return null
    const own = new Map<string, number>()
    for (const [tag, table] of header.tables) {
      const bytes = await ownBytesOf(reader, header, table, countOf)
      if (bytes === null) return null
      own.set(tag, bytes)
    }
    return own
  })
}

type Reader = (from: number, length: number) => Promise<Buffer | null>
/** How often the cluster at this position is used; null where that cannot be told. */
type CountOf = (offset: number) => Promise<number | null>

/** Null once too much was read. */
function createReader(file: FileHandle): Reader {
  let left = maxTableBytes
  return async (from, length) => {
    left -= length
    return left < 0 ? null : read(file, from, length)
  }
}

async function readRefcounts(reader: Reader, { refcounts, clusterBits }: Header): Promise<CountOf | null> {
  const clusterBytes = 2 ** clusterBits
  const tableBytes = refcounts.clusters * clusterBytes
  if (tableBytes > maxRefcountTableBytes) return null
  const table = await reader(refcounts.offset, tableBytes)
  if (table === null) return null
  const bits = 2 ** refcounts.order
  const perBlock = (clusterBytes * 8) / bits
  const blocks = new Map<number, Buffer>()
  return async (offset) => {
    const cluster = Math.floor(offset / clusterBytes)
    const at = Math.floor(cluster / perBlock) * 8
    const blockOffset = at + 8 > table.length ? 0 : standardOffset(table, at)
    // A block that is not there counts nothing in all of its clusters.
    if (blockOffset === 0) return 0
    const block = blocks.get(blockOffset) ?? (await reader(blockOffset, clusterBytes))
    if (block === null || block.length < clusterBytes) return null
    blocks.set(blockOffset, block)
    return countAt(block, cluster % perBlock, bits)
  }
}

/** Counts of less than a byte begin with its lowest bits; larger ones are big-endian. */
function countAt(block: Buffer, index: number, bits: number): number {
  if (bits >= 8) {
    const bytes = bits / 8
    // More than one is all that matters of the longest.
    return bytes === 8 ? Number(block.readBigUInt64BE(index * 8)) : block.readUIntBE(index * bytes, bytes)
  }
  const byte = block[Math.floor((index * bits) / 8)] ?? 0
  return (byte >> ((index * bits) % 8)) & (2 ** bits - 1)
}

/** A table of the second level that others use too leads to clusters that they use too, and need not be read. */
async function ownBytesOf(reader: Reader, header: Header, table: Table, countOf: CountOf): Promise<number | null> {
  const clusterBytes = 2 ** header.clusterBits
  const step = header.hasLongEntries ? 16 : 8
  const tableBytes = table.entries * 8
  if (tableBytes > maxLevel1Bytes) return null
  const level1 = await reader(table.offset, tableBytes)
  if (level1 === null) return null
  let own = 0
  for (let at = 0; at + 8 <= level1.length; at += 8) {
    const offset = standardOffset(level1, at)
    if (offset === 0) continue
    const count = await countOf(offset)
    if (count === null) return null
    if (count !== 1) continue
    own += clusterBytes
    const level2 = await reader(offset, clusterBytes)
    if (level2 === null) return null
    for (let entry = 0; entry + 8 <= level2.length; entry += step) {
      if ((level2.readUInt32BE(entry) & compressed) !== 0) continue
      const data = standardOffset(level2, entry)
      if (data === 0) continue
      const uses = await countOf(data)
      if (uses === null) return null
      if (uses === 1) own += clusterBytes
    }
  }
  return own
}

/** The same of all images of a machine together, read again only once one of them has changed. */
export function createOwnBytes(): (paths: readonly string[]) => Promise<ReadonlyMap<string, number>> {
  const known = new Map<string, { readonly version: string; readonly bytes: ReadonlyMap<string, number> }>()
  return async (paths) => {
    const key = paths.join('\0')
    const version = (await Promise.all(paths.map(versionOf))).join(' ')
    const last = known.get(key)
    if (last?.version === version) return last.bytes
    const bytes = new Map<string, number>()
    for (const own of await Promise.all(paths.map(readOwnBytes))) {
      // Of some images alone it would be too little.
      if (own === null) return new Map()
      for (const [tag, some] of own) bytes.set(tag, (bytes.get(tag) ?? 0) + some)
    }
    known.set(key, { version, bytes })
    return bytes
  }
}

async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${size} ${mtimeMs}`
}
