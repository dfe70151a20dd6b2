import type { MachineId } from '../../../app/domain/ids.ts'
import type { Inspected } from './inspect.ts'
import type { Journal, MachineEntry, RestoreEntry } from './journal.ts'
import { numberOf } from './json.ts'

/** How the records of one machine's restores are written into the journal. */
export interface Records {
  /** What is about to be done: not done when it cannot be written. */
  put(id: MachineId, entry: MachineEntry, restore: RestoreEntry): Promise<void>
  /** What has been done. */
  note(id: MachineId, entry: MachineEntry, restore: RestoreEntry): Promise<void>
  /** Takes one record away; a machine that is its own container again needs no entry at all. */
  drop(id: MachineId, entry: MachineEntry, restoreId: string): Promise<void>
}

export function createRecords(journal: Journal): Records {
  const withRestore = (entry: MachineEntry, restore: RestoreEntry): MachineEntry => ({
    ...entry,
    restores: [restore, ...entry.restores.filter((item) => item.id !== restore.id)],
  })
  return {
    put: (id, entry, restore) => journal.setMachine(id, withRestore(entry, restore)),
    note: (id, entry, restore) => journal.noteMachine(id, withRestore(entry, restore)),
    drop(id, entry, restoreId) {
      const restores = entry.restores.filter((item) => item.id !== restoreId)
      const isPlain = restores.length === 0 && id.endsWith(`/${entry.currentId}`)
      return journal.noteMachine(id, isPlain ? null : { ...entry, restores })
    },
  }
}

/** What a record says of the container that is about to be kept. */
export function keeping(
  { container, raw }: Inspected,
  now: Date,
): Pick<RestoreEntry, 'keptId' | 'keptAt' | 'keptBytes' | 'keptRestart' | 'keptImage' | 'copied'> {
  return {
    keptId: container.id,
    keptAt: now.toISOString(),
    keptBytes: numberOf(raw['SizeRw']),
    keptRestart: container.restart,
    keptImage: null,
    copied: null,
  }
}

/** The record of an undo that was taken back, as it was before; null for a restore, which had none. */
export function beforeUndo(restore: RestoreEntry): RestoreEntry | null {
  const { used, swap } = restore
  if (swap === null || (used === null && (swap.comingIsNew || swap.comingId === null))) return null
  return {
    ...restore,
    direction: restore.direction === 'restored' ? 'undone' : 'restored',
    state: 'done',
    keptId: used?.holderId ?? swap.comingId ?? restore.keptId,
    keptImage: used?.image ?? null,
    keptAt: used?.keptAt ?? restore.keptAt,
    keptParentId: used?.parentId ?? restore.keptParentId,
    keptRestart: swap.comingRestart,
    copied: null,
    used: null,
    swap: null,
  }
}

/** The copy that is gone back to; null where the container itself was kept. */
export function usedOf({ keptId, keptImage: image, keptParentId, keptAt }: RestoreEntry): RestoreEntry['used'] {
  return image === null ? null : { holderId: keptId, image, parentId: keptParentId, keptAt }
}
