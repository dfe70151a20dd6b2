import type { Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { findReplayOverlap } from './replay-overlap.ts'

/** The most that is read of a log at once: what came before is not shown. */
const tailBytes = 2 * 1024 * 1024
/** The machine writes to the line first and to the log a moment later: how often and how long the log is looked at again. */
const lookMs = 5
const looks = 40
const lineFeed = 0x0a

/** How far a log has been shown. Of the same file only: a log that was put aside begins anew. */
export interface LogPosition {
  readonly file: number
  readonly offset: number
}

/** What a line has brought so far: its first bytes, as many as tell them from others, and how many in all. */
export interface Received {
  readonly first: Buffer
  readonly bytes: number
}

/** What a log held before the line was connected, and what fills the gap until the first byte of the line. */
export interface LogHistory {
  readonly bytes: Buffer
  /**
   * What the log has between `bytes` and the first byte of the line. Called once, when some have come: between our reading
   * and the machine's taking our call it may have said something, which is in the log alone.
   */
  gapBefore(received: () => Received): Promise<Buffer>
  /**
   * What the log has got since it was read while the line has brought nothing (`isSilent`): it was said before the machine took the
   * call, and may be the last for long, for a guest that waits for somebody to type says no more.
   */
  growth(isSilent: () => boolean): Promise<Buffer>
  /** How far all is shown, given how many bytes the line has brought. */
  position(receivedBytes: number): LogPosition | null
}

/** Reads what is in a log: all since `from` when it is the same file, else its last part. */
export async function readLog(path: string, from: LogPosition | null): Promise<LogHistory> {
  const info = await infoOf(path)
  const isSame = from !== null && info !== null && info.ino === from.file && info.size >= from.offset
  const wanted = isSame ? from.offset : 0
  let end = info?.size ?? 0
  const begin = Math.max(wanted, end - tailBytes)
  const read = await readRange(path, begin, end)
  const bytes = begin > wanted ? read.subarray(read.indexOf(lineFeed) + 1) : read
  let file = info?.ino ?? null
  let liveFrom: number | null = end

  return {
    bytes,
    async gapBefore(received) {
      for (let look = 0; look < looks; look++) {
        await new Promise((resolve) => setTimeout(resolve, lookMs))
        const soFar = received()
        const now = await infoOf(path)
        if (now === null) continue
        file ??= now.ino
        if (now.ino !== file || now.size < end) break
        const added = await readRange(path, Math.max(end, now.size - tailBytes), now.size)
        const overlapStart = findReplayOverlap(added, soFar.first, soFar.bytes)
        if (overlapStart === null) continue
        liveFrom = now.size - added.length + overlapStart
        return added.subarray(0, overlapStart)
      }
      liveFrom = null
      return Buffer.alloc(0)
    },
    async growth(isSilent) {
      const now = await infoOf(path)
      if (now === null || (file !== null && now.ino !== file) || now.size <= end) return Buffer.alloc(0)
      const added = await readRange(path, Math.max(end, now.size - tailBytes), now.size)
      // The line has everything before the log has it: after a whole round of the event loop it has been read.
      for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve))
      if (!isSilent()) return Buffer.alloc(0)
      file = now.ino
      end = now.size
      liveFrom = end
      return added
    },
    position(receivedBytes) {
      return file === null || liveFrom === null ? null : { file, offset: liveFrom + receivedBytes }
    },
  }
}

async function infoOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null)
}

async function readRange(path: string, begin: number, end: number): Promise<Buffer> {
  if (end <= begin) return Buffer.alloc(0)
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return Buffer.alloc(0)
  try {
    const buffer = Buffer.alloc(end - begin)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, begin)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
