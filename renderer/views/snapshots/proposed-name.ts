import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import { type SayFunction, sayIn } from '../../say.tsx'

/**
 * `Snapshot 3`: the next number that no snapshot of the machine has in either language, until a person finds a better word. When
 * it was taken stands below its name anyway. `tree` is null as long as it is not known.
 */
export function proposedName(tree: SnapshotTree | null, say: SayFunction): string {
  const own = (tree?.snapshots ?? []).filter(({ keptForUndo }) => !keptForUndo)
  const taken = new Set(own.map(({ name }) => name))
  let number = own.length + 1
  while (spoken.some((other) => taken.has(other('snap.proposed', { number })))) number += 1
  return say('snap.proposed', { number })
}

const spoken = [sayIn('en'), sayIn('ko')]
