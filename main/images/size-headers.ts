import { BadHeader, type ImageHeader, plain, type ReadAt } from './image-header.ts'

/** Formats whose header names no file: VDI finds what it stands on by its UUID, and no tool opens a VHDX that stands on another. */

const vdi = { kindAt: 76, sizeAt: 368, differences: 4 } as const

export function readVdi(header: Buffer): ImageHeader {
  if (header.length < vdi.sizeAt + 8) throw new BadHeader('a header that is cut short')
  const size = header.readBigUInt64LE(vdi.sizeAt)
  return { ...plain('vdi'), virtualBytes: size > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(size) }
}

/** [MS-VHDX]: the size stands in the metadata region, which two tables lead to. */
const vhdx = {
  regionsAt: 192 * 1024,
  metadataRegion: '06a27c8b90479a4bb8fe575f050f886e',
  virtualSize: '2442a52f1bcd7648b2115dbed83bf4b8',
} as const

export async function readVhdx(readAt: ReadAt): Promise<ImageHeader> {
  const metadataAt = await findIn(readAt, vhdx.regionsAt, { mark: 'regi', countAt: 8, from: 16, entry: 32 }, (entry) =>
    entry.toString('hex', 0, 16) === vhdx.metadataRegion ? Number(entry.readBigUInt64LE(16)) : null,
  )
  const itemAt =
    metadataAt === null
      ? null
      : await findIn(readAt, metadataAt, { mark: 'metadata', countAt: 10, from: 32, entry: 32 }, (entry) =>
          entry.toString('hex', 0, 16) === vhdx.virtualSize ? entry.readUInt32LE(16) : null,
        )
  if (metadataAt === null || itemAt === null) return plain('vhdx')
  const size = await readAt(metadataAt + itemAt, 8)
  return { ...plain('vhdx'), virtualBytes: size.length < 8 ? null : Number(size.readBigUInt64LE(0)) }
}

async function findIn(
  readAt: ReadAt,
  at: number,
  table: { readonly mark: string; readonly countAt: number; readonly from: number; readonly entry: number },
  pick: (entry: Buffer) => number | null,
): Promise<number | null> {
  if (!Number.isSafeInteger(at)) return null
  const bytes = await readAt(at, 64 * 1024)
  if (bytes.length < table.from || bytes.toString('latin1', 0, table.mark.length) !== table.mark) return null
  const count = bytes.readUInt16LE(table.countAt)
  for (let index = 0; index < count; index += 1) {
    const start = table.from + index * table.entry
    if (start + table.entry > bytes.length) return null
    const found = pick(bytes.subarray(start, start + table.entry))
    if (found !== null) return found
  }
  return null
}
