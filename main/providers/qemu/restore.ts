import { randomUUID } from 'node:crypto'
import { Failure, failure } from '../../../app/domain/errors.ts'
import type { Op } from '../provider.ts'
import { imagesOf } from './definitions.ts'
import { qmpFailure } from './errors.ts'
import type { Known } from './fleet.ts'
import { hardwareFailure, hardwareOf } from './hardware.ts'
import { dismissJob } from './jobs.ts'
import { launch } from './launch.ts'
import { recheck } from './live.ts'
import { memoryInUse } from './memory.ts'
import { endProcess, letRunOrEnd, lineOf } from './power.ts'
import { checkSpace } from './qemu-img.ts'
import {
  changeRestore,
  changeSnapshot,
  findRestore,
  findSnapshot,
  type KeptRestore,
  type KeptSnapshot,
  readTree,
  type TreeFile,
  withoutRestore,
  withoutSnapshot,
  writeTree,
} from './snapshot-store.ts'
import { presentSnapshot, requireSnapshots } from './snapshots.ts'
import { discardMemory } from './suspend.ts'
import {
  applyOffline,
  bringBackSuspended,
  checkTag,
  deleteTag,
  keepSuspended,
  loadLive,
  saveLive,
  saveOffline,
  unstoppable,
} from './tags.ts'
import { quietOp, throwIfCancelled, type World } from './world.ts'

/** Goes back to a snapshot, keeping the present so that this can be undone. */
export async function restore(world: World, known: Known, snapshotId: string, op: Op): Promise<void> {
  const target = findSnapshot(await readTree(known.entry.folder), snapshotId)
  const about = { snapshotId: target.id, snapshotName: target.name }
  await transact(world, known, target, { ...about, direction: 'restored', replaces: null }, op)
}

/** Goes back to the copy a record kept. The record then says how to redo it. */
export async function undo(world: World, known: Known, restoreId: string, op: Op): Promise<void> {
  const tree = await readTree(known.entry.folder)
  const { id, keptId, direction, snapshotId, snapshotName } = findRestore(tree, restoreId)
  const turned = direction === 'restored' ? 'undone' : 'restored'
  await transact(
    world,
    known,
    findSnapshot(tree, keptId),
    { snapshotId, snapshotName, direction: turned, replaces: id },
    op,
  )
}

export function restoreJob(record: Pick<KeptRestore, 'id'>): string {
  return `restore-${record.id}`
}

type About = Pick<KeptRestore, 'snapshotId' | 'snapshotName' | 'direction' | 'replaces'>

/**
 * Verify, keep the present, write the record, switch, verify. Until the record says `switching` nothing of the machine is
 * touched; from then on a failure brings the kept copy back, and an end of Berth is finished by the next one.
 */
async function transact(world: World, known: Known, target: KeptSnapshot, about: About, op: Op): Promise<void> {
  const { entry, definition } = known
  const { folder } = entry
  requireSnapshots(definition)
  op.progress({ text: { key: 'qemu.step.verify' }, fraction: 0 })
  if (entry.live !== null) {
    await recheck(world, entry)
    if (entry.live !== null) lineOf(entry)
  }
  if (target.hardware !== null) {
    const unfit = hardwareFailure(target.hardware, hardwareOf(definition))
    if (unfit !== null) throw unfit
  }
  await checkTag(world, entry, definition, target.id, op)
  if (entry.live !== null) {
    await checkSpace(folder.path, await memoryInUse(world.host, entry.live.identity.pid, definition.memoryBytes))
  }
  throwIfCancelled(op)

  await world.fleet.hold(entry, 'restoring', async () => {
    const before = await readTree(folder)
    const kept = presentSnapshot(world, known, {
      // No words, because names are kept as they are and languages change: a turn, then where to.
      name: `↶ ${about.snapshotName}`,
      description: '',
      keptForUndo: true,
      parentId: before.currentId,
    })
    const record: KeptRestore = {
      ...about,
      id: randomUUID(),
      state: 'restoring',
      keptId: kept.id,
      keptAt: kept.createdAt,
      phase: 'keeping',
    }
    op.progress({ text: { key: 'qemu.step.keep' }, fraction: 0.2 })
    const keeping = { ...before, snapshots: [...before.snapshots, kept], restores: [...before.restores, record] }
    await writeTree(folder, keeping)
    try {
      await keepPresent(world, known, kept, op)
      throwIfCancelled(op)
    } catch (error) {
      await dropKept(world, known, keeping, record)
      throw error
    }
    const switching = changeRestore(changeSnapshot(keeping, kept.id, { phase: 'there' }), record.id, {
      phase: 'switching',
    })
    await writeTree(folder, switching)
    op.progress({ text: { key: 'qemu.step.back' }, fraction: 0.6, cancellable: false })
    try {
      await become(world, known, target, { jobId: restoreJob(record), boot: kept.power === 'running' }, op)
    } catch (error) {
      await rollBack(world, known, switching, record, error, op)
    }
    await finishRestore(world, known, switching, record, op)
  })
}

