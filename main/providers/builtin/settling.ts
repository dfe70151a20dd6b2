import type { Log } from '../../log.ts'
import { settleFile } from '../common/files.ts'

/** Long enough that several snapshots in a row do not wait for each other's disk. */
const laterMs = 1_000

/** Sees to it that a power cut takes nothing back of what was written, while the person goes on. */
export interface Settling {
  later(paths: readonly string[]): void
  /** Does at once what is left to do. */
  finish(): Promise<void>
}

export function createSettling(log: Log): Settling {
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | null = null

  const finish = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
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
      timer ??= setTimeout(() => void finish(), laterMs)
    },
    finish,
  }
}
