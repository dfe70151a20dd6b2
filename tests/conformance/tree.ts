import type { SnapshotTree } from '../../app/domain/snapshot.ts'

/** What is wrong with a tree: every snapshot has one place and a way up, every restore has its copy. Empty when nothing is. */
export function wrongWith(tree: SnapshotTree): readonly string[] {
  const wrong: string[] = []
  const parents = new Map(tree.snapshots.map((one) => [one.id, one.parentId]))
  if (parents.size !== tree.snapshots.length) wrong.push('ids repeat')
  for (const { id, parentId } of tree.snapshots) {
    if (parentId !== null && !parents.has(parentId)) wrong.push(`${id} has a parent that is not there`)
    const passed = new Set<string>()
    for (let at: string | null | undefined = id; at != null; at = parents.get(at)) {
      if (passed.has(at)) {
        wrong.push(`a circle at ${at}`)
        break
      }
      passed.add(at)
    }
  }
  if (tree.currentId !== null && !parents.has(tree.currentId)) wrong.push('the current snapshot is not there')
  for (const restore of tree.restores) {
    const kept = tree.snapshots.find((one) => one.id === restore.keptId)
    if (kept?.keptForUndo !== true) wrong.push(`the copy of restore ${restore.id} is not there`)
  }
  const times = tree.restores.map((one) => one.keptAt)
  if (times.join() !== [...times].sort().reverse().join()) wrong.push('restores are not newest first')
  return wrong
}