/** Keeps the present under a tag. A running machine is held from here on, so that nothing happens that is not kept. */
async function keepPresent(world: World, known: Known, kept: KeptSnapshot, op: Op): Promise<void> {
  const { entry, definition } = known
  const images = imagesOf(definition, entry.folder)
  if (entry.live === null) {
    await saveOffline(world, images, kept.id, op)
    if (kept.power === 'suspended') await keepSuspended(entry.folder, kept.id)
    return
  }
  const qmp = lineOf(entry)
  if (kept.power === 'running') await qmp.execute('stop', undefined, { op })
  await saveLive(qmp, images, kept.id, op)
}

/** The machine was not touched: it goes on, and what was kept of it goes. */
export async function dropKept(world: World, known: Known, tree: TreeFile, record: KeptRestore): Promise<void> {
  const { entry, definition } = known
  const kept = tree.snapshots.find(({ id }) => id === record.keptId)
  if (kept?.power === 'running' && entry.live?.runState === 'paused') {
    await entry.live.qmp?.execute('cont').catch(() => {})
  }
  await deleteTag(world, entry, definition, record.keptId, quietOp)
  await writeTree(entry.folder, withoutRestore(withoutSnapshot(tree, record.keptId), record.id))
}

/**
 * Makes the machine what a snapshot says, from whatever it is. Done again after it was broken off, it ends the same.
 * `boot` switches a machine on whose snapshot has no memory, because it ran before.
 */
export async function become(
  world: World,
  known: Known,
  snapshot: KeptSnapshot,
  how: { readonly jobId: string; readonly boot: boolean },
  op: Op,
): Promise<void> {
  const { entry, definition } = known
  const images = imagesOf(definition, entry.folder)
  const hasMemory = snapshot.power === 'running' || snapshot.power === 'paused'
  const run = entry.run
  const fits =
    run?.accelerator.name === snapshot.accelerator?.name && run?.accelerator.cpu === snapshot.accelerator?.cpu
  if (entry.live !== null && !(hasMemory && fits)) await endProcess(world, entry, unstoppable(op))

  if (hasMemory) {
    if (entry.live === null) {
      await discardMemory(entry.folder)
      await launch(world, known, { accelerator: snapshot.accelerator, incoming: false }, unstoppable(op))
    }
    const qmp = lineOf(entry)
    const { error } = await loadLive(qmp, how.jobId, images, snapshot.id, unstoppable(op))
    if (error !== null) {
      await dismissJob(qmp, how.jobId)
      throw qmpFailure(error)
    }
    await settlePower(world, known, snapshot, op)
    return
  }
  await applyOffline(world, images, snapshot.id, op)
  if (snapshot.power === 'suspended') await bringBackSuspended(entry.folder, snapshot.id)
  else await discardMemory(entry.folder)
  await world.fleet.refresh(entry)
  if (snapshot.power === 'off' && how.boot) {
    const live = await launch(world, known, { accelerator: null, incoming: false }, unstoppable(op))
    await letRunOrEnd(world, entry, live, unstoppable(op))
  }
}

