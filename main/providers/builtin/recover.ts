import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Failure } from '../../../app/domain/errors.ts'
import { exists, names, remove } from '../common/files.ts'
import { quietOp } from '../common/op.ts'
import { dropKept, finishRestore, rollBack, targetOf } from '../common/restore.ts'
import { findSnapshot, type KeptRestore, type TreeFile, withoutSnapshot } from '../common/snapshot-tree.ts'
import type { Entry, Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { restorable } from './restore.ts'
import { writeRun } from './run-record.ts'
import { dropSnapshot, type KeptSnapshot, sweepSnapshots, trees, unfoldSnapshots } from './snapshot-store.ts'

/**
 * Finds what an earlier Berth left: machines that ended with it, and work broken off in the middle, which is finished or
 * taken back. Every step may be broken off itself and done again.
 */
export async function recover(context: ProviderContext): Promise<void> {
  const { layout, registry, host } = context
  for (const name of await names(layout.staging)) {
    host.log.info('builtin.recover.staging', { name })
    await remove(layout.staged(name).path)
  }
  await context.purges.finish()
  for (const uuid of await names(layout.trash)) {
    // One that cannot be read now is tried again by the next start; it must not keep the others from being recovered.
    await unfoldSnapshots(layout.removed(uuid)).catch((error: unknown) =>
      host.log.warn('builtin.recover.trash', { uuid, error: String(error) }),
    )
  }
  await Promise.all((await registry.all()).map((entry) => recoverMachine(context, entry)))
}

async function recoverMachine(context: ProviderContext, entry: Entry): Promise<void> {
  try {
    await noteEnd(context, entry)
    const there = await sweep(entry)
    const { definition, folder } = entry
    // Of a thousand machines most have none: what is not there is not asked for file by file.
    if (!there.has(basename(folder.snapshotsPath)) && !there.has(basename(folder.snapshots))) return
    await unfoldSnapshots(folder)
    if (definition !== null) await finishSnapshots(context, { entry, definition })
    await context.registry.refresh(entry)
    context.registry.publish(entry)
  } catch (error) {
    say(context, entry, error)
  }
}

function say(context: ProviderContext, entry: Entry, error: unknown): void {
  const detail = error instanceof Failure ? error.error.detail : String(error)
  context.host.log.error('builtin.recover', { uuid: entry.uuid, error: String(error), detail })
}

/** A machine that ran when Berth ended, ended with it. One whose memory was whole by then is suspended all the same. */
async function noteEnd(context: ProviderContext, entry: Entry): Promise<void> {
  const { run, folder } = entry
  if (run === null || run.ended !== null) return
  const how = (await exists(folder.suspended)) ? 'stopped' : 'berth-ended'
  entry.run = { ...run, ended: { at: context.host.now().toISOString(), how, said: null } }
  await writeRun(folder, entry.run)
  context.host.log.info('builtin.recover.ended', { uuid: entry.uuid, how })
}

/** Takes away what was being written and never got its name: a memory without its word, copies of disks. Gives what is in its folder. */
async function sweep({ folder }: Entry): Promise<ReadonlySet<string>> {
  const there = await readdir(folder.path)
  const isUnmarked = there.includes(basename(folder.memory)) && !(await exists(folder.suspended))
  if (isUnmarked) await remove(folder.memory)
  const left = there.filter((name) => name.endsWith('.part') || /^disk0\.img\.[0-9a-f]{8}/.test(name))
  for (const name of left) await remove(join(folder.path, name))
  return new Set(there)
}

async function finishSnapshots(context: ProviderContext, known: Known): Promise<void> {
  const { entry } = known
  const { folder } = entry
  await sweepSnapshots(folder)
  // Read when looked at: taking apart the trees of many machines would let the first list wait.
  if (await trees.isSettled(folder.snapshots)) return
  const machine = restorable(context, known)
  for (const snapshot of (await machine.read()).snapshots) {
    if (snapshot.phase === 'there') continue
    const tree = await machine.read()
    const isKept = tree.restores.some(({ keptId, phase }) => keptId === snapshot.id && phase !== 'done')
    if (isKept) continue
    context.host.log.info('builtin.recover.snapshot', { uuid: entry.uuid, id: snapshot.id, phase: snapshot.phase })
    await dropSnapshot(folder, snapshot.id)
    await machine.write(withoutSnapshot(tree, snapshot.id))
  }
  for (const record of (await machine.read()).restores) {
    if (record.phase === 'done') continue
    const tree = await machine.read()
    if (record.phase === 'keeping') await dropKept(machine, tree, record)
    if (record.phase === 'switching') await finishSwitch(context, known, tree, record)
  }
  // The next start need not take it apart.
  if (!(await trees.isSettled(folder.snapshots))) await machine.write(await machine.read())
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
  context.host.log.info('builtin.recover.restore', { uuid: entry.uuid, record: record.id })
  const kept = findSnapshot(tree, record.keptId)
  try {
    await machine.become(targetOf(tree, record), record, kept.power === 'running', quietOp)
  } catch (error) {
    // Says itself what became of it: the record is gone, or it names the copy that holds the machine.
    await rollBack(machine, tree, record, error, quietOp).catch((thrown) => say(context, entry, thrown))
    return
  }
  await finishRestore(machine, tree, record, quietOp)
}
