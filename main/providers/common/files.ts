import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, type Stats, writeFileSync } from 'node:fs'
import { copyFile, link, lstat, open, readdir, readFile, rename, rm, stat, statfs, unlink } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { makeFolder, renameDurably, syncFile, syncFolder, writeDurably } from '../../state/durable.ts'

/**
 * Writes a file whole or not at all, and only returns when it is on the disk. `quick` returns when every program sees it: an
 * end of Berth cannot take it back, a power cut can.
 */
export async function writeJson(path: string, value: unknown, how: 'safe' | 'quick' = 'safe'): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`
  if (how === 'safe') return writeDurably(path, text)
  // The package asks the system for much that a file of ours, in a folder of ours, does not need. And a few kilobytes are in the
  // system's own memory sooner than another thread has heard that it is to write them.
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    writeFileSync(part, text, { mode: 0o600 })
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** Reads what `writeJson` wrote; null when there is no such file. Throws what is wrong with one that does not fit. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(nullIfAbsent)
  return text === null ? null : schema.parse(JSON.parse(text))
}

/** Whether a word out of a file of ours can be the name of one file or folder. */
export function isFileName(word: string): boolean {
  return !['', '.', '..'].includes(word) && !/[/\\\0]/.test(word)
}

/** Whether a word out of a file of ours can be a path: the system refuses others before it looks. */
export function isPath(word: string): boolean {
  return isAbsolute(word) && !word.includes('\0')
}

/** What is at a path; null when nothing is. Other troubles (permission, a drive that fails) are thrown. */
export function look(path: string): Promise<Stats | null> {
  return stat(path).catch(nullIfAbsent)
}

export async function exists(path: string): Promise<boolean> {
  return (await look(path)) !== null
}

/** Whether a file or a disk of this computer is at a path. What cannot be looked at is none. */
export async function isFile(path: string): Promise<boolean> {
  const about = await look(path).catch(() => null)
  return about?.isFile() === true || about?.isBlockDevice() === true
}

/** The names in a folder; none when it is not there yet. */
export async function names(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(nullIfAbsent)) ?? []
}

export async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    const { code, path: inside } = error as NodeJS.ErrnoException
    // Of a file that may not be deleted Node says that it is no folder, and not why.
    if (code !== 'ENOTDIR' || inside === undefined) throw error
    await unlink(inside)
    await remove(path)
  }
}

/** Moves within one file system and makes sure that the move itself is on the disk. */
export async function move(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await renameDurably(from, to)
}

/**
 * Gives the same bytes a second name, whatever had it before; a copy where the file system has no second names. Whoever does
 * this changes the bytes under neither.
 */
export async function share(from: string, to: string): Promise<void> {
  await remove(to)
  await link(from, to).catch(async () => {
    await copyFile(from, to)
    await syncFile(to)
  })
  await syncFolder(dirname(to))
}

/**
 * Gives a finished file or folder its name, unless something has it by now. A file's bytes are on the disk before; those of a
 * folder's many files are left to the system, as every program that copies folders does.
 */
export async function putUnder(draft: string, path: string): Promise<void> {
  if ((await lstat(draft)).isFile()) await syncFile(draft)
  await nameDraft(draft, path)
  await syncFolder(dirname(path))
}

async function nameDraft(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
    await unlink(draft)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' || (await exists(path))) {
      const params = { name: basename(path) }
      throw failure('already-exists', { key: 'files.taken', params }, { field: 'path', cause: error })
    }
    // A folder, and on some file systems a file, can't have two names.
    await rename(draft, path)
  }
}

/** Bytes that a copy of a folder takes on the disk, holes of sparse files not counted. */
export function diskUse(path: string): Promise<number> {
  return blocksOf(path, () => 1)
}

/** Bytes that a folder takes on the disk itself. A file with several names counts for each with its part. */
export async function diskShare(path: string): Promise<number> {
  return Math.ceil(await blocksOf(path, ({ nlink }) => 1 / Math.max(1, nlink)))
}

async function blocksOf(path: string, part: (file: Stats) => number): Promise<number> {
  const about = await lstat(path).catch(nullIfAbsent)
  if (about === null) return 0
  // `blocks` is in units of 512 bytes on every system that has it, and 0 on Windows.
  const own = about.blocks > 0 || about.size === 0 ? about.blocks * 512 : about.size
  if (!about.isDirectory()) return own * part(about)
  const inside = await Promise.all((await names(path)).map((name) => blocksOf(join(path, name), part)))
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

/** The last bytes of a text file from a position on; empty when there is none. */
export async function readTail(path: string, from: number, maxBytes = 16_384): Promise<string> {
  const file = await open(path, 'r').catch(nullIfAbsent)
  if (file === null) return ''
  try {
    const { size } = await file.stat()
    const start = Math.max(from, size - maxBytes)
    const bytes = Buffer.alloc(Math.max(0, size - start))
    await file.read(bytes, 0, bytes.length, start)
    return bytes.toString('utf8')
  } finally {
    await file.close()
  }
}

/** Keeps a log from growing for ever: what is too long becomes the one older log. Returns the size it has now. */
export async function rotate(path: string, maxBytes: number): Promise<number> {
  const size = (await look(path))?.size ?? 0
  if (size <= maxBytes) return size
  await rename(path, `${path}.1`)
  return 0
}

export function nullIfAbsent(error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return null
  throw error
}
