import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Problem } from './entry.ts'

/** VirtualBox replaces a settings file in three steps, in between which there is none. */
const replacedMs = [10, 20, 40, 80, 160] as const

/** Another when the file's content may be another; null when there is no such file. */
export async function stampOf(path: string): Promise<string | null> {
  try {
    const about = await withReplacing(() => stat(path, { bigint: true }))
    return `${about.mtimeNs}:${about.size}:${about.ino}`
  } catch {
    return null
  }
}

/** Reads what may be in the middle of being replaced. */
export async function withReplacing<T>(read: () => Promise<T>): Promise<T> {
  for (const pauseMs of replacedMs) {
    try {
      return await read()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      await delay(pauseMs)
    }
  }
  return read()
}

/** Why a file could not be read. */
export function problemOf(error: unknown, path: string): Problem {
  const { code } = error as NodeJS.ErrnoException
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : code === undefined ? 'damaged' : 'denied'
  return { kind, path, said: error instanceof Error ? error.message : String(error) }
}
