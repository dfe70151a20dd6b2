import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import type { RestoreRecord, Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'

/** What is kept of every snapshot of a machine in a folder of Berth's, whatever runs it. */
export const keptSnapshotShape = {
  /** Ours, so that a name may repeat and hold anything. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  parentId: z.string().nullable(),
  createdAt: z.string(),
  keptForUndo: z.boolean(),
  /**
   * What the machine was when it was taken, and what it becomes again. `suspended`: its memory lies in a file of its own
   * beside the disks.
   */
  power: z.enum(['off', 'running', 'paused', 'suspended']),
  /** Between two of these Berth may have ended: `recover` looks at what is there and decides. */
  phase: z.enum(['taking', 'there', 'deleting']),
}
const keptSnapshotSchema = z.object(keptSnapshotShape)
export type KeptSnapshot = z.infer<typeof keptSnapshotSchema>

export const keptRestoreSchema = z.object({
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

/** A machine's snapshots and restores as its folder keeps them. */
export interface TreeFile<S extends KeptSnapshot> {
  readonly version: 1
  readonly currentId: string | null
  readonly snapshots: readonly S[]
  readonly restores: readonly KeptRestore[]
  /** There only when something in its file could not be read and is missing here. Never written. */
  readonly damage?: Notice
}

/** An id that is also a word for tags, file names and command lines. */
export function newSnapshotId(): string {
  return `berth-${randomUUID().replaceAll('-', '').slice(0, 16)}`
}

/** Whether an id is one of ours, rather than a name that somebody else gave. */
export function isSnapshotId(id: string): boolean {
  return /^berth-[0-9a-f]{16}$/.test(id)
}

export function findSnapshot<S extends KeptSnapshot>(tree: TreeFile<S>, id: string): S {
  const found = tree.snapshots.find((snapshot) => snapshot.id === id && snapshot.phase === 'there')
  if (found === undefined) throw failure('not-found', { key: 'kept.error.snapshotGone' })
  return found
}

export function findRestore<S extends KeptSnapshot>(tree: TreeFile<S>, id: string): KeptRestore {
  const found = tree.restores.find((restore) => restore.id === id)
  if (found === undefined) throw failure('not-found', { key: 'kept.error.restoreGone' })
  return found
}

/** With one more snapshot, or another in the place of one with its id, and with what the present comes from. */
export function putSnapshot<S extends KeptSnapshot>(
  tree: TreeFile<S>,
  snapshot: S,
  currentId: string | null,
): TreeFile<S> {
  const isThere = tree.snapshots.some(({ id }) => id === snapshot.id)
  const snapshots = isThere
    ? tree.snapshots.map((one) => (one.id === snapshot.id ? snapshot : one))
    : [...tree.snapshots, snapshot]
  return { ...tree, snapshots, currentId }
}

export function changeSnapshot<S extends KeptSnapshot>(
  tree: TreeFile<S>,
  id: string,
  change: Partial<KeptSnapshot>,
): TreeFile<S> {
  return {
    ...tree,
    snapshots: tree.snapshots.map((snapshot) => (snapshot.id === id ? { ...snapshot, ...change } : snapshot)),
  }
}

export function changeRestore<S extends KeptSnapshot>(
  tree: TreeFile<S>,
  id: string,
  change: Partial<KeptRestore>,
): TreeFile<S> {
  return {
    ...tree,
    restores: tree.restores.map((restore) => (restore.id === id ? { ...restore, ...change } : restore)),
  }
}

/** Without one snapshot: its children move to its parent, and so does the present. Records it would undo go with it. */
export function withoutSnapshot<S extends KeptSnapshot>(tree: TreeFile<S>, id: string): TreeFile<S> {
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

export function withoutRestore<S extends KeptSnapshot>(tree: TreeFile<S>, id: string): TreeFile<S> {
  return { ...tree, restores: tree.restores.filter((restore) => restore.id !== id) }
}

/** What everybody else sees of it: only what is whole. `bytes` is what each takes, as far as it is known. */
export function shownTree<S extends KeptSnapshot>(tree: TreeFile<S>, bytes: ReadonlyMap<string, number>): SnapshotTree {
  const there = tree.snapshots.filter(({ phase }) => phase === 'there')
  return {
    snapshots: there.map((snapshot) => shownSnapshot(snapshot, bytes.get(snapshot.id) ?? null)),
    currentId: tree.currentId,
    restores: tree.restores
      .filter(({ phase }) => phase !== 'keeping')
      .map((restore) => shownRestore(restore, bytes.get(restore.keptId) ?? null))
      .sort((a, b) => (a.keptAt < b.keptAt ? 1 : -1)),
    notice: tree.damage?.text ?? null,
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
