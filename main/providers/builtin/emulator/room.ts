import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { MiB } from '../../../../app/domain/units.ts'

/** Left free when something is written: of small machines little has to be left. */
export const spareBytes = MiB

/** What is needed and what is free, where one is less than the other. */
export interface TooLittleRoom {
  readonly neededBytes: number
  readonly freeBytes: number
}

/**
 * Throws `ENOSPC` with a `TooLittleRoom` when so much does not fit where `path` will be. Where the system does not say what is
 * free, it is left to find out.
 */
export function requireRoomNow(path: string, bytes: number): void {
  const freeBytes = freeBytesNow(dirname(path))
  const neededBytes = bytes + spareBytes
  if (freeBytes === null || freeBytes >= neededBytes) return
  const room: TooLittleRoom = { neededBytes, freeBytes }
  throw Object.assign(new Error(`${path} needs ${neededBytes} bytes where ${freeBytes} are free`), {
    code: 'ENOSPC',
    room,
  })
}

function freeBytesNow(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
