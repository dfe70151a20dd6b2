import { lstat, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { writeAtomic } from '../../write-atomic.ts'

/** Writes a record of ours, whole or not at all. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`)
}

/** Reads what `writeJson` wrote; null when there is no such file. Throws what is wrong with one that does not fit. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(nullIfAbsent)
  return text === null ? null : schema.parse(JSON.parse(text))
}

/** The names in a folder; none when it is not there. */
export async function names(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(nullIfAbsent)) ?? []
}

export async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(nullIfAbsent)) !== null
}

export async function isFile(path: string): Promise<boolean> {
  const about = await stat(path).catch(() => null)
  return about?.isFile() === true || about?.isBlockDevice() === true
}

export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

/** Moves a folder within its file system, under a name that nothing has, and makes sure that the move is on the disk. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  for (const folder of new Set([dirname(to), dirname(from)])) {
    // Not every file system lets a folder be synced: what it does then is all that can be had.
    const file = await open(folder, 'r').catch(() => null)
    await file?.sync().catch(() => {})
    await file?.close()
  }
}

/** Bytes that a file or folder takes on the disk, holes not counted; 0 when it is not there. */
export async function diskUse(path: string): Promise<number> {
  const about = await lstat(path).catch(() => null)
  if (about === null) return 0
  // `blocks` is in units of 512 bytes on every system that has it, and 0 on Windows.
  const own = about.blocks > 0 || about.size === 0 ? about.blocks * 512 : about.size
  if (!about.isDirectory()) return own
  const inside = await Promise.all((await names(path)).map((name) => diskUse(join(path, name))))
  return inside.reduce((sum, bytes) => sum + bytes, own)
}

/** Free bytes for this person where `path` is or will be; null when the system does not say. */
export async function freeBytes(path: string): Promise<number | null> {
  for (let at = path; ; at = dirname(at)) {
    const about = await statfs(at).catch(() => null)
    if (about !== null) return about.bavail * about.bsize
    if (dirname(at) === at) return null
  }
}

function nullIfAbsent(error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return null
  throw error
}
