import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { createOwnBytes } from '../common/images/qcow2-own-bytes.ts'
import { quietOp, throwIfCancelled, unstoppable } from '../common/op.ts'
import { restore, undo } from '../common/restore.ts'
import {
  changeSnapshot,
  findRestore,
  findSnapshot,
  newSnapshotId,
  shownTree,
  withoutRestore,
  withoutSnapshot,
} from '../common/snapshot-tree.ts'
import type { Op, SnapshotOps } from '../provider.ts'
import { ownState, snapshotObstacle } from './machine.ts'
import type { Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { restorable } from './restore.ts'
import { type KeptSnapshot, readTree, wholeTree, writeTree } from './snapshot-store.ts'
import { stateOf } from './states.ts'
import { deleteTag, presence, saveLive, saveStopped, taggedImages } from './tags.ts'

/** What a snapshot of the machine as it is now would be. */
export function presentSnapshot(
  context: ProviderContext,
  { observedState }: Known,
  about: Pick<KeptSnapshot, 'name' | 'description' | 'keptForUndo' | 'parentId'>,
): KeptSnapshot {
  const state = stateOf(observedState.status)
  return {
    ...about,
    id: newSnapshotId(),
    createdAt: context.host.now().toISOString(),
    power: state === 'stopped' ? 'off' : state === 'paused' ? 'paused' : 'running',
    phase: 'taking',
  }
}

/** Fails with the reason when this machine's snapshots cannot be had, at all or as it is now. */
export function requireSnapshots({ observedState, bundle }: Known): void {
  const obstacle = snapshotObstacle(bundle)
  if (obstacle !== null) throw failure('unsupported', obstacle)
  if (!observedState.abilities.images) throw failure('tool-missing', { key: 'utm.why.noImages' })
  const state = ownState(observedState)
  // The memory that it would wake with belongs to its disks as they are now.
  if (state === 'suspended') throw failure('wrong-state', { key: 'utm.why.snapshotSuspended' })
  if (state === 'stopped') return
  if (state !== 'running' && state !== 'paused') {
    throw failure('busy', { key: `why.state.${state}`, params: { name: observedState.name } })
  }
  if (!observedState.abilities.live) throw failure('unsupported', { key: 'utm.why.snapshotRunning' })
}

async function take(
  context: ProviderContext,
  known: Known,
  request: { readonly name: string; readonly description: string },
  op: Op,
): Promise<string> {
  requireSnapshots(known)
  const { bundle, observedState } = known
  const { tree } = await wholeTree(context, known.bundle, op)
  throwIfCancelled(op)
  const snapshot = presentSnapshot(context, known, { ...request, keptForUndo: false, parentId: tree.currentId })
  const begun = { ...tree, snapshots: [...tree.snapshots, snapshot] }
  // Its guest stands still while its memory is written: that is no change of the machine's state.
  await context.machineRegistry.withTransientState(observedState.uuid, ownState(observedState), async () => {
    const key = snapshot.power === 'off' ? 'kept.step.disks' : 'kept.step.memory'
    op.progress({ text: { key }, fraction: null, cancellable: false })
    await writeTree(bundle, begun)
    try {
      if (snapshot.power === 'off') await saveStopped(context, bundle, snapshot.id, unstoppable(op))
      else await saveLive(context, known, snapshot.id, op)
    } catch (error) {
      // What cannot be taken out now stays named, unseen, and is taken out by the next start.
      await deleteTag(context, known, snapshot.id, quietOp)
        .then(() => writeTree(bundle, tree))
        .catch((rest) => context.host.log.warn('utm.take.rest', { uuid: observedState.uuid, error: String(rest) }))
      throw error
    }
    await writeTree(bundle, { ...changeSnapshot(begun, snapshot.id, { phase: 'there' }), currentId: snapshot.id })
  })
  return snapshot.id
}

/** Deletes one; a later Berth finishes what this one could not. */
export async function deleteSnapshot(context: ProviderContext, known: Known, id: string, op: Op): Promise<void> {
  const { bundle, observedState } = known
  const { tree } = await wholeTree(context, known.bundle, op)
  findSnapshot(tree, id)
  throwIfCancelled(op)
  op.progress({ text: null, fraction: null, cancellable: false })
  await writeTree(bundle, changeSnapshot(tree, id, { phase: 'deleting' }))
  try {
    await deleteTag(context, known, id, op)
  } catch (error) {
    // Still whole: nothing happened. Otherwise it can no longer be restored, and is not shown as if it could.
    const isOn = stateOf(observedState.status) !== 'stopped'
    const now = await presence(context, bundle, id, isOn, quietOp).catch(() => 'some')
    if (now === 'all') await writeTree(bundle, tree)
    throw error
  }
  await writeTree(bundle, withoutSnapshot(tree, id))
}

export function createSnapshots(context: ProviderContext): SnapshotOps {
  const { machineRegistry } = context
  const ownBytes = createOwnBytes()
  const changing = async <T>(id: MachineId, op: Op, job: (known: Known) => Promise<T>): Promise<T> => {
    const known = await machineRegistry.known(id, op)
    return job(known).finally(() => machineRegistry.changed({ kind: 'snapshots', id }))
  }

  return {
    alwaysMemory: { key: 'utm.why.alwaysMemory' },
    async tree(id, op) {
      const known = await machineRegistry.known(id, op)
      if (snapshotObstacle(known.bundle) !== null || !known.observedState.abilities.images) {
        return shownTree(await readTree(known.bundle), new Map())
      }
      const { tree, found } = await wholeTree(context, known.bundle, op)
      throwIfCancelled(op)
      // A tree without sizes is better than none.
      const own = await ownBytes(await taggedImages(known.bundle)).catch(() => new Map<string, number>())
      const sizes = found.flatMap(({ tag, memoryBytes }): readonly [string, number][] => {
        const bytes = Math.max(memoryBytes, own.get(tag) ?? 0)
        return bytes > 0 || own.has(tag) ? [[tag, bytes]] : []
      })
      return shownTree(tree, new Map(sizes))
    },
    take: (id, { name, description }, op) =>
      changing(id, op, (known) => take(context, known, { name, description }, op)),
    edit: (id, snapshotId, { name, description }, op) =>
      changing(id, op, async (known) => {
        const { tree } = await wholeTree(context, known.bundle, op)
        findSnapshot(tree, snapshotId)
        await writeTree(known.bundle, changeSnapshot(tree, snapshotId, { name, description }))
      }),
    delete: (id, snapshotId, op) =>
      changing(id, op, (known) => {
        requireSnapshots(known)
        return deleteSnapshot(context, known, snapshotId, op)
      }),
    restore: (id, snapshotId, op) =>
      changing(id, op, (known) => {
        requireSnapshots(known)
        return restore(restorable(context, known), snapshotId, op)
      }),
    undo: (id, restoreId, op) =>
      changing(id, op, (known) => {
        requireSnapshots(known)
        return undo(restorable(context, known), restoreId, op)
      }),
    keep: (id, restoreId, name, op) =>
      changing(id, op, async ({ bundle }) => {
        const tree = await readTree(bundle)
        const { keptId } = findRestore(tree, restoreId)
        findSnapshot(tree, keptId)
        const change = { keptForUndo: false, name }
        await writeTree(bundle, withoutRestore(changeSnapshot(tree, keptId, change), restoreId))
      }),
    letGo: (id, restoreId, op) =>
      changing(id, op, async (known) => {
        const { keptId } = findRestore(await readTree(known.bundle), restoreId)
        // The record goes with the copy it would undo by.
        await deleteSnapshot(context, known, keptId, op)
      }),
  }
}
