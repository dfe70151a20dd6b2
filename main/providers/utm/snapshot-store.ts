import { z } from 'zod'
import { makeFolder } from '../../state/durable.ts'
import { isSnapshotId, keptSnapshotShape, type TreeFile } from '../common/snapshot-tree.ts'
import { createTreeStore } from '../common/tree-store.ts'
import type { Op } from '../provider.ts'
import { type Bundle, ownFiles } from './bundle.ts'
import type { ProviderContext } from './provider-context.ts'
import { type FoundTag, foundTags } from './tags.ts'

/** A snapshot whose id is its tag in every image: ours, or a name that UTM or somebody gave. */
const keptSnapshotSchema = z.object(keptSnapshotShape)
export type KeptSnapshot = z.infer<typeof keptSnapshotSchema>

const trees = createTreeStore(keptSnapshotSchema)

/** The tree as it lies beside a machine's images. */
export function readTree(bundle: Pick<Bundle, 'path'>): Promise<TreeFile<KeptSnapshot>> {
  return trees.read(ownFiles(bundle).snapshots)
}

export async function writeTree(bundle: Pick<Bundle, 'path'>, tree: TreeFile<KeptSnapshot>): Promise<void> {
  const { folder, snapshots } = ownFiles(bundle)
  await makeFolder(folder)
  await trees.write(snapshots, tree)
}

/** How many snapshots there are to be seen; null when the tree cannot be read. */
export function countSnapshots(bundle: Pick<Bundle, 'path'>): Promise<number | null> {
  return trees.count(ownFiles(bundle).snapshots)
}

/** The tree, and what others made: a tag of UTM's or of `qemu-img`'s is a snapshot like ours, without a parent. */
export async function wholeTree(
  context: ProviderContext,
  bundle: Bundle,
  op: Op,
): Promise<{ tree: TreeFile<KeptSnapshot>; found: readonly FoundTag[] }> {
  const [tree, found] = await Promise.all([readTree(bundle), foundTags(context, bundle, op)])
  const known = new Set(tree.snapshots.map(({ id }) => id))
  const others = found
    .filter(({ tag }) => !known.has(tag) && !isSnapshotId(tag))
    .map(
      ({ tag, takenAt, memoryBytes }): KeptSnapshot => ({
        id: tag,
        name: tag,
        description: '',
        parentId: null,
        createdAt: takenAt,
        keptForUndo: false,
        power: memoryBytes > 0 ? 'running' : 'off',
        phase: 'there',
      }),
    )
  return { tree: others.length === 0 ? tree : { ...tree, snapshots: [...tree.snapshots, ...others] }, found }
}
