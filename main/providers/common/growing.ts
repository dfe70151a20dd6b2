import { realpath } from 'node:fs/promises'
import { formatBytes } from '../../../app/domain/units.ts'
import type { Op } from '../provider.ts'
import { diskUse } from './files.ts'

/** A folder of many files takes its time to be added up. */
const lookEveryMs = 1_000

/** Does the work that writes a file or folder, and says meanwhile how much of it is there. Nobody says how much it will be. */
export async function whileGrowing<T>(path: string, op: Pick<Op, 'progress'>, work: () => Promise<T>): Promise<T> {
  let isOver = false
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    // What is being moved or taken away just now is looked at again in a moment.
    const bytes = await diskUse(path).catch(() => 0)
    isLooking = false
    if (isOver || bytes === 0) return
    op.progress({ text: { key: 'files.soFar', params: { size: formatBytes(bytes, 'en') } }, fraction: null })
  }
  const looks = setInterval(() => void look(), lookEveryMs)
  try {
    return await work()
  } finally {
    isOver = true
    clearInterval(looks)
  }
}

/**
 * Says how much there is to copy from a path of this computer, for a copy of which nobody says how far it is. What cannot be
 * added up is for the copy itself to complain of.
 */
export async function sayHowMuch(path: string, op: Pick<Op, 'progress'>): Promise<void> {
  // Of a link it is what it leads to that is copied.
  const bytes = await realpath(path)
    .then(diskUse)
    .catch(() => null)
  if (bytes === null) return
  op.progress({ text: { key: 'files.inAll', params: { size: formatBytes(bytes, 'en') } }, fraction: null })
}
