import type { MachineId, SnapshotId, TaskId } from '../../app/domain/ids.ts'
import { attempt, call } from './call.ts'
import { placeOf } from './machines.ts'

// Each answers with the task that does it, or null when it was refused: the reason is then on the machine's page.

export const takeSnapshot = (
  id: MachineId,
  request: { readonly name: string; readonly description: string; readonly memory: boolean },
): Promise<TaskId | null> => attempt(placeOf(id), () => call('snapshot.take', { id, ...request }), 'takeSnapshot')

export const editSnapshot = (
  id: MachineId,
  snapshotId: SnapshotId,
  change: { readonly name: string; readonly description: string },
): Promise<TaskId | null> => attempt(placeOf(id), () => call('snapshot.edit', { id, snapshotId, ...change }))

export const deleteSnapshots = (id: MachineId, snapshotIds: readonly SnapshotId[]): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('snapshot.delete', { id, snapshotIds: [...snapshotIds] }))

export const restoreSnapshot = (id: MachineId, snapshotId: SnapshotId): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('snapshot.restore', { id, snapshotId }), 'restore')

/** Undoes a restore, or redoes what was undone: the record says which. */
export const undoRestore = (id: MachineId, restoreId: string): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('restore.undo', { id, restoreId }), 'undoRestore')

/** Makes the copy a snapshot of this name. */
export const keepRestore = (id: MachineId, restoreId: string, name: string): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('restore.keep', { id, restoreId, name }), 'keepRestore')

export const letGoRestore = (id: MachineId, restoreId: string): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('restore.letGo', { id, restoreId }), 'letGoRestore')
