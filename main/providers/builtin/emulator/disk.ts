import { closeSync, fdatasync, fstatSync, fsyncSync, openSync } from 'node:fs'
import { readWhole, writeWhole } from '../../../state/whole-io.ts'
import { copyDiskNow, shareNow } from './disk-copy.ts'
import { createEmptyChunks } from './empty-chunks.ts'

/** How v86 is given a drive. It calls back before the method returns, or later. */
export interface Drive {
  readonly byteLength: number
  onload: (() => void) | undefined
  load(): void
  get(start: number, length: number, done: (bytes: Uint8Array) => void): void
  get_and_cache(start: number, length: number, done: (bytes: Uint8Array) => void): void
  get_from_cache(start: number, length: number): Uint8Array
  set(start: number, bytes: Uint8Array, done: () => void): void
  get_buffer(done: (buffer: undefined) => void): void
  get_state(): readonly unknown[]
  set_state(): void
}

export interface FileDrive {
  readonly drive: Drive
  /** Tries again what could not be written. */
  retry(): void
  settle(): void
  /** Calls back once all that was written is on the device, or with why it is not. Nobody is held up meanwhile. */
  sync(done: (error: Error | null) => void): void
  /** As long as nothing was written since the last copy, that one gets a second name: it takes no time and no space. */
  copy(to: string): void
  /** What a copy takes at most, on the disk that it is written to. */
  copyBytes(): number
  figures(): { readonly readBytes: number; readonly writtenBytes: number }
  close(): void
}

const sectorBytes = 512

/**
 * A file as a drive. What the guest writes is in the file when the guest is told so: an end of Berth takes nothing back. On the
 * device it is once the guest flushes its drive (`disk-flush.ts`). The file is no part of the emulator's own state; whoever keeps that
 * keeps the file beside it.
 */
export function openDrive(
  path: string,
  { writable, full }: { readonly writable: boolean; readonly full: () => void },
): FileDrive {
  const file = openSync(path, writable ? 'r+' : 'r')
  const size = fstatSync(file).size
  const byteLength = size - (size % sectorBytes)
  const empty = createEmptyChunks()
  /** Where a copy lies that is as the disk is now. */
  let sameAt: string | null = null
  const waiting: (() => void)[] = []
  let readBytes = 0
  let writtenBytes = 0

  const read = (start: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length)
    // Past the end is nothing, as on a drive that was made longer.
    readBytes += readWhole(file, bytes, start)
    return bytes
  }
  const write = (start: number, bytes: Uint8Array): void => {
    sameAt = null
    empty.touched(start, bytes.length)
    writeWhole(file, bytes, start)
    writtenBytes += bytes.length
  }
  const attempt = (start: number, bytes: Uint8Array, done: () => void): void => {
    try {
      write(start, bytes)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error
      // The guest waits for its drive: nothing is lost, and it is written once there is space.
      waiting.push(() => attempt(start, bytes, done))
      full()
      return
    }
    done()
  }

  const sync = (done: (error: Error | null) => void): void =>
    fdatasync(file, (error) => {
      if (error?.code !== 'ENOSPC' && error?.code !== 'EDQUOT') return done(error)
      waiting.push(() => sync(done))
      full()
    })

  const drive: Drive = {
    byteLength,
    onload: undefined,
    load: () => drive.onload?.(),
    get: (start, length, done) => done(read(start, length)),
    get_and_cache: (start, length, done) => done(read(start, length)),
    get_from_cache: read,
    set(start, bytes, done) {
      // A copy, because the emulator fills its buffer anew once it is told that it was written.
      if (writable) attempt(start, bytes.slice(), done)
      else done()
    },
    get_buffer: (done) => done(undefined),
    get_state: () => [byteLength],
    set_state() {},
  }
  return {
    drive,
    retry() {
      for (const again of waiting.splice(0)) again()
    },
    copy(to) {
      if (sameAt === null || !shareNow(sameAt, to)) copyDiskNow(path, to, empty)
      sameAt = to
    },
    copyBytes() {
      if (sameAt !== null) return 0
      const { blocks, size } = fstatSync(file)
      // In units of 512 bytes on every system that has it, and 0 on Windows.
      return blocks > 0 ? blocks * 512 : size
    },
    settle: () => fsyncSync(file),
    sync,
    figures: () => ({ readBytes, writtenBytes }),
    close: () => closeSync(file),
  }
}
