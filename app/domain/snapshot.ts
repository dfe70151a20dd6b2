import type { Text } from '../messages/text.ts'
import type { SnapshotId } from './ids.ts'

export interface Snapshot {
  readonly id: SnapshotId
  readonly name: string
  readonly description: string
  readonly parentId: SnapshotId | null
  /** ISO 8601 UTC; null when the tool does not say. */
  readonly createdAt: string | null
  readonly hasMemory: boolean | null
  readonly sizeBytes: number | null
  /** True for the copies Berth keeps by itself so that a restore can be undone. */
  readonly keptForUndo: boolean
}

/**
 * A restore that can be undone (or an undo that can be redone). `keptId` holds the machine as it was just before.
 * Written to disk by the provider before the machine is touched; dropped only by the person.
 */
export interface RestoreRecord {
  readonly id: string
  readonly direction: 'restored' | 'undone'
  /** `restoring` seen after a restart means that Berth ended in the middle; `failed` that it could not go back either. */
  readonly state: 'restoring' | 'done' | 'failed'
  /** What was gone back to. Its name is kept because the snapshot may be deleted since. */
  readonly snapshotId: SnapshotId
  readonly snapshotName: string
  /** The copy that undoes it: also in the tree, with `keptForUndo`. */
  readonly keptId: SnapshotId
  /** ISO 8601 UTC. */
  readonly keptAt: string
  readonly keptBytes: number | null
  /** True when the machine itself was removed outside Berth: the copy is all that is left and is not discarded. */
  readonly isOnlyCopy?: boolean
}

/** What going back to a snapshot needs on disk, because the present is kept first, against what is free there. */
export interface RestoreRoom {
  /** At most so much, with what must stay free afterwards. */
  readonly neededBytes: number
  readonly freeBytes: number
}

/** All that is known of a machine's snapshots. Order is not meaningful; the window lays the tree out. */
export interface SnapshotTree {
  readonly snapshots: readonly Snapshot[]
  /** The snapshot the present state came from; null when it came from none. */
  readonly currentId: SnapshotId | null
  /** Newest first. The undo bar offers the first. */
  readonly restores: readonly RestoreRecord[]
  /** What this machine's snapshots do not hold, such as a container's volumes; null when they hold everything. */
  readonly notice: Text | null
  /** What a person should know before restoring this machine, such as what another tool will do with it. */
  readonly restoreNotice?: Text | null
}

export const emptyTree: SnapshotTree = { snapshots: [], currentId: null, restores: [], notice: null }
