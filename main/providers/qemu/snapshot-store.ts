import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import type { RestoreRecord, Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'
import { acceleratorSchema } from './accelerator.ts'
import { readJson, writeJson } from './files.ts'
import { hardwareSchema } from './hardware.ts'
import type { Folder } from './layout.ts'

const keptSnapshotSchema = z.object({
  /** The tag in every image: ours, so that a name may repeat and hold anything. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  parentId: z.string().nullable(),
  createdAt: z.string(),
  keptForUndo: z.boolean(),
  /**
   * What the machine was when it was taken, and what it becomes again. `suspended`: its memory lies in a file of its own
   * beside the images.
   */
  power: z.enum(['off', 'running', 'paused', 'suspended']),
  /** With a memory: what it was written by. */
  hardware: hardwareSchema.nullable(),
  accelerator: acceleratorSchema.nullable(),
  /** Between two of these Berth may have ended: `recover` looks at the images and decides. */
  phase: z.enum(['taking', 'there', 'deleting']),
})
export type KeptSnapshot = z.infer<typeof keptSnapshotSchema>

const keptRestoreSchema = z.object({
  id: z.string(),
  direction: z.enum(['restored', 'undone']),
  state: z.enum(['restoring', 'done', 'failed']),
  snapshotId: z.string(),
  snapshotName: z.string(),
  keptId: z.string(),
  keptAt: z.string(),
  /** Nothing of the machine is touched before `switching`. */
  phase: z.enum(['keeping', 'switching', 'done']),
  /** The record this one takes the place of once it is done: undoing turns a record round. */
  replaces: z.string().nullable(),
})
export type KeptRestore = z.infer<typeof keptRestoreSchema>

export const treeFileSchema = z.object({
  version: z.literal(1),
  currentId: z.string().nullable(),
  snapshots: z.array(keptSnapshotSchema),
  restores: z.array(keptRestoreSchema),
})
export type TreeFile = z.infer<typeof treeFileSchema>

export const emptyTreeFile: TreeFile = { version: 1, currentId: null, snapshots: [], restores: [] }

export async function readTree(folder: Pick<Folder, 'snapshots'>): Promise<TreeFile> {
  try {
    return (await readJson(folder.snapshots, treeFileSchema)) ?? emptyTreeFile
  } catch (cause) {
    // Never taken for an empty tree: the next write would lose every name in it.
    const detail = `${folder.snapshots}\n${String(cause)}`
    throw failure('output-unreadable', { key: 'qemu.error.tree' }, { detail, cause })
  }
}

export function writeTree(
  folder: Pick<Folder, 'snapshots'>,
  tree: TreeFile,
  how: 'safe' | 'quick' = 'safe',
): Promise<void> {
  return writeJson(folder.snapshots, tree, how)
}

export function newTag(): string {
  return `berth-${randomBytes(8).toString('hex')}`
}

export function findSnapshot(tree: TreeFile, id: string): KeptSnapshot {
  const found = tree.snapshots.find((snapshot) => snapshot.id === id && snapshot.phase === 'there')
  if (found === undefined) throw failure('not-found', { key: 'qemu.error.snapshotGone' })
  return found
}

export function findRestore(tree: TreeFile, id: string): KeptRestore {
  const found = tree.restores.find((restore) => restore.id === id)
  if (found === undefined) throw failure('not-found', { key: 'qemu.error.restoreGone' })
  return found
}

export function changeSnapshot(tree: TreeFile, id: string, change: Partial<KeptSnapshot>): TreeFile {
  return {
    ...tree,
    snapshots: tree.snapshots.map((snapshot) => (snapshot.id === id ? { ...snapshot, ...change } : snapshot)),
  }
}

export function changeRestore(tree: TreeFile, id: string, change: Partial<KeptRestore>): TreeFile {
  return {
    ...tree,
    restores: tree.restores.map((restore) => (restore.id === id ? { ...restore, ...change } : restore)),
  }
}

/** Without one snapshot: its children move to its parent, and so does the present. Records it would undo go with it. */
export function withoutSnapshot(tree: TreeFile, id: string): TreeFile {
  const parentId = tree.snapshots.find((snapshot) => snapshot.id === id)?.parentId ?? null
  return {
    ...tree,
    currentId: tree.currentId === id ? parentId : tree.currentId,
    snapshots: tree.snapshots
      .filter((snapshot) => snapshot.id !== id)
      .map((snapshot) => (snapshot.parentId === id ? { ...snapshot, parentId } : snapshot)),
    restores: tree.restores.filter(({ keptId }) => keptId !== id),
  }
}

export function withoutRestore(tree: TreeFile, id: string): TreeFile {
  return { ...tree, restores: tree.restores.filter((restore) => restore.id !== id) }
}

/** What everybody else sees of it: only what is whole. `bytes` is what each takes, as far as it is known. */
export function shownTree(tree: TreeFile, bytes: ReadonlyMap<string, number>): SnapshotTree {
  const there = tree.snapshots.filter(({ phase }) => phase === 'there')
  return {
    snapshots: there.map((snapshot) => shownSnapshot(snapshot, bytes.get(snapshot.id) ?? null)),
    currentId: tree.currentId,
    restores: tree.restores
      .filter(({ phase }) => phase !== 'keeping')
      .map((restore) => shownRestore(restore, bytes.get(restore.keptId) ?? null))
      .sort((a, b) => (a.keptAt < b.keptAt ? 1 : -1)),
    notice: null,
  }
}

function shownSnapshot(snapshot: KeptSnapshot, sizeBytes: number | null): Snapshot {
  return {
    id: snapshot.id,
    name: snapshot.name,
    description: snapshot.description,
    parentId: snapshot.parentId,
    createdAt: snapshot.createdAt,
    hasMemory: snapshot.power !== 'off',
    sizeBytes,
    keptForUndo: snapshot.keptForUndo,
  }
}

function shownRestore(restore: KeptRestore, keptBytes: number | null): RestoreRecord {
  const { id, direction, state, snapshotId, snapshotName, keptId, keptAt } = restore
  return { id, direction, state, snapshotId, snapshotName, keptId, keptAt, keptBytes }
}
