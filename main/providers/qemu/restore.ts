import { failure } from '../../../app/domain/errors.ts'
import type { RestoreRoom } from '../../../app/domain/snapshot.ts'
import { qmpFailure } from '../common/images/errors.ts'
import { applyOffline, saveOffline } from '../common/images/offline-tags.ts'
import { memoryInUse } from '../common/memory.ts'
import { quietOp, unstoppable } from '../common/op.ts'
import type { Restorable } from '../common/restore.ts'
import type { KeptRestore } from '../common/snapshot-tree.ts'
import { requireRoom, roomAt } from '../common/space.ts'
import type { Op } from '../provider.ts'
import { imagesOf } from './definitions.ts'
import { hardwareFailure, hardwareOf } from './hardware.ts'
import { dismissJob } from './jobs.ts'
import { launch } from './launch.ts'
import { recheck } from './live.ts'
import type { Known } from './machine-registry.ts'
import { endProcess, letRunOrEnd, lineOf } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { type KeptSnapshot, trees } from './snapshot-store.ts'
import { presentSnapshot, requireSnapshots } from './snapshots.ts'
import { discardMemory } from './suspend.ts'
import { bringBackSuspended, checkTag, deleteTag, keepSuspended, loadLive, saveLive } from './tags.ts'

/** The job that loads a memory: a later Berth reads from QEMU how it ended. */
export function restoreJob(record: Pick<KeptRestore, 'id'>): string {
  return `restore-${record.id}`
}

/** How one of QEMU's machines keeps its present and becomes what a snapshot says. */
export function restorable(context: ProviderContext, known: Known): Restorable<KeptSnapshot> {
  const { entry, definition } = known
  const { folder } = entry
  return {
    read: () => trees.read(folder.snapshots),
    write: (tree) => trees.write(folder.snapshots, tree),
    verify: (target, op) => verify(context, known, target, op),
    withTransientState: (job) => context.registry.withTransientState(entry, 'restoring', job),
    present: (about) => presentSnapshot(context, known, about),
    async keepPresent(kept, op) {
      await keepPresent(context, known, kept, op)
      return kept
    },
    async goOn(kept) {
      if (kept.power !== 'running' || entry.live?.runState !== 'paused') return
      await entry.live.qmp?.execute('cont').catch(() => {})
    },
    become: (target, record, boot, op) => become(context, known, target, { jobId: restoreJob(record), boot }, op),
    async becomeAgain(kept, record, op) {
      const how = { jobId: `back-${record.id}`, boot: false }
      try {
        await become(context, known, kept, how, op)
      } catch (first) {
        // The process itself may be past help: once more in a new one.
        if (entry.live === null) throw first
        await endProcess(context, entry, quietOp)
        await become(context, known, kept, how, op)
      }
      await entry.live?.qmp?.execute('job-dismiss', { id: how.jobId }).catch(() => {})
    },
    drop: (id) => deleteTag(context, entry, definition, id, quietOp),
    async settled(record) {
      await entry.live?.qmp?.execute('job-dismiss', { id: restoreJob(record) }).catch(() => {})
    },
    warn: (event, error) => context.host.log.warn(`qemu.${event}`, { uuid: entry.uuid, error: String(error) }),
  }
}

async function verify(
  context: ProviderContext,
  { entry, definition }: Known,
  target: KeptSnapshot,
  op: Op,
): Promise<void> {
  requireSnapshots(definition)
  if (entry.live !== null) {
    await recheck(context, entry)
    if (entry.live !== null) lineOf(entry)
  }
  if (target.hardware !== null) {
    const unfit = hardwareFailure(target.hardware, hardwareOf(definition))
    if (unfit !== null) throw unfit
  }
  await checkTag(context, entry, definition, target.id, op)
  requireRoom(await restoreRoom(context, { entry, definition }))
}

/** Keeping the present takes its memory; of one that is off only what its disk changes from then on. */
export async function restoreRoom(context: ProviderContext, { entry, definition }: Known): Promise<RestoreRoom | null> {
  const { live, folder } = entry
  if (live === null) return null
  return roomAt(folder.path, memoryInUse(context.host, live.identity.pid, definition.memoryBytes))
}

async function keepPresent(context: ProviderContext, known: Known, kept: KeptSnapshot, op: Op): Promise<void> {
  const { entry, definition } = known
  const images = imagesOf(definition, entry.folder)
  if (entry.live === null) {
    await saveOffline(context, images, kept.id, op)
    if (kept.power === 'suspended') await keepSuspended(entry.folder, kept.id)
    return
  }
  const qmp = lineOf(entry)
  if (kept.power === 'running') await qmp.execute('stop', undefined, { op })
  await saveLive(qmp, images, kept.id, op)
}

async function become(
  context: ProviderContext,
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
  if (entry.live !== null && !(hasMemory && fits)) await endProcess(context, entry, unstoppable(op))

  if (hasMemory) {
    if (entry.live === null) {
      await discardMemory(context, entry.folder)
      await launch(context, known, { accelerator: snapshot.accelerator, incoming: false }, unstoppable(op))
    }
    const qmp = lineOf(entry)
    const { error } = await loadLive(qmp, how.jobId, images, snapshot.id, unstoppable(op))
    if (error !== null) {
      await dismissJob(qmp, how.jobId)
      throw qmpFailure(error)
    }
    await settlePower(context, known, snapshot, op)
    return
  }
  await applyOffline(context, images, snapshot.id, op)
  if (snapshot.power === 'suspended') await bringBackSuspended(context, entry.folder, snapshot.id)
  else await discardMemory(context, entry.folder)
  await context.registry.refresh(entry)
  if (snapshot.power === 'off' && how.boot) {
    const live = await launch(context, known, { accelerator: null, incoming: false }, unstoppable(op))
    await letRunOrEnd(context, entry, live, unstoppable(op))
  }
}

/** A memory was loaded: it runs if it ran when it was taken. */
export async function settlePower(
  context: ProviderContext,
  { entry }: Known,
  snapshot: KeptSnapshot,
  op: Op,
): Promise<void> {
  const { live } = entry
  if (live === null) throw failure('unreachable', { key: 'qemu.error.lineClosed' })
  const qmp = lineOf(entry)
  await qmp.execute(snapshot.power === 'running' ? 'cont' : 'stop', undefined, { op })
  await recheck(context, entry)
  if ((live.runState === 'running') === (snapshot.power === 'running') || live.isEnding) return
  throw failure('wrong-state', { key: 'qemu.error.standsStill' }, { detail: live.runState })
}
