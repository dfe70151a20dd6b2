import { randomUUID } from 'node:crypto'
import { Failure, failure } from '../../../app/domain/errors.ts'
import type { Op } from '../provider.ts'
import { throwIfCancelled } from './op.ts'
import {
  changeRestore,
  changeSnapshot,
  findRestore,
  findSnapshot,
  type KeptRestore,
  type KeptSnapshot,
  type TreeFile,
  withoutRestore,
  withoutSnapshot,
} from './snapshot-tree.ts'

/** What going back needs to know of one machine: how its provider keeps it, changes it and lets it go on. */
export interface Restorable<S extends KeptSnapshot> {
  read(): Promise<TreeFile<S>>
  write(tree: TreeFile<S>): Promise<void>
  /** Throws why the machine cannot become `target`, or cannot keep its present. Touches nothing. */
  verify(target: S, op: Op): Promise<void>
  /** Shows the machine as being restored while `job` runs. */
  withTransientState(job: () => Promise<void>): Promise<void>
  /** What a snapshot of the machine as it is now would be. */
  present(about: Pick<KeptSnapshot, 'name' | 'description' | 'keptForUndo' | 'parentId'>): S
  /**
   * Keeps the present and gives it as it was kept. A machine that runs stands still from here on, so that nothing happens
   * that is not kept.
   */
  keepPresent(kept: S, op: Op): Promise<S>
  /** The machine was not touched and goes on as it was before `keepPresent`. */
  goOn(kept: S): Promise<void>
  /**
   * Makes the machine what a snapshot says, from whatever it is. Done again after it was broken off, it ends the same.
   * `boot` switches a machine on whose snapshot has no memory, because it ran before.
   */
  become(target: S, record: KeptRestore, boot: boolean, op: Op): Promise<void>
  /** The same for the kept copy, after `become` failed: from a machine past help if need be. */
  becomeAgain(kept: S, record: KeptRestore, op: Op): Promise<void>
  /** Throws what a snapshot holds away; nothing happens when nothing of it is there. */
  drop(snapshotId: string): Promise<void>
  /** Called once the tree says that it is done. */
  settled(record: KeptRestore): Promise<void>
  warn(event: 'restore.failed' | 'restore.rest', error: unknown): void
}

type About = Pick<KeptRestore, 'snapshotId' | 'snapshotName' | 'direction' | 'replaces'>

/** Goes back to a snapshot, keeping the present so that this can be undone. */
export async function restore<S extends KeptSnapshot>(
  machine: Restorable<S>,
  snapshotId: string,
  op: Op,
): Promise<void> {
  const target = findSnapshot(await machine.read(), snapshotId)
  const about = { snapshotId: target.id, snapshotName: target.name }
  await transact(machine, target, { ...about, direction: 'restored', replaces: null }, op)
}

/** Goes back to the copy a record kept. The record then says how to redo it. */
export async function undo<S extends KeptSnapshot>(machine: Restorable<S>, restoreId: string, op: Op): Promise<void> {
  const tree = await machine.read()
  const { id, keptId, direction, snapshotId, snapshotName } = findRestore(tree, restoreId)
  const turned = direction === 'restored' ? 'undone' : 'restored'
  const about = { snapshotId, snapshotName, direction: turned, replaces: id } as const
  await transact(machine, findSnapshot(tree, keptId), about, op)
}

/**
 * Verify, keep the present, write the record, switch, verify. Until the record says `switching` nothing of the machine is
 * touched; from then on a failure brings the kept copy back, and an end of Berth is finished by the next one.
 */
