import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import { syncFile } from '../../state/durable.ts'
import { saveOffline } from '../common/images/offline-tags.ts'
import { createOwnBytes } from '../common/images/qcow2-own-bytes.ts'
import { memoryInUse } from '../common/memory.ts'
import { quietOp, throwIfCancelled } from '../common/op.ts'
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
import { checkSpace } from '../common/space.ts'
import type { Op, SnapshotOps } from '../provider.ts'
import { type Definition, imagesOf } from './definitions.ts'
import { hardwareOf } from './hardware.ts'
import { snapshotObstacle } from './machine.ts'
import type { Entry, Known } from './machine-registry.ts'
import { lineOf } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { restorable, restoreRoom } from './restore.ts'
import { type KeptSnapshot, trees } from './snapshot-store.ts'
import { deleteTag, memorySizes, saveLive, saveLiveDisks, tagPresence } from './tags.ts'

/** What a snapshot of the machine as it is now would be. */
export function presentSnapshot(
  context: ProviderContext,
  { entry, definition }: Known,
  about: Pick<KeptSnapshot, 'name' | 'description' | 'keptForUndo' | 'parentId'>,
): KeptSnapshot {
  const { live } = entry
  const power =
    live !== null ? (live.runState === 'running' ? 'running' : 'paused') : entry.isSuspended ? 'suspended' : 'off'
  return {
    ...about,
    id: newSnapshotId(),
    createdAt: context.host.now().toISOString(),
    power,
    hardware: power === 'off' ? null : hardwareOf(definition),
    accelerator: live === null ? null : (entry.run?.accelerator ?? null),
    phase: 'taking',
  }
}

/** Fails with the reason when this machine has no snapshots at all. */
export function requireSnapshots(definition: Definition): void {
  const obstacle = snapshotObstacle(definition)
  if (obstacle !== null) throw failure('unsupported', obstacle)
}

/** Takes one. Of a machine that is on, without its memory, it is what its disks hold at one moment: as after a power cut. */
async function take(
  context: ProviderContext,
  known: Known,
  request: { name: string; description: string; memory: boolean },
  op: Op,
): Promise<string> {
  const { entry, definition } = known
  requireSnapshots(definition)
  const { folder, live } = entry
  const images = imagesOf(definition, folder)
  const [tree] = await Promise.all([
    trees.read(folder.snapshots),
    live === null || !request.memory
      ? null
      : checkSpace(folder.path, memoryInUse(context.host, live.identity.pid, definition.memoryBytes)),
  ])
  throwIfCancelled(op)
  const { name, description } = request
  const present = presentSnapshot(context, known, { name, description, keptForUndo: false, parentId: tree.currentId })
  const hasMemory = live !== null && request.memory
  const snapshot: KeptSnapshot =
    live === null || hasMemory ? present : { ...present, power: 'off', hardware: null, accelerator: null }
  const { id } = snapshot
  if (snapshot.power === 'suspended') {
    throw failure('wrong-state', { key: 'why.state.suspended', params: { name: definition.name } })
  }
  const { state } = context.registry.machine(entry)
  // The guest stands still while its memory is written: that is no change of the machine's state.
  await context.registry.withTransientState(entry, state, async () => {
    op.progress({
      text: { key: hasMemory ? 'kept.step.memory' : 'kept.step.disks' },
      fraction: null,
      cancellable: false,
    })
    // Named before there is anything to name; that a power cut does not take the name back is seen to meanwhile.
    const begun = await trees.put(folder.snapshots, tree, snapshot, tree.currentId)
    const save =
      live === null
        ? saveOffline(context, images, id, op)
        : hasMemory
          ? saveLive(lineOf(entry), images, id, op)
          : saveLiveDisks(lineOf(entry), images, id, op)
    const [settled, saved] = await Promise.allSettled([syncFile(folder.snapshots), save])
    for (const result of [saved, settled]) {
      if (result.status === 'fulfilled') continue
      // What cannot be taken out now stays named, unseen, and is taken out by the next start.
      await deleteTag(context, entry, definition, id, quietOp)
        .catch(() => deleteTag(context, entry, definition, id, quietOp))
        .then(() => trees.write(folder.snapshots, tree))
        .catch((error) => context.host.log.warn('qemu.take.rest', { uuid: entry.uuid, error: String(error) }))
      throw result.reason
    }
    // The name and the tag are safe by now: after a power cut `recover` comes to the same.
    await trees.put(folder.snapshots, begun, { ...snapshot, phase: 'there' }, id)
  })
  context.registry.changed({ kind: 'snapshots', id: context.registry.machine(entry).id })
  return id
}

