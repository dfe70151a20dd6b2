import { failure } from '../../../app/domain/errors.ts'
import { formatBytes } from '../../../app/domain/units.ts'

/** Room for everything else on the disk. */
const reserveBytes = 64 * 1024 * 1024

/** Throws when what is about to be written surely does not fit. `freeBytes` null is not known. */
export function checkSpace(freeBytes: number | null, neededBytes: number): void {
  if (freeBytes === null || freeBytes >= neededBytes + reserveBytes) return
  const params = { needed: formatBytes(neededBytes, 'en'), free: formatBytes(freeBytes, 'en') }
  const hint = { key: 'virtualbox.error.noSpace.hint' } as const
  throw failure('no-space', { key: 'virtualbox.error.needsSpace', params }, { hint })
}
