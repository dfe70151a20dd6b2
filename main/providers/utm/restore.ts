import { randomUUID } from 'node:crypto'
import { Failure, failure } from '../../../app/domain/errors.ts'
import type { Op } from '../provider.ts'
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
} from '../qemu/snapshot-store.ts'
import { ownFiles } from './bundle.ts'
import { utmctlArguments } from './commands.ts'
import type { Known } from './fleet.ts'
import { confirm, eventMs, powerOff, start } from './power.ts'
import { presentSnapshot, requireSnapshots, saveTree, wholeTree } from './snapshots.ts'
import { applyStopped, checkTag, deleteTag, saveLive, saveStopped } from './tags.ts'
import { quietOp, throwIfCancelled, unstoppable, type World } from './world.ts'

/** Goes back to a snapshot, keeping the present so that this can be undone. */
export async function restore(world: World, known: Known, snapshotId: string, op: Op): Promise<void> {
  requireSnapshots(known)
  const { tree } = await wholeTree(world, known, op)
  const target = findSnapshot(tree, snapshotId)
  const about = { snapshotId: target.id, snapshotName: target.name }
  await transact(world, known, tree, target, { ...about, direction: 'restored', replaces: null }, op)
}

/** Goes back to the copy a record kept. The record then says how to redo it. */
export async function undo(world: World, known: Known, restoreId: string, op: Op): Promise<void> {
  requireSnapshots(known)
  const { tree } = await wholeTree(world, known, op)
  const { id, keptId, direction, snapshotId, snapshotName } = findRestore(tree, restoreId)
  const turned = direction === 'restored' ? 'undone' : 'restored'
  const about = { snapshotId, snapshotName, direction: turned, replaces: id } as const
  await transact(world, known, tree, findSnapshot(tree, keptId), about, op)
}

type About = Pick<KeptRestore, 'snapshotId' | 'snapshotName' | 'direction' | 'replaces'>

/**
 * Verify, keep the present, write the record, switch, verify. Until the record says `switching` nothing of the machine is
 * touched; from then on a failure brings the kept copy back.
 */
async function transact(
  world: World,
  known: Known,
  before: TreeFile,
  target: KeptSnapshot,
  about: About,
  op: Op,
): Promise<void> {
  const { bundle, sight } = known
  op.progress({ text: { key: 'qemu.step.verify' }, fraction: 0 })
  if (hasMemory(target) && !sight.abilities.live) throw failure('unsupported', { key: 'utm.why.memorySnapshot' })
  await checkTag(world, known, target.id, op)
  throwIfCancelled(op)
  await world.fleet.hold(sight.uuid, 'restoring', async () => {
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
    await saveTree(bundle, keeping)
    try {
      await keepPresent(world, known, kept, op)
      throwIfCancelled(op)
    } catch (error) {
      await dropKept(world, known, keeping, record, kept)
      throw error
    }
    const there = changeSnapshot(keeping, kept.id, { phase: 'there' })
    const switching = changeRestore(there, record.id, { phase: 'switching' })
    await saveTree(bundle, switching)
    op.progress({ text: { key: 'qemu.step.back' }, fraction: 0.6, cancellable: false })
    try {
      await become(world, known, target, kept.power === 'running', op)
    } catch (error) {
      await rollBack(world, known, switching, record, error, op)
    }
    await finishRestore(world, known, switching, record, op)
  })
}

function hasMemory({ power }: KeptSnapshot): boolean {
  return power === 'running' || power === 'paused'
}

/** Keeps the present under a tag. A running machine is held from here on, so that nothing happens that is not kept. */
async function keepPresent(world: World, known: Known, kept: KeptSnapshot, op: Op): Promise<void> {
  const { uuid } = known.sight
  if (kept.power === 'off') return saveStopped(world, known.bundle, kept.id, unstoppable(op))
  if (kept.power === 'running') {
    const args = utmctlArguments.suspend(uuid, { save: false })
    await confirm(world, uuid, 'paused', await world.tool.tell(args, eventMs, unstoppable(op)), op)
  }
  await saveLive(world, known, kept.id, op)
}