/** A memory was loaded: it runs if it ran when it was taken. */
export async function settlePower(world: World, { entry }: Known, snapshot: KeptSnapshot, op: Op): Promise<void> {
  const { live } = entry
  if (live === null) throw failure('unreachable', { key: 'qemu.error.lineClosed' })
  const qmp = lineOf(entry)
  await qmp.execute(snapshot.power === 'running' ? 'cont' : 'stop', undefined, { op })
  await recheck(world, entry)
  if ((live.runState === 'running') === (snapshot.power === 'running') || live.isEnding) return
  throw failure('wrong-state', { key: 'qemu.error.standsStill' }, { detail: live.runState })
}

/** Brings the kept copy back and throws why; when that fails too, the record says which copy holds the machine. */
export async function rollBack(
  world: World,
  known: Known,
  tree: TreeFile,
  record: KeptRestore,
  error: unknown,
  op: Op,
): Promise<never> {
  const { entry, definition } = known
  const kept = findSnapshot(tree, record.keptId)
  world.host.log.warn('qemu.restore.failed', { uuid: entry.uuid, error: String(error) })
  try {
    const how = { jobId: `back-${record.id}`, boot: false }
    try {
      await become(world, known, kept, how, op)
    } catch (first) {
      // The process itself may be past help: once more in a new one.
      if (entry.live === null) throw first
      await endProcess(world, entry, quietOp)
      await become(world, known, kept, how, op)
    }
    await entry.live?.qmp?.execute('job-dismiss', { id: how.jobId }).catch(() => {})
    await deleteTag(world, entry, definition, kept.id, quietOp)
    await writeTree(entry.folder, withoutRestore(withoutSnapshot(tree, kept.id), record.id))
  } catch (second) {
    await writeTree(entry.folder, changeRestore(tree, record.id, { state: 'failed', phase: 'done' }))
    throw failure(
      'tool-failed',
      { key: 'qemu.error.restoreLost' },
      {
        hint: { key: 'qemu.error.restoreLost.hint' },
        detail: `${detailOf(error)}\n\n${detailOf(second)}`,
        cause: second,
      },
    )
  }
  throw error
}

/** Writes down that it is done; what an undo went back to is the present now, so its copy goes. */
export async function finishRestore(
  world: World,
  known: Known,
  tree: TreeFile,
  record: KeptRestore,
  op: Op,
): Promise<void> {
  const { entry, definition } = known
  op.progress({ text: { key: 'qemu.step.verify' }, fraction: 0.9, cancellable: false })
  const old = tree.restores.find(({ id }) => id === record.replaces)
  const done = changeRestore(old === undefined ? tree : withoutRestore(tree, old.id), record.id, {
    state: 'done',
    phase: 'done',
    replaces: null,
    // The record of an undo is the same record turned round.
    ...(old === undefined ? {} : { id: old.id }),
  })
  if (old === undefined) {
    await writeTree(entry.folder, { ...done, currentId: record.snapshotId })
  } else {
    const spent = changeSnapshot({ ...done, currentId: old.keptId }, old.keptId, { phase: 'deleting' })
    const parentId = tree.snapshots.find(({ id }) => id === old.keptId)?.parentId ?? null
    await writeTree(entry.folder, { ...spent, currentId: parentId })
  }
  await entry.live?.qmp?.execute('job-dismiss', { id: restoreJob(record) }).catch(() => {})
  if (old === undefined) return
  // Left for the next start if it does not work now: the machine is where it should be.
  await deleteTag(world, entry, definition, old.keptId, quietOp)
    .then(async () => writeTree(entry.folder, withoutSnapshot(await readTree(entry.folder), old.keptId)))
    .catch((error) => world.host.log.warn('qemu.restore.rest', { uuid: entry.uuid, error: String(error) }))
}

function detailOf(error: unknown): string {
  return error instanceof Failure ? (error.error.detail ?? error.message) : String(error)
}
