import { randomUUID } from 'node:crypto'
import { Failure, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { isFile } from '../common/files.ts'
import type { Op } from '../provider.ts'
import type { Known } from './entry.ts'
import { idOf } from './inventory.ts'
import { createPower } from './power.ts'
import { quietOp, runOnMachine, throwIfCancelled } from './provider-context.ts'
import {
  findRestore,
  type KeptPower,
  type KeptRestore,
  markOf,
  withoutRestore,
  withoutSnapshot,
  withoutSpent,
  withRestore,
  withSpent,
} from './restore-records.ts'
import { requireMemoryRoom } from './room.ts'
import type { Settings, SettingsSnapshot } from './settings-file.ts'
import * as commands from './snapshot-commands.ts'
import {
  deleteSnapshot,
  diskWorkMs,
  findSnapshot,
  powerOf,
  type SnapshotOptions,
  takeSnapshot,
  unstoppable,
} from './snapshots.ts'
import { isResting } from './states.ts'

/** Goes back to a snapshot, keeping the present so that this can be undone. */
export async function restore(context: SnapshotOptions, known: Known, snapshotId: string, op: Op): Promise<void> {
  const target = findSnapshot(known.settings, snapshotId)
  const about = { snapshotId: target.uuid, snapshotName: target.name }
  await transact(context, known, target, { ...about, direction: 'restored', replaces: null }, op)
}

/** Goes back to the copy a record kept. The record then says how to redo it. */
export async function undo(context: SnapshotOptions, known: Known, restoreId: string, op: Op): Promise<void> {
  const record = findRestore(await context.records.read(known.entry.uuid), restoreId)
  const { snapshotId, snapshotName } = record
  const direction = record.direction === 'restored' ? 'undone' : 'restored'
  const target = findSnapshot(known.settings, record.keptId ?? '')
  await transact(context, known, target, { snapshotId, snapshotName, direction, replaces: record.id }, op)
}

type About = Pick<KeptRestore, 'snapshotId' | 'snapshotName' | 'direction' | 'replaces'>

/**
 * Verify, keep the present, write the record, switch, verify. Until the record says `switching` nothing of the machine is
 * touched; from then on a failure brings the kept copy back, and an end of Berth is finished by the next one.
 */
async function transact(
  context: SnapshotOptions,
  known: Known,
  target: SettingsSnapshot,
  about: About,
  op: Op,
): Promise<void> {
  const { entry, settings } = known
  const { records, inventory } = context
  const { uuid } = entry
  const id = idOf(uuid)
  op.progress({ text: { key: 'virtualbox.step.verify' }, fraction: 0 })
  const seen = await inventory.look(id, op)
  if (seen === null) throw failure('not-found', { key: 'error.machineGone' })
  const power = powerOf(context, known)
  await checkFiles(settings, target)
  await requireMemoryRoom(context, known)
  throwIfCancelled(op)

  await inventory.withTransientState(entry, 'restoring', async () => {
    const record: KeptRestore = {
      ...about,
      id: randomUUID(),
      state: 'restoring',
      keptId: null,
      keptAt: context.host.now().toISOString(),
      keptPower: power,
      phase: 'keeping',
    }
    op.progress({ text: { key: 'virtualbox.step.keep' }, fraction: 0.2 })
    await records.write(uuid, withRestore(await records.read(uuid), record))
    let keptId: string
    try {
      // Held from here on, so that nothing happens that is not kept.
      if (power === 'running') await createPower(context).pause(id, op)
      throwIfCancelled(op)
      // No words, because names are kept as they are and languages change: a turn, then where to.
      const name = `↶ ${about.snapshotName}`
      keptId = await takeSnapshot(context, await inventory.get(id), { name, description: markOf(record) }, power, op)
      throwIfCancelled(op)
    } catch (error) {
      await dropKept(context, id, record)
      throw error
    }
    const switching: KeptRestore = { ...record, keptId, phase: 'switching' }
    await records.write(uuid, withRestore(await records.read(uuid), switching))
    op.progress({ text: { key: 'virtualbox.step.back' }, fraction: 0.5, cancellable: false })
    try {
      await become(context, id, target.uuid, { boot: power === 'running' }, op)
    } catch (error) {
      await rollBack(context, id, switching, error, op)
    }
    await finishRestore(context, id, switching, op)
  })
}

/** Every file a snapshot needs must be there before the present is given up. */
async function checkFiles(settings: Settings, target: SettingsSnapshot): Promise<void> {
  const devices = target.hardware.controllers.flatMap((controller) => controller.devices)
  const parents = new Map(settings.media.map((medium) => [medium.uuid, medium]))
  const paths = new Set<string>(target.stateFile === null ? [] : [target.stateFile])
  for (const { type, mediumId } of devices) {
    if (type !== 'disk' || mediumId === null) continue
    for (let at = parents.get(mediumId); at !== undefined; at = parents.get(at.parentId ?? '')) paths.add(at.path)
  }
  for (const path of paths) {
    if (await isFile(path)) continue
    throw failure(
      'not-found',
      { key: 'virtualbox.error.mediumMissing', params: { path } },
      { hint: { key: 'virtualbox.error.mediumMissing.hint' } },
    )
  }
}

/** The machine was not touched: it goes on, and what was kept of it goes. */
export async function dropKept(context: SnapshotOptions, id: MachineId, record: KeptRestore): Promise<void> {
  const { inventory, records } = context
  const known = await inventory.get(id)
  const { uuid } = known.entry
  if (record.keptPower === 'running' && inventory.observedState(known.entry).word === 'paused') {
    await createPower(context).resume(id, quietOp)
  }
  const kept = known.settings.snapshots.find(({ description }) => description === markOf(record))
  if (kept !== undefined) await deleteSnapshot(context, known, kept.uuid, quietOp)
  await records.write(uuid, withoutRestore(await records.read(uuid), record.id))
}

/**
 * Makes the machine what a snapshot says, from whatever it is. Done again after it was broken off, it ends the same. `boot`
 * switches a machine on whose snapshot has no memory, because it ran before.
 */
export async function become(
  context: SnapshotOptions,
  id: MachineId,
  snapshotId: string,
  how: { readonly boot: boolean },
  op: Op,
): Promise<void> {
  const { inventory, records } = context
  const whole = unstoppable(op)
  const power = createPower(context)
  const { entry } = await inventory.get(id)
  if (!isResting(inventory.observedState(entry).word)) await power.powerOff(id, whole)
  await runOnMachine(context, entry, commands.restoreSnapshot(entry.uuid, snapshotId), whole, { timeoutMs: diskWorkMs })
  const { settings } = await inventory.get(id)
  if (settings.currentSnapshotId !== snapshotId) {
    throw failure('tool-failed', { key: 'virtualbox.error.notRestored' })
  }
  await settlePower(context, id, await powerOfSnapshot(records, settings, snapshotId), how.boot, whole)
}

/** A snapshot with a memory becomes what the machine was; one without is off, or booted when the machine ran. */
export async function settlePower(
  context: SnapshotOptions,
  id: MachineId,
  wanted: KeptPower,
  boot: boolean,
  op: Op,
): Promise<void> {
  const power = createPower(context)
  if (wanted === 'suspended' || (wanted === 'off' && !boot)) return
  await power.start(id, op)
  if (wanted === 'paused') await power.pause(id, op)
}

export async function powerOfSnapshot(
  records: SnapshotOptions['records'],
  settings: Settings,
  snapshotId: string,
): Promise<KeptPower> {
  const { stateFile } = findSnapshot(settings, snapshotId)
  const { powers } = await records.read(settings.uuid)
  return stateFile === null ? 'off' : (powers[snapshotId] ?? 'running')
}

/** Brings the kept copy back and throws why; when that fails too, the record says which copy holds the machine. */
export async function rollBack(
  context: SnapshotOptions,
  id: MachineId,
  record: KeptRestore,
  error: unknown,
  op: Op,
): Promise<never> {
  const { inventory, records } = context
  const { entry } = await inventory.get(id)
  const { uuid } = entry
  context.host.log.warn('virtualbox.restore.failed', { uuid, error: String(error) })
  try {
    const keptId = record.keptId ?? ''
    await become(context, id, keptId, { boot: record.keptPower === 'running' }, op)
    await records.write(uuid, withSpent(withoutRestore(await records.read(uuid), record.id), keptId))
    await dropSpent(context, id, keptId)
  } catch (second) {
    const failed: KeptRestore = { ...record, state: 'failed', phase: 'done' }
    await records.write(uuid, withRestore(await records.read(uuid), failed))
    throw failure(
      'tool-failed',
      { key: 'virtualbox.error.restoreLost' },
      {
        hint: { key: 'virtualbox.error.restoreLost.hint' },
        detail: `${detailOf(error)}\n\n${detailOf(second)}`,
        cause: second,
      },
    )
  }
  throw error
}

/** Writes down that it is done; what an undo went back to is the present now, so its copy goes. */
export async function finishRestore(
  context: SnapshotOptions,
  id: MachineId,
  record: KeptRestore,
  op: Op,
): Promise<void> {
  const { inventory, records } = context
  const { uuid } = (await inventory.get(id)).entry
  op.progress({ text: { key: 'virtualbox.step.verify' }, fraction: 0.9, cancellable: false })
  const file = await records.read(uuid)
  const old = file.restores.find((restore) => restore.id === record.replaces)
  // The record of an undo is the same record turned round.
  const done: KeptRestore = { ...record, id: old?.id ?? record.id, state: 'done', phase: 'done', replaces: null }
  const written = withRestore(withoutRestore(file, record.id), done)
  await records.write(uuid, old?.keptId == null ? written : withSpent(written, old.keptId))
  if (old?.keptId != null) await dropSpent(context, id, old.keptId)
}

/** A copy that is the present again is not needed. What VirtualBox cannot delete, because more stands on it, stays as a snapshot. */
export async function dropSpent(context: SnapshotOptions, id: MachineId, keptId: string): Promise<void> {
  const known = await context.inventory.get(id)
  const { entry } = known
  try {
    await deleteSnapshot(context, known, keptId, quietOp)
  } catch (error) {
    context.host.log.warn('virtualbox.restore.rest', { uuid: entry.uuid, error: String(error) })
    const name = known.settings.snapshots.find(({ uuid }) => uuid === keptId)?.name ?? ''
    await runOnMachine(
      context,
      entry,
      commands.editSnapshot(entry.uuid, keptId, { name, description: '' }),
      quietOp,
    ).catch(() => {})
  }
  const file = await context.records.read(entry.uuid)
  const { snapshots } = (await context.inventory.get(id)).settings
  const isGone = !snapshots.some(({ uuid }) => uuid === keptId)
  await context.records.write(entry.uuid, isGone ? withoutSnapshot(file, keptId) : withoutSpent(file, keptId))
}

function detailOf(error: unknown): string {
  return error instanceof Failure ? (error.error.detail ?? error.message) : String(error)
}
