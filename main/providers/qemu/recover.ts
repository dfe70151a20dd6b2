import { basename } from 'node:path'
import { Failure } from '../../../app/domain/errors.ts'
import { exists, names, remove } from '../common/files.ts'
import { quietOp } from '../common/op.ts'
import { dropKept, finishRestore, rollBack, targetOf } from '../common/restore.ts'
import {
  changeSnapshot,
  findSnapshot,
  type KeptRestore,
  type TreeFile,
  withoutSnapshot,
} from '../common/snapshot-tree.ts'
import { freezingFile, removeUnusedBases, unfreezeDisk } from './bases.ts'
import { outcomeOfJob } from './jobs.ts'
import { adopt, type Live } from './live.ts'
import { restoreLostTags } from './lost-tags.ts'
import type { Entry, Known } from './machine-registry.ts'
import { endProcess } from './power.ts'
import type { ProcessIdentity } from './process.ts'
import type { ProviderContext } from './provider-context.ts'
import { connectQmp } from './qmp.ts'
import { restorable, restoreJob, settlePower } from './restore.ts'
import { type RunRecord, writeRun } from './run-record.ts'
import { type KeptSnapshot, trees } from './snapshot-store.ts'
import {
  finishSuspend,
  giveUp,
  isMemoryWritten,
  migrationEnd,
  migrationStatus,
  readMarker,
  suspendingFile,
} from './suspend.ts'
import { deleteTag, tagPresence } from './tags.ts'

/**
 * Finds what an earlier Berth left: running machines, which are taken over, and work broken off in the middle, which is
 * finished or taken back. Every step may be broken off itself and done again.
 */
export async function recover(context: ProviderContext): Promise<void> {
  const { layout, registry, host } = context
  // What cannot be cleared away now is no reason to leave machines alone that run.
  const unhindered = (job: Promise<unknown>): Promise<unknown> =>
    job.catch((error: unknown) => host.log.error('qemu.recover.rest', { error: String(error) }))
  for (const name of await names(layout.staging)) {
    host.log.info('qemu.recover.staging', { name })
    await unhindered(remove(layout.staged(name).path))
  }
  await context.purges.finish()
  await Promise.all((await registry.all()).map((entry) => recoverMachine(context, entry)))
  await unhindered(removeUnusedBases(context))
}

async function recoverMachine(context: ProviderContext, entry: Entry): Promise<void> {
  try {
    const live = await findProcess(context, entry)
    if (live?.qmp === null) {
      // It is there and does not answer: not known what it does, and not to be touched until it does.
      void live.answered.then(() => finishWork(context, entry)).catch((error) => say(context, entry, error))
      return
    }
    await finishWork(context, entry)
  } catch (error) {
    say(context, entry, error)
  }
}

function say(context: ProviderContext, entry: Entry, error: unknown): void {
  const detail = error instanceof Failure ? error.error.detail : String(error)
  context.host.log.error('qemu.recover', { uuid: entry.uuid, error: String(error), detail })
}

/** The machine's process, taken over; null when there is none, after writing down how the last one ended. */
async function findProcess(context: ProviderContext, entry: Entry): Promise<Live | null> {
  const { run, folder, sockets } = entry
  const identity = await identityOf(context, entry)
  if (identity !== null) {
    if (run !== null) await note(context, entry, { ...run, process: identity })
    return adopt(context, entry, { identity, qmp: connectQmp(sockets.qmp), exited: null })
  }
  if (run === null || run.ended !== null) return null
  // A pid file that is left behind means that it did not end in good order; none, with a number known, that it did.
  const how = run.process !== null && (await exists(folder.pid)) ? 'crashed' : 'stopped'
  await note(context, entry, { ...run, ended: { at: context.host.now().toISOString(), how, said: null } })
  await Promise.all([folder.pid, sockets.qmp, sockets.serial, sockets.vnc].map(remove))
  context.host.log.info('qemu.recover.ended', { uuid: entry.uuid, how })
  return null
}

/** Where there is no room to write it down it is known all the same, and found out again by the next start. */
async function note(context: ProviderContext, entry: Entry, run: RunRecord): Promise<void> {
  entry.run = run
  await writeRun(entry.folder, run).catch((error) => say(context, entry, error))
}

async function identityOf(context: ProviderContext, entry: Entry): Promise<ProcessIdentity | null> {
  const { run, folder, uuid } = entry
  // Nothing can be read of a last run: only a pid file that QEMU left, or still holds, speaks of one.
  if (run === null) return (await exists(folder.pid)) ? context.processes.findByArgument(uuid) : null
  if (run.ended !== null) return null
  if (run.process === null) return context.processes.findByArgument(uuid)
  return (await context.processes.isAlive(run.process)) ? run.process : null
}

