import type { Log } from '../../log.ts'
import { settleFile } from '../common/files.ts'

/** Snapshots in a row do not wait for each other's disk: it is given its work once they pause, */
const quietMs = 1_000
/** and at the latest after so long. */
const latestMs = 5_000

/** Sees to it that a power cut takes nothing back of what was written, while the person goes on. */
export interface Settling {
  later(paths: readonly string[]): void
  /** Does at once what is left to do. */
  finish(): Promise<void>
}

export function createSettling(log: Log): Settling {
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  /** When the first of what waits began to; null when nothing does. */
  let since: number | null = null

  const finish = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    since = null
    const paths = [...waiting]
    waiting.clear()
    for (const path of paths) {
      await settleFile(path).catch((error: NodeJS.ErrnoException) => {
        // Deleted meanwhile: then nothing of it is to be kept.
        if (error.code !== 'ENOENT') log.warn('builtin.settle', { error: String(error) })
      })
    }
  }
  return {
    later(paths) {
      for (const path of paths) waiting.add(path)
      const now = performance.now()
      since ??= now
      if (timer !== null) clearTimeout(timer)
      timer = setTimeout(() => void finish(), Math.min(quietMs, Math.max(0, since + latestMs - now)))
    },
    finish,
  }
}