/** The machine was not touched: it goes on, and what was kept of it goes. */
async function dropKept(
  world: World,
  known: Known,
  tree: TreeFile,
  record: KeptRestore,
  kept: KeptSnapshot,
): Promise<void> {
  try {
    const now = await world.fleet.known(`utm:${known.sight.uuid}`, quietOp)
    await deleteTag(world, now, record.keptId, quietOp)
    await saveTree(known.bundle, withoutRestore(withoutSnapshot(tree, record.keptId), record.id))
    if (kept.power === 'running' && now.sight.status === 'paused') await start(world, now.sight, quietOp)
  } catch (error) {
    world.host.log.warn('utm.restore.drop', { uuid: known.sight.uuid, error: String(error) })
  }
}

/**
 * Makes the machine what a snapshot says, from whatever it is. `boot` switches a machine on whose snapshot has no memory,
 * because it ran before.
 */
async function become(
  world: World,
  { sight, bundle }: Known,
  snapshot: KeptSnapshot,
  boot: boolean,
  op: Op,
): Promise<void> {
  const { fleet, tool } = world
  const { uuid } = sight
  const calm = unstoppable(op)
  const now = await fleet.get(`utm:${uuid}`, calm)
  await powerOff(world, now, calm)
  if (!hasMemory(snapshot)) {
    await applyStopped(world, bundle, snapshot.id, calm)
    if (boot) await start(world, { uuid, status: 'stopped' }, calm)
    return
  }
  const error = await tool.tell(utmctlArguments.snapshot('restore', uuid, snapshot.id), eventMs, calm)
  if (error !== null) throw error
  // One version of UTM lets it run at once, another when it is started next.
  const { status } = await fleet.get(`utm:${uuid}`, calm)
  await start(world, { uuid, status }, calm)
  if (snapshot.power !== 'paused') return
  const paused = await tool.tell(utmctlArguments.suspend(uuid, { save: false }), eventMs, calm)
  await confirm(world, uuid, 'paused', paused, calm)
}

/** Brings the kept copy back and throws why; when that fails too, the record says which copy holds the machine. */
async function rollBack(
  world: World,
  known: Known,
  tree: TreeFile,
  record: KeptRestore,
  error: unknown,
  op: Op,
): Promise<never> {
  const { bundle, sight } = known
  const kept = findSnapshot(tree, record.keptId)
  world.host.log.warn('utm.restore.failed', { uuid: sight.uuid, error: String(error) })
  try {
    await become(world, known, kept, false, op)
    const now = await world.fleet.known(`utm:${sight.uuid}`, quietOp)
    await deleteTag(world, now, kept.id, quietOp)
    await saveTree(bundle, withoutRestore(withoutSnapshot(tree, kept.id), record.id))
  } catch (second) {
    await saveTree(bundle, changeRestore(tree, record.id, { state: 'failed', phase: 'done' }))
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
async function finishRestore(world: World, known: Known, tree: TreeFile, record: KeptRestore, op: Op): Promise<void> {
  const { bundle, sight } = known
  op.progress({ text: { key: 'qemu.step.verify' }, fraction: 0.9, cancellable: false })
  const old = tree.restores.find(({ id }) => id === record.replaces)
  const done = changeRestore(old === undefined ? tree : withoutRestore(tree, old.id), record.id, {
    state: 'done',
    phase: 'done',
    replaces: null,
    // The record of an undo is the same record turned round.
    ...(old === undefined ? {} : { id: old.id }),
  })
  if (old === undefined) return saveTree(bundle, { ...done, currentId: record.snapshotId })
  const parentId = tree.snapshots.find(({ id }) => id === old.keptId)?.parentId ?? null
  await saveTree(bundle, { ...changeSnapshot(done, old.keptId, { phase: 'deleting' }), currentId: parentId })
  // Left for the next start if it does not work now: the machine is where it should be.
  try {
    const now = await world.fleet.known(`utm:${sight.uuid}`, quietOp)
    await deleteTag(world, now, old.keptId, quietOp)
    await saveTree(bundle, withoutSnapshot(await readTree(ownFiles(bundle)), old.keptId))
  } catch (error) {
    world.host.log.warn('utm.restore.rest', { uuid: sight.uuid, error: String(error) })
  }
}

function detailOf(error: unknown): string {
  return error instanceof Failure ? (error.error.detail ?? error.message) : String(error)
}
