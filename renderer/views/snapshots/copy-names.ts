import type { RestoreRecord, SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { Locale } from '../../../app/messages/write.ts'
import { formatTimeOfDay } from '../../format/time.ts'
import type { SayFunction } from '../../say.tsx'

/** What a copy that Berth keeps for undo is called, whichever provider keeps it: by what it is a way back from, and when. */
export function copyName(
  { direction, snapshotName, keptAt }: Pick<RestoreRecord, 'direction' | 'snapshotName' | 'keptAt'>,
  locale: Locale,
  say: SayFunction,
): string {
  const params = { name: snapshotName, time: formatTimeOfDay(keptAt, locale) }
  return say(direction === 'undone' ? 'snap.copyBeforeUndo' : 'snap.copyBefore', params)
}

/** The longest part of a snapshot's name that becomes part of another name, in characters: names hold 200. */
const maxQuoted = 120

/** What the copy is called once it is kept as a snapshot: the same, but for good and never too long to be a name. */
export function keptName(record: RestoreRecord, locale: Locale, say: SayFunction): string {
  const snapshotName = [...record.snapshotName].slice(0, maxQuoted).join('')
  return copyName({ ...record, snapshotName }, locale, say)
}

/** The tree with its copies called so. */
export function withCopyNames(tree: SnapshotTree, locale: Locale, say: SayFunction): SnapshotTree {
  const records = new Map(tree.restores.map((record) => [record.keptId, record]))
  return {
    ...tree,
    snapshots: tree.snapshots.map((snapshot) => {
      const record = snapshot.keptForUndo ? records.get(snapshot.id) : undefined
      return record === undefined ? snapshot : { ...snapshot, name: copyName(record, locale, say) }
    }),
  }
}
