import { stat } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { Text } from '../../../app/messages/text.ts'
import { syncFile, syncFolder } from '../../state/durable.ts'
import { diskUse } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
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
import { copyDisk } from './emulator/disk-copy.ts'
import { fileFailure } from './errors.ts'
import type { Entry, Known } from './machine-registry.ts'
import { checkSpace, keptMemory } from './memory.ts'
import type { ProviderContext } from './provider-context.ts'
import { restorable, restoreRoom } from './restore.ts'
import { readTree, unlistedCount } from './snapshot-list.ts'
import { dropSnapshot, type KeptSnapshot, makePlace, snapshotShares, trees } from './snapshot-store.ts'

/** What a snapshot of the machine as it is now would be. What its memory is, is known once that is written. */
export function presentSnapshot(
  context: ProviderContext,
  { entry }: Known,
  about: Pick<KeptSnapshot, 'name' | 'description' | 'keptForUndo' | 'parentId'>,
): KeptSnapshot {
  const { live } = entry
  const isPaused = live?.activity === 'paused' || live?.activity === 'full'
  const power = live !== null ? (isPaused ? 'paused' : 'running') : entry.isSuspended ? 'suspended' : 'off'
  return {
    ...about,
    id: newSnapshotId(),
    createdAt: context.host.now().toISOString(),
    power,
    memory: null,
    diskBytes: null,
    phase: 'taking',
  }
}

/** Takes one. Of a machine that is on, without its memory, it is what its disk holds at one moment: as after a power cut. */
async function take(
  context: ProviderContext,
  known: Known,
  request: { name: string; description: string; memory: boolean },
  op: Op,
): Promise<string> {
  const { entry, definition } = known
  const { folder, live } = entry
  const { name, description } = request
  const present = presentSnapshot(context, known, { name, description, keptForUndo: false, parentId: null })
  const hasMemory = live !== null && request.memory
  const snapshot: KeptSnapshot = live === null || hasMemory ? present : { ...present, power: 'off' }
  const { id } = snapshot
  if (snapshot.power === 'suspended') {
    throw failure('wrong-state', { key: 'why.state.suspended', params: { name: definition.name } })
  }
  // The thread of one that is on knows itself what it is about to write.
  if (live === null) await checkSpace(folder.path, diskUse(folder.disk))
  throwIfCancelled(op)
  if (live !== null && !hasMemory && definition.diskBytes === null) {
    throw failure('unsupported', { key: 'kept.why.nothingButMemory' })
  }
  const text: Text = { key: hasMemory ? 'kept.step.memory' : 'kept.step.disks' }
  op.progress({ text, fraction: null, cancellable: false })
  const diskPath = definition.diskBytes === null ? null : folder.snapshotFile(id, 'disk')
  const memoryPath = folder.snapshotFile(id, 'memory')
  const write = async (): Promise<KeptSnapshot['memory']> => {
    if (live === null) {
      if (diskPath !== null) await copyDisk(folder.disk, diskPath)
      return null
    }
    if (!hasMemory) {
      if (diskPath !== null) await live.thread.ask({ kind: 'copyDisk', diskPath })
      return null
    }
    const order = { kind: 'keep', memoryPath, diskPath, stays: false, safe: false } as const
    return keptMemory(definition, await live.thread.ask(order))
  }
  const tree = await readTree(context, known)
  try {
    // Written down before there is anything of it, so that what is whole and not written down has lost its name. The guest stands
    // still while its memory is written: that is no change of the machine's state.
    makePlace(folder)
    const begun = await trees.put(folder.snapshots, tree, { ...snapshot, parentId: tree.currentId }, tree.currentId)
    const naming = syncFile(folder.snapshots)
    naming.catch(() => {})
    const memory = await write()
    await naming
    // What it holds is on the disk before a tree names it, and its name before anybody is told.
    const written = [...(diskPath === null ? [] : [diskPath]), ...(hasMemory ? [memoryPath] : [])]
    await Promise.all([...written.map(syncFile), syncFolder(folder.snapshotsPath)])
    const diskBytes = diskPath === null ? null : (await stat(diskPath)).size
    const there: KeptSnapshot = { ...snapshot, parentId: tree.currentId, memory, diskBytes, phase: 'there' }
    await trees.put(folder.snapshots, begun, there, id)
    await syncFile(folder.snapshots)
  } catch (error) {
    // What cannot be taken away now stays written down, unseen, and is taken away by the next start.
    await dropSnapshot(folder, id)
      .then(() => trees.write(folder.snapshots, tree))
      .catch((rest) => context.host.log.warn('builtin.take.rest', { uuid: entry.uuid, error: String(rest) }))
    throw fileFailure(error)
  }
  context.registry.changed({ kind: 'snapshots', id: context.registry.machine(entry).id })
  return id
}

