import { join } from 'node:path'
import { type AppError, errorOf, type Failure, failure } from '../../../app/domain/errors.ts'
import { exists, move, names, remove } from './files.ts'

/** A folder that is being emptied for good: its name says so, and the next start goes on if this one ends. */
const purgingPrefix = 'purging-'

/** What in a folder says what it is: it goes last. */
const last: readonly string[] = ['machine.json', 'removed.json']

/** A trash whose items are folders. */
export interface TrashFolders {
  readonly trash: string
  removed(name: string): { readonly path: string }
}

/** Takes folders of a trash away for good. One that cannot be taken away whole stays in the list, with why. */
export interface Purges {
  /** `begun`: it is out of the list, its bytes still go. */
  purge(trashId: string, begun: () => void): Promise<void>
  /** Goes on with purges that an earlier Berth began. Never throws. */
  finish(): Promise<void>
  /** By their ids: purges that began and failed. What is left of them is in the folder `purgingName`. */
  readonly failed: ReadonlyMap<string, AppError>
}

export function createPurges({ trash, removed }: TrashFolders): Purges {
  const failed = new Map<string, AppError>()
  const empty = async (trashId: string): Promise<void> => {
    failed.delete(trashId)
    const { path } = removed(purgingName(trashId))
    try {
      for (const name of await names(path)) if (!last.includes(name)) await remove(join(path, name))
      await remove(path)
    } catch (error) {
      failed.set(trashId, errorOf(error))
      throw error
    }
  }
  return {
    failed,
    async purge(trashId, begun) {
      const whole = removed(trashId).path
      if (await exists(whole)) await move(whole, removed(purgingName(trashId)).path)
      const emptied = empty(trashId)
      begun()
      await emptied.finally(() => {
        if (failed.has(trashId)) begun()
      })
    },
    async finish() {
      for (const name of await names(trash)) {
        if (name.startsWith(purgingPrefix)) await empty(name.slice(purgingPrefix.length)).catch(() => {})
      }
    },
  }
}

export function purgingName(trashId: string): string {
  return `${purgingPrefix}${trashId}`
}

/** What is in a trash: the names of its folders, those left out that are being emptied. */
export async function trashed(trash: string): Promise<readonly string[]> {
  return (await names(trash)).filter((name) => !name.startsWith(purgingPrefix))
}

/** Nobody knows what of it is gone. */
export function partlyPurged(): Failure {
  return failure(
    'wrong-state',
    { key: 'trash.error.partlyDeleted' },
    { hint: { key: 'trash.error.partlyDeleted.hint' } },
  )
}