/** What was under way on this machine. Its own words are in its folder; what they mean depends on whether it runs. */
async function finishWork(context: ProviderContext, entry: Entry): Promise<void> {
  // Of a thousand machines most have nothing under way: what is not there is not asked for file by file.
  const there = new Set(await names(entry.folder.path))
  const isUnderWay = there.has(basename(suspendingFile(entry.folder)))
  const hasSnapshots = there.has(basename(entry.folder.snapshots))
  await finishSuspending(context, entry, isUnderWay)
  const { definition } = entry
  if (definition === null) return
  const known: Known = { entry, definition }
  if (entry.live === null && (definition.bases.length > 0 || there.has(freezingFile))) {
    await unfreezeDisk(context, entry, definition)
  }
  await restoreLostTags(context, known)
  if (hasSnapshots) await finishSnapshots(context, known)
  await letGo(context, entry)
  if (entry.live === null && !isUnderWay && !hasSnapshots) return
  await context.registry.refresh(entry)
  context.registry.publish(entry)
}

/** A machine that was made and never let run: it was being started. */
async function letGo(context: ProviderContext, entry: Entry): Promise<void> {
  const { live } = entry
  if (live?.runState !== 'prelaunch' && live?.runState !== 'restore-vm') return
  context.host.log.info('qemu.recover.start', { uuid: entry.uuid, runState: live.runState })
  await live.qmp?.execute('cont')
}

async function finishSuspending(context: ProviderContext, entry: Entry, isUnderWay: boolean): Promise<void> {
  const { folder, live } = entry
  const suspended = !isUnderWay ? null : readMarker(context, suspendingFile(folder), entry)
  if (suspended === null) {
    // Either all of the memory was written and only the end of the process is missing, or it was being resumed and no
    // instruction has run since: the word of a kept memory goes before the first one. It is suspended either way.
    if (live !== null && (await exists(folder.suspended))) await endProcess(context, entry, quietOp)
    return
  }
  const qmp = live?.qmp
  if (live === null || qmp === null || qmp === undefined) {
    // Its process ended before its memory was whole: it was switched off in the middle, and says so by its run.
    await remove(folder.memory)
    await remove(suspendingFile(folder))
    return
  }
  const status = await migrationStatus(qmp)
  if (status === 'active' || status === 'setup') await migrationEnd(qmp, quietOp, 'begun')
  if (await isMemoryWritten(qmp)) await finishSuspend(context, entry, quietOp)
  else await giveUp(context, entry, live, suspended)
}

async function finishSnapshots(context: ProviderContext, known: Known): Promise<void> {
  const { entry, definition } = known
  const path = entry.folder.snapshots
  // Read when looked at: taking apart the trees of many machines would let the first list wait.
  if (await trees.isSettled(path)) return
  for (const snapshot of (await trees.read(path)).snapshots) {
    if (snapshot.phase === 'there') continue
    const tree = await trees.read(path)
    const isKept = tree.restores.some(({ keptId, phase }) => keptId === snapshot.id && phase !== 'done')
    if (isKept) continue
    context.host.log.info('qemu.recover.snapshot', { uuid: entry.uuid, tag: snapshot.id, phase: snapshot.phase })
    const isWhole =
      snapshot.phase === 'taking' && (await tagPresence(context, entry, definition, snapshot.id, quietOp)) === 'all'
    if (isWhole) {
      await trees.write(path, {
        ...changeSnapshot(tree, snapshot.id, { phase: 'there' }),
        currentId: snapshot.id,
      })
    } else {
      await deleteTag(context, entry, definition, snapshot.id, quietOp)
      await trees.write(path, withoutSnapshot(tree, snapshot.id))
    }
  }
  for (const record of (await trees.read(path)).restores) {
    if (record.phase === 'done') continue
    const tree = await trees.read(path)
    if (record.phase === 'keeping') await dropKept(restorable(context, known), tree, record)
    if (record.phase === 'switching') await finishSwitch(context, known, tree, record)
  }
  // The next start need not take it apart.
  if (!(await trees.isSettled(path))) await trees.write(path, await trees.read(path))
}

/** The present is kept and the switch was under way: it is carried through, or the present brought back. */
async function finishSwitch(
  context: ProviderContext,
  known: Known,
  tree: TreeFile<KeptSnapshot>,
  record: KeptRestore,
): Promise<void> {
  const { entry } = known
  const machine = restorable(context, known)
  context.host.log.info('qemu.recover.restore', { uuid: entry.uuid, record: record.id })
  const kept = findSnapshot(tree, record.keptId)
  try {
    const target = targetOf(tree, record)
    const { live, run } = entry
    const qmp = live?.qmp ?? null
    const outcome = qmp === null ? null : await outcomeOfJob(qmp, restoreJob(record))
    const isBooted = target.power === 'off' && live !== null && run !== null && run.startedAt > record.keptAt
    if (outcome !== null && outcome.error === null) await settlePower(context, known, target, quietOp)
    else if (outcome !== null) throw new Error(outcome.error ?? '')
    else if (!isBooted) await machine.become(target, record, kept.power === 'running', quietOp)
  } catch (error) {
    // Says itself what became of it: the record is gone, or it names the copy that holds the machine.
    await rollBack(machine, tree, record, error, quietOp).catch((thrown) => say(context, entry, thrown))
    return
  }
  await finishRestore(machine, tree, record, quietOp)
}