/** Deletes one; a later Berth finishes what this one could not. */
export async function deleteSnapshot(
  context: ProviderContext,
  { entry, definition }: Known,
  id: string,
  op: Op,
): Promise<void> {
  const { folder } = entry
  const tree = await trees.read(folder.snapshots)
  findSnapshot(tree, id)
  throwIfCancelled(op)
  op.progress({ text: null, fraction: null, cancellable: false })
  await trees.write(folder.snapshots, changeSnapshot(tree, id, { phase: 'deleting' })).catch((error: unknown) => {
    // Deleting is how a full disk is emptied: then it is done unannounced.
    if (errorOf(error).code !== 'no-space') throw error
  })
  try {
    await deleteTag(context, entry, definition, id, op)
  } catch (error) {
    // Still whole: nothing happened. Otherwise it can no longer be restored: what is left of it goes, now if that can be.
    const presence = await tagPresence(context, entry, definition, id, op).catch(() => 'some')
    if (presence === 'all') await trees.write(folder.snapshots, tree)
    if (presence === 'all') throw error
    await deleteTag(context, entry, definition, id, quietOp).catch(() => {
      throw error
    })
  }
  await trees.write(folder.snapshots, withoutSnapshot(tree, id))
}

/**
 * What a snapshot takes: what it alone has in the disks, where the memory of one that runs is too; that of a suspended one is a
 * file of its own.
 */
function sizeOf(
  { id, power }: KeptSnapshot,
  memory: ReadonlyMap<string, number>,
  ownBytes: ReadonlyMap<string, number>,
): readonly [string, number][] {
  const own = ownBytes.get(id)
  const kept = power === 'off' ? undefined : memory.get(id)
  if (own === undefined) return kept === undefined ? [] : [[id, kept]]
  return [[id, power === 'suspended' ? own + (kept ?? 0) : Math.max(own, kept ?? 0)]]
}

export function createSnapshots(context: ProviderContext): SnapshotOps {
  const { registry } = context
  /** Memory kept with snapshots, which does not change: opening the page again starts no program. */
  const memory = new Map<string, number>()
  const ownBytes = createOwnBytes()
  const changed = (entry: Entry): void => registry.changed({ kind: 'snapshots', id: registry.machine(entry).id })

  return {
    async tree(id, op): Promise<SnapshotTree> {
      const { entry, definition } = await registry.get(id)
      const tree = await trees.read(entry.folder.snapshots)
      const isKnown = tree.snapshots.every((snapshot) => snapshot.phase !== 'there' || memory.has(snapshot.id))
      if (!isKnown && entry.holds.length === 0) {
        // A tree without sizes is better than none, here and below.
        const found = await memorySizes(context, entry, definition, op).catch(() => new Map<string, number>())
        throwIfCancelled(op)
        for (const [tag, bytes] of found) memory.set(tag, bytes)
      }
      const paths = imagesOf(definition, entry.folder).map(({ path }) => path)
      const own = await ownBytes(paths).catch(() => new Map<string, number>())
      throwIfCancelled(op)
      return shownTree(tree, new Map(tree.snapshots.flatMap((snapshot) => sizeOf(snapshot, memory, own))))
    },
    async take(id, request, op) {
      return take(context, await registry.get(id), request, op)
    },
    async edit(id, snapshotId, { name, description }) {
      const { entry } = await registry.get(id)
      const tree = await trees.read(entry.folder.snapshots)
      findSnapshot(tree, snapshotId)
      await trees.write(entry.folder.snapshots, changeSnapshot(tree, snapshotId, { name, description }))
      changed(entry)
    },
    async delete(id, snapshotId, op) {
      const known = await registry.get(id)
      await deleteSnapshot(context, known, snapshotId, op)
      changed(known.entry)
    },
    async room(id) {
      return restoreRoom(context, await registry.get(id))
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
      const { entry } = await registry.get(id)
      const tree = await trees.read(entry.folder.snapshots)
      const { keptId } = findRestore(tree, restoreId)
      findSnapshot(tree, keptId)
      await trees.write(
        entry.folder.snapshots,
        withoutRestore(changeSnapshot(tree, keptId, { keptForUndo: false, name }), restoreId),
      )
      changed(entry)
    },
    async letGo(id, restoreId, op) {
      const known = await registry.get(id)
      const tree = await trees.read(known.entry.folder.snapshots)
      const { keptId } = findRestore(tree, restoreId)
      // The record goes with the copy it would undo by.
      await deleteSnapshot(context, known, keptId, op)
      changed(known.entry)
    },
  }
}
