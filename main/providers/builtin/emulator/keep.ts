import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import type { Memory } from './messages.ts'

const chunkBytes = 1024 * 1024
const nothing = Buffer.alloc(chunkBytes)

/** Writes a memory whole or not at all. */
export async function writeMemory(path: string, bytes: Uint8Array, safe: boolean): Promise<Memory> {
  const part = `${path}.part`
  const file = await open(part, 'w', 0o600)
  try {
    const written = writeAll(file, bytes)
    // Worked out while the system writes.
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await written
    if (safe) await file.sync()
    await file.close()
    await rename(part, path)
    return { path, sizeBytes: bytes.length, sha256 }
  } catch (error) {
    await file.close().catch(() => {})
    await rm(part, { force: true })
    throw error
  }
}

/** Reads a memory; throws `DamagedMemory` when it is not what was written. */
export async function readMemory({ path, sizeBytes, sha256 }: Memory): Promise<ArrayBuffer> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? damaged(`${path} is not there`) : error
  })
  if (bytes.length !== sizeBytes) throw damaged(`${path} has ${bytes.length} bytes where ${sizeBytes} were written`)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw damaged(`${path} has other bytes than were written`)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
}

export function damaged(detail: string): Error & { readonly code: 'DAMAGED' } {
  return Object.assign(new Error(detail), { code: 'DAMAGED' as const })
}

/**
 * Copies a disk, whole or not at all: as a second name for the same blocks where the file system can, else leaving out what
 * is empty, so that a copy takes no more space than its disk.
 */
export async function copyDisk(from: string, to: string, safe: boolean): Promise<void> {
  const part = `${to}.part`
  try {
    const isShared = await copyFile(from, part, constants.COPYFILE_FICLONE_FORCE).then(
      () => true,
      () => false,
    )
    if (!isShared) await copySparse(from, part)
    if (safe) await settle(part)
    await rename(part, to)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function copySparse(from: string, to: string): Promise<void> {
  const source = await open(from, 'r')
  try {
    const target = await open(to, 'w', 0o600)
    try {
      const { size } = await source.stat()
      await target.truncate(size)
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, size)))
      for (let at = 0; at < size; ) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length, at)
        if (bytesRead === 0) break
        const bytes = buffer.subarray(0, bytesRead)
        if (!bytes.equals(nothing.subarray(0, bytesRead))) await writeAll(target, bytes, at)
        at += bytesRead
      }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position = 0): Promise<void> {
  let at = 0
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at)
    at += bytesWritten
  }
}

async function settle(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