async function transact<S extends KeptSnapshot>(
  machine: Restorable<S>,
  target: S,
  about: About,
  op: Op,
): Promise<void> {
  op.progress({ text: { key: 'kept.step.verify' }, fraction: 0 })
  await machine.verify(target, op)
  throwIfCancelled(op)
  await machine.withTransientState(async () => {
    const before = await machine.read()
    const kept = machine.present({
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
    op.progress({ text: { key: 'kept.step.keep' }, fraction: 0.2 })
    const keeping = { ...before, snapshots: [...before.snapshots, kept], restores: [...before.restores, record] }
    await machine.write(keeping)
    let whole: S
    try {
      whole = { ...(await machine.keepPresent(kept, op)), phase: 'there' }
      throwIfCancelled(op)
    } catch (error) {
      // What can't be taken away now is left for the next start; why it failed is what a person needs to hear.
      await dropKept(machine, keeping, record).catch((rest) => machine.warn('restore.rest', rest))
      throw error
    }
    const switching = changeRestore({ ...keeping, snapshots: [...before.snapshots, whole] }, record.id, {
      phase: 'switching',
    })
    await machine.write(switching)
    op.progress({ text: { key: 'kept.step.back' }, fraction: 0.6, cancellable: false })
    try {
      await machine.become(target, record, kept.power === 'running', op)
    } catch (error) {
      await rollBack(machine, switching, record, error, op)
    }
    await finishRestore(machine, switching, record, op)
  })
}

/** The machine was not touched: it goes on, and what was kept of it goes. */
export async function dropKept<S extends KeptSnapshot>(
  machine: Restorable<S>,
  tree: TreeFile<S>,
  record: KeptRestore,
): Promise<void> {
  const kept = tree.snapshots.find(({ id }) => id === record.keptId)
  if (kept !== undefined) await machine.goOn(kept)
  await machine.drop(record.keptId)
  await machine.write(withoutRestore(withoutSnapshot(tree, record.keptId), record.id))
}

/** Brings the kept copy back and throws why; when that fails too, the record says which copy holds the machine. */
export async function rollBack<S extends KeptSnapshot>(
  machine: Restorable<S>,
  tree: TreeFile<S>,
  record: KeptRestore,
  error: unknown,
  op: Op,
): Promise<never> {
  const kept = findSnapshot(tree, record.keptId)
  machine.warn('restore.failed', error)
  try {
    await machine.becomeAgain(kept, record, op)
    await machine.drop(kept.id)
    await machine.write(withoutRestore(withoutSnapshot(tree, kept.id), record.id))
  } catch (second) {
    await machine.write(changeRestore(tree, record.id, { state: 'failed', phase: 'done' }))
    throw failure(
      'tool-failed',
      { key: 'kept.error.restoreLost' },
      {
        hint: { key: 'kept.error.restoreLost.hint' },
        detail: `${detailOf(error)}\n\n${detailOf(second)}`,
        cause: second,
      },
    )
  }
  throw error
}

/** Writes down that it is done; what an undo went back to is the present now, so its copy goes. */
export async function finishRestore<S extends KeptSnapshot>(
  machine: Restorable<S>,
  tree: TreeFile<S>,
  record: KeptRestore,
  op: Op,
): Promise<void> {
  op.progress({ text: { key: 'kept.step.verify' }, fraction: 0.9, cancellable: false })
  const old = tree.restores.find(({ id }) => id === record.replaces)
  const done = changeRestore(old === undefined ? tree : withoutRestore(tree, old.id), record.id, {
    state: 'done',
    phase: 'done',
    replaces: null,
    // The record of an undo is the same record turned round.
    ...(old === undefined ? {} : { id: old.id }),
  })
  if (old === undefined) {
    await machine.write({ ...done, currentId: record.snapshotId })
  } else {
    const spent = changeSnapshot({ ...done, currentId: old.keptId }, old.keptId, { phase: 'deleting' })
    const parentId = tree.snapshots.find(({ id }) => id === old.keptId)?.parentId ?? null
    await machine.write({ ...spent, currentId: parentId })
  }
  await machine.settled(record)
  if (old === undefined) return
  // Left for the next start if it does not work now: the machine is where it should be.
  await machine
    .drop(old.keptId)
    .then(async () => machine.write(withoutSnapshot(await machine.read(), old.keptId)))
    .catch((error) => machine.warn('restore.rest', error))
}

/** What an unfinished switch was going to. Throws `not-found` when that snapshot is gone. */
export function targetOf<S extends KeptSnapshot>(tree: TreeFile<S>, record: KeptRestore): S {
  const old = tree.restores.find(({ id }) => id === record.replaces)
  return findSnapshot(tree, old?.keptId ?? record.snapshotId)
}

function detailOf(error: unknown): string {
  return error instanceof Failure ? (error.error.detail ?? error.message) : String(error)
}
