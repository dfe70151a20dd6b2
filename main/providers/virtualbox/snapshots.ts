import { failure } from '../../../app/domain/errors.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import { diskUse } from '../common/files.ts'
import type { Op, SnapshotOps } from '../provider.ts'
import type { Known } from './entry.ts'
import { idOf } from './inventory.ts'
import { checkText } from './naming.ts'
import { type ProviderContext, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { restore, undo } from './restore.ts'
import {
  createRestoreRecords,
  findRestore,
  type KeptPower,
  markOf,
  type RestoreRecords,
  shownRestores,
  withoutRestore,
  withoutSnapshot,
  withPower,
} from './restore-records.ts'
import { memoryRoom, requireMemoryRoom } from './room.ts'
import type { Settings, SettingsSnapshot } from './settings-file.ts'
import type { Medium } from './settings-media.ts'
import * as commands from './snapshot-commands.ts'
import { checkDeletable } from './snapshot-deletable.ts'
import { isResting } from './states.ts'
import type { TrashStore } from './trash-store.ts'

/** Merging a deleted snapshot's disks, or writing a memory, takes as long as the disks do. */
export const diskWorkMs = 6 * 3_600_000

/** What restoring and its recovery need besides the context. */
export interface SnapshotOptions extends ProviderContext {
  readonly records: RestoreRecords
  readonly trash: TrashStore
}

export function createSnapshots(base: ProviderContext, trash: TrashStore): SnapshotOps {
  const context = snapshotOptions(base, trash)
  const { inventory, records } = context
  const changed = (uuid: string): void => inventory.changed({ kind: 'snapshots', id: idOf(uuid) })

  return {
    alwaysMemory: { key: 'virtualbox.why.alwaysMemory' },
    async tree(id, op) {
      const known = await inventory.get(id)
      throwIfCancelled(op)
      return treeOf(known.settings, context)
    },
    async take(id, request, op) {
      const known = await inventory.get(id)
      checkText(request.name, 'name')
      checkText(request.description, 'description')
      throwIfCancelled(op)
      const power = powerOf(context, known)
      await requireMemoryRoom(context, known)
      if (power === 'suspended') {
        throw failure('wrong-state', { key: 'why.state.suspended', params: { name: known.settings.name } })
      }
      const snapshotId = await takeSnapshot(context, known, request, power, op)
      changed(known.entry.uuid)
      return snapshotId
    },
    async edit(id, snapshotId, change, op) {
      const { entry, settings } = await inventory.get(id)
      findSnapshot(settings, snapshotId)
      checkText(change.name, 'name')
      checkText(change.description, 'description')
      await runOnMachine(context, entry, commands.editSnapshot(entry.uuid, snapshotId, change), op)
      changed(entry.uuid)
    },
    async delete(id, snapshotId, op) {
      const known = await inventory.get(id)
      findSnapshot(known.settings, snapshotId)
      throwIfCancelled(op)
      await deleteSnapshot(context, known, snapshotId, op)
      changed(known.entry.uuid)
    },
    async room(id) {
      return memoryRoom(context, await inventory.get(id))
    },
    async restore(id, snapshotId, op) {
      const known = await inventory.get(id)
      await restore(context, known, snapshotId, op).finally(() => changed(known.entry.uuid))
    },
    async undo(id, restoreId, op) {
      const known = await inventory.get(id)
      await undo(context, known, restoreId, op).finally(() => changed(known.entry.uuid))
    },
    async keep(id, restoreId, name, op) {
      checkText(name, 'name')
      const { entry, settings } = await inventory.get(id)
      const file = await records.read(entry.uuid)
      const { keptId } = findRestore(file, restoreId)
      const kept = findSnapshot(settings, keptId ?? '')
      throwIfCancelled(op)
      const edited = { name, description: '' }
      await runOnMachine(context, entry, commands.editSnapshot(entry.uuid, kept.uuid, edited), op)
      await records.write(entry.uuid, withoutRestore(await records.read(entry.uuid), restoreId))
      changed(entry.uuid)
    },
    async letGo(id, restoreId, op) {
      const known = await inventory.get(id)
      const { uuid } = known.entry
      const { keptId } = findRestore(await records.read(uuid), restoreId)
      throwIfCancelled(op)
      const isThere = known.settings.snapshots.some((snapshot) => snapshot.uuid === keptId)
      if (keptId !== null && isThere) await deleteSnapshot(context, known, keptId, op)
      await records.write(uuid, withoutRestore(await records.read(uuid), restoreId))
      changed(uuid)
    },
  }
}

export function snapshotOptions(context: ProviderContext, trash: TrashStore): SnapshotOptions {
  return { ...context, records: createRestoreRecords(context.host), trash }
}

async function treeOf(settings: Settings, context: SnapshotOptions): Promise<SnapshotTree> {
  const file = await context.records.read(settings.uuid)
  const kept = new Set(file.restores.map(({ keptId }) => keptId))
  const media = new Map(settings.media.map((medium) => [medium.uuid, medium]))
  const bytes = new Map(
    await Promise.all(settings.snapshots.map(async (one) => [one.uuid, await bytesOf(media, one)] as const)),
  )
  // A copy that is just being made is not shown before it is of use.
  const making = new Set(file.restores.flatMap(({ phase, id }) => (phase === 'keeping' ? [markOf({ id })] : [])))
  const shown = settings.snapshots.filter(
    ({ uuid, description }) => !making.has(description) && !file.spent.includes(uuid),
  )
  const isShown = new Set(shown.map(({ uuid }) => uuid))
  return {
    snapshots: shown.map((snapshot) => ({
      id: snapshot.uuid,
      name: snapshot.name,
      description: kept.has(snapshot.uuid) ? '' : snapshot.description,
      parentId: nearestShown(settings, snapshot.parentId, isShown),
      createdAt: snapshot.takenAt,
      hasMemory: snapshot.stateFile !== null,
      sizeBytes: bytes.get(snapshot.uuid) ?? null,
      keptForUndo: kept.has(snapshot.uuid),
    })),
    currentId: nearestShown(settings, settings.currentSnapshotId, isShown),
    restores: shownRestores(
      file,
      (snapshotId) => isShown.has(snapshotId),
      (snapshotId) => bytes.get(snapshotId) ?? null,
    ),
    notice: null,
  }
}

/** A snapshot or the first one above it that is shown. */
function nearestShown({ snapshots }: Settings, from: string | null, isShown: ReadonlySet<string>): string | null {
  let at = from
  while (at !== null && !isShown.has(at)) at = snapshots.find(({ uuid }) => uuid === at)?.parentId ?? null
  return at
}

/** What a snapshot alone takes: its memory and, of its disks, those that hold only differences. */
async function bytesOf(media: ReadonlyMap<string, Medium>, snapshot: SettingsSnapshot): Promise<number> {
  const own = snapshot.hardware.controllers.flatMap(({ devices }) =>
    devices.flatMap(({ mediumId }) => {
      const medium = media.get(mediumId ?? '')
      return medium?.parentId == null ? [] : [medium.path]
    }),
  )
  const files = snapshot.stateFile === null ? own : [...own, snapshot.stateFile]
  const sizes = await Promise.all(files.map(diskUse))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

export function findSnapshot({ snapshots }: Settings, snapshotId: string): SettingsSnapshot {
  const found = snapshots.find(({ uuid }) => uuid === snapshotId)
  if (found === undefined) throw failure('not-found', { key: 'virtualbox.error.snapshotGone' })
  return found
}

/** What the machine is now, as a snapshot would have it. Throws when VirtualBox is at work on it. */
export function powerOf(context: ProviderContext, { entry, settings }: Known): KeptPower {
  const { word } = context.inventory.observedState(entry)
  if (word === 'running' || word === 'paused') return word
  if (isResting(word)) return settings.stateFile === null ? 'off' : 'suspended'
  throw failure('busy', { key: 'why.state.working', params: { name: settings.name } }, { detail: word })
}

/** Takes one and answers with its UUID, once the settings file has it. */
export async function takeSnapshot(
  context: SnapshotOptions,
  { entry, settings }: Known,
  request: { readonly name: string; readonly description: string },
  power: KeptPower,
  op: Op,
): Promise<string> {
  const { inventory, records } = context
  const id = idOf(entry.uuid)
  const before = new Set(settings.snapshots.map(({ uuid }) => uuid))
  const madeNow = async (): Promise<string | null> =>
    (await inventory.get(id)).settings.snapshots.find(({ uuid }) => !before.has(uuid))?.uuid ?? null
  const { state } = inventory.machine(entry)
  // The guest stands still while its memory is written: that is no change of the machine's state.
  return inventory.withTransientState(entry, state, async () => {
    op.progress({
      text: { key: power === 'off' ? 'virtualbox.step.disks' : 'virtualbox.step.memory' },
      fraction: null,
      cancellable: false,
    })
    const said = await runOnMachine(
      context,
      entry,
      commands.takeSnapshot(entry.uuid, request.name, request.description),
      unstoppable(op),
      { timeoutMs: diskWorkMs, isDone: async () => (await madeNow()) !== null },
    )
    const told = /^Snapshot taken\. UUID: ([0-9a-f-]{36})$/m.exec(said)?.[1] ?? null
    const made = await madeNow()
    if (made === null) {
      throw failure('tool-failed', { key: 'virtualbox.error.notTaken' }, { detail: `${said}\n${told ?? ''}`.trim() })
    }
    await records.write(entry.uuid, withPower(await records.read(entry.uuid), made, power))
    return made
  })
}

/** Deletes one, once it is sure that nothing stands on it that VirtualBox would not carry along. */
export async function deleteSnapshot(
  context: SnapshotOptions,
  known: Known,
  snapshotId: string,
  op: Op,
): Promise<void> {
  const { inventory, records } = context
  const { entry } = known
  const isGone = async (): Promise<boolean> =>
    !(await inventory.get(idOf(entry.uuid))).settings.snapshots.some(({ uuid }) => uuid === snapshotId)
  await checkDeletable(context, known, snapshotId)
  const { state } = inventory.machine(entry)
  await inventory.withTransientState(
    entry,
    state === 'stopped' || state === 'crashed' ? 'working' : state,
    async () => {
      op.progress({ text: null, fraction: 0, cancellable: false })
      await runOnMachine(context, entry, commands.deleteSnapshot(entry.uuid, snapshotId), unstoppable(op), {
        timeoutMs: diskWorkMs,
        onFraction: (fraction) => op.progress({ text: null, fraction, cancellable: false }),
        isDone: isGone,
      })
      if (!(await isGone())) throw failure('tool-failed', { key: 'virtualbox.error.notDeleted' })
    },
  )
  await records.write(entry.uuid, withoutSnapshot(await records.read(entry.uuid), snapshotId))
}

/** The same work, which a cancel does not reach any more: ending VBoxManage would not end what it asked for. */
export function unstoppable(op: Op): Op {
  return {
    signal: new AbortController().signal,
    record: op.record,
    progress: (step) => op.progress({ ...step, cancellable: false }),
  }
}
