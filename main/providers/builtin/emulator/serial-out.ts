import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

/** So much is said to main before the guest waits for it to be taken. */
const maxUntaken = 1024 * 1024
const resumeBelow = 256 * 1024
const chunkBytes = 64 * 1024
/** A log that has grown so long is put aside, so that a guest that never stops talking does not fill the disk. */
const logBytes = 64 * 1024 * 1024

export interface SerialOut {
  put(byte: number): void
  taken(bytes: number): void
  /** Says what is waiting. */
  flush(): void
  close(): void
}

export interface SerialEvents {
  readonly said: (bytes: Uint8Array, log: { readonly file: number; readonly end: number }) => void
  /** True when the guest must wait, false when it may go on. */
  readonly hold: (isHeld: boolean) => void
}

/** The guest's serial line on its way out: into the log first, then to main, in chunks. */
export function createSerialOut(logPath: string, events: SerialEvents): SerialOut {
  const open = () => {
    const file = openSync(logPath, 'a', 0o600)
    const { ino, size } = fstatSync(file)
    return { file, ino, size }
  }
  let log = open()
  let chunk = new Uint8Array(chunkBytes)
  let length = 0
  let untaken = 0
  let isHeld = false
  let isPlanned = false

  const flush = (): void => {
    isPlanned = false
    if (length === 0) return
    const bytes = chunk.subarray(0, length)
    if (log.size > logBytes) {
      closeSync(log.file)
      renameSync(logPath, `${logPath}.1`)
      log = open()
    }
    try {
      log.size += writeSync(log.file, bytes)
    } catch {
      // A log that cannot be written is no reason to stop a machine: the line itself goes on.
    }
    events.said(bytes, { file: log.ino, end: log.size })
    chunk = new Uint8Array(chunkBytes)
    untaken += length
    length = 0
    if (untaken > maxUntaken && !isHeld) {
      isHeld = true
      events.hold(true)
    }
  }

  return {
    put(byte) {
      chunk[length] = byte
      length += 1
      if (length === chunkBytes) flush()
      else if (!isPlanned) {
        isPlanned = true
        setImmediate(flush)
      }
    },
    taken(bytes) {
      untaken -= bytes
      if (!isHeld || untaken > resumeBelow) return
      isHeld = false
      events.hold(false)
    },
    flush,
    close() {
      flush()
      closeSync(log.file)
    },
  }
}
