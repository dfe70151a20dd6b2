import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { renameDurably } from '../../../state/durable.ts'
import { readWhole, writeWhole } from '../../../state/whole-io.ts'
import { chunkBytes, type EmptyChunks, isNothing } from './empty-chunks.ts'

/**
 * Copies a disk, whole or not at all: as a second name for the same blocks where the file system can, else leaving out what
 * is empty, so that a copy takes no more space than its disk. In a machine's own thread. `empty` remembers from one copy to
 * the next what need not be read.
 */
export function copyDiskNow(from: string, to: string, empty?: EmptyChunks): void {
  const part = `${to}.part`
  try {
    if (!cloneNow(from, part)) copyNow(from, part, empty)
    renameSync(part, to)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** Gives a copy a second name; false when it is not there any more or its file system has no second names. */
export function shareNow(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch {
    return false
  }
}

/** Made once and kept: making it anew for every copy would take as long as reading into it. */
let buffer: Buffer | null = null

/** Which file systems cannot is found out once: asking them costs as much as copying a little. */
let canClone: boolean | null = null

function cloneNow(from: string, to: string): boolean {
  if (canClone === false) return false
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE)
    canClone = true
    return true
  } catch {
    canClone ??= false
    return false
  }
}

function copyNow(from: string, to: string, empty?: EmptyChunks): void {
  const source = openSync(from, 'r')
  try {
    const target = openSync(to, 'w', 0o600)
    try {
      const { size } = fstatSync(source)
      ftruncateSync(target, size)
      for (let at = 0; at < size; at += chunkBytes) {
        if (empty?.has(at)) continue
        buffer ??= Buffer.allocUnsafe(chunkBytes)
        const bytes = buffer.subarray(0, readWhole(source, buffer.subarray(0, Math.min(chunkBytes, size - at)), at))
        if (isNothing(bytes)) empty?.add(at)
        else writeWhole(target, bytes, at)
      }
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

/** As `copyDiskNow`, without holding anybody up: for disks of machines that are off. Settles when it is on the disk. */
export async function copyDisk(from: string, to: string): Promise<void> {
  const part = `${to}.part`
  try {
    const source = await open(from, 'r')
    try {
      const target = await open(part, 'w', 0o600)
      try {
        const { size } = await source.stat()
        await target.truncate(size)
        const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, size)))
        for (let at = 0; at < size; ) {
          const { bytesRead } = await source.read(buffer, 0, buffer.length, at)
          if (bytesRead === 0) break
          const bytes = buffer.subarray(0, bytesRead)
          if (!isNothing(bytes)) await target.write(bytes, 0, bytesRead, at)
          at += bytesRead
        }
        await target.sync()
      } finally {
        await target.close()
      }
    } finally {
      await source.close()
    }
    await renameDurably(part, to)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