/** Deletes one; a later Berth finishes what this one could not. */
async function deleteSnapshot(context: ProviderContext, known: Known, id: string, op: Op): Promise<void> {
  const { folder } = known.entry
  const tree = await readTree(context, known)
  findSnapshot(tree, id)
  throwIfCancelled(op)
  op.progress({ text: null, fraction: null, cancellable: false })
  await trees.write(folder.snapshots, changeSnapshot(tree, id, { phase: 'deleting' }))
  await dropSnapshot(folder, id)
  await trees.write(folder.snapshots, withoutSnapshot(tree, id))
}

export function createSnapshots(context: ProviderContext): SnapshotOps {
  const { registry } = context
  const changed = (entry: Entry): void => registry.changed({ kind: 'snapshots', id: registry.machine(entry).id })

  return {
    async tree(id, op): Promise<SnapshotTree> {
      const known = await registry.get(id)
      const { folder } = known.entry
      const tree = await readTree(context, known)
      const shares = await snapshotShares(folder)
      const sizes = new Map(tree.snapshots.map(({ id: one }) => [one, shares.get(one) ?? 0]))
      const count = await unlistedCount(folder, tree)
      throwIfCancelled(op)
      const shown = shownTree(tree, sizes)
      if (count === 0 || shown.notice !== null) return shown
      const params = { path: folder.snapshotsPath, count }
      return { ...shown, notice: { key: 'kept.notice.unlisted', params } }
    },
    async take(id, request, op) {
      return take(context, await registry.get(id), request, op)
    },
    async edit(id, snapshotId, { name, description }) {
      const known = await registry.get(id)
      const { entry } = known
      const tree = await readTree(context, known)
      findSnapshot(tree, snapshotId)
      await trees.write(entry.folder.snapshots, changeSnapshot(tree, snapshotId, { name, description }))
      changed(entry)
    },
    async delete(id, snapshotId, op) {
      const known = await registry.get(id)
      await deleteSnapshot(context, known, snapshotId, op)
      changed(known.entry)
    },
    async room(id, snapshotId) {
      const known = await registry.get(id)
      const { entry } = known
      const { snapshots } = await readTree(context, known)
      // An id that is none of its snapshots' is no folder's name either.
      return snapshots.some((snapshot) => snapshot.id === snapshotId) ? restoreRoom(entry, snapshotId) : null
    },
    async restore(id, snapshotId, op) {
      const known = await registry.get(id)
      await restore(restorable(context, known), snapshotId, op).finally(() => changed(known.entry))
    },
    async undo(id, restoreId, op) {
      const known = await registry.get(id)
      await undo(restorable(context, known), restoreId, op).finally(() => changed(known.entry))
    },
    async keep(id, restoreId, name) {
      const known = await registry.get(id)
      const { entry } = known
      const tree = await readTree(context, known)
      const { keptId } = findRestore(tree, restoreId)
      findSnapshot(tree, keptId)
      const kept = withoutRestore(changeSnapshot(tree, keptId, { keptForUndo: false, name }), restoreId)
      await trees.write(entry.folder.snapshots, kept)
      changed(entry)
    },
    async letGo(id, restoreId, op) {
      const known = await registry.get(id)
      const tree = await readTree(context, known)
      const { keptId } = findRestore(tree, restoreId)
      // The record goes with the copy it would undo by.
      await deleteSnapshot(context, known, keptId, op)
      changed(known.entry)
    },
  }
}
