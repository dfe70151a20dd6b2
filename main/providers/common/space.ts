import { failure } from '../../../app/domain/errors.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { freeBytes } from './files.ts'

/** Left free when something big is written: a full disk stops every machine on it. */
export const spareBytes = 64 * 1024 * 1024

/**
 * Fails with `no-space` and both figures when so much does not fit where `path` will be. `leftBytes` is what must be free
 * afterwards.
 */
export async function checkSpace(path: string, neededBytes: number, leftBytes = spareBytes): Promise<void> {
  const free = await freeBytes(path)
  if (free === null || free >= neededBytes + leftBytes) return
  const params = { needed: formatBytes(neededBytes + leftBytes, 'en'), free: formatBytes(free, 'en') }
  throw failure('no-space', { key: 'kept.error.needsSpace', params }, { hint: { key: 'kept.error.noSpace.hint' } })
}
