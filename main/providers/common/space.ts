import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { RestoreRoom } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { freeBytes } from './files.ts'

/** Left free when something big is written: a full disk stops every machine on it. */
export const spareBytes = 64 * 1024 * 1024

/**
 * Fails with `no-space` and both figures when so much does not fit where `path` will be. `leftBytes` is what must be free
 * afterwards.
 */
export async function checkSpace(path: string, neededBytes: number, leftBytes = spareBytes): Promise<void> {
  requireRoom(await roomAt(path, neededBytes, leftBytes))
}

/** The figures `checkSpace` goes by; null when it is not known what is free. */
export async function roomAt(
  path: string,
  bytes: number | Promise<number>,
  leftBytes = spareBytes,
): Promise<RestoreRoom | null> {
  const [free, needed] = await Promise.all([freeBytes(path), bytes])
  return free === null ? null : { neededBytes: needed + leftBytes, freeBytes: free }
}

/** Fails with `no-space` and both figures when there is too little. */
export function requireRoom(room: RestoreRoom | null): void {
  if (room !== null && room.freeBytes < room.neededBytes) throw noRoom(room)
}

/** What is said of too little room. */
export function noRoom({ neededBytes, freeBytes }: RestoreRoom): Failure {
  const params = { needed: formatBytes(neededBytes, 'en'), free: formatBytes(freeBytes, 'en') }
  return failure('no-space', { key: 'kept.error.needsSpace', params }, { hint: { key: 'kept.error.noSpace.hint' } })
}
