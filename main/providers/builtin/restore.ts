import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { SnapshotId } from '../../../app/domain/ids.ts'
import type { RestoreRoom } from '../../../app/domain/snapshot.ts'
import { renameDurably, syncFolder } from '../../state/durable.ts'
import { remove, share } from '../common/files.ts'
import { quietOp, unstoppable } from '../common/op.ts'
import type { Restorable } from '../common/restore.ts'
import { requireRoom } from '../common/space.ts'
import type { Op } from '../provider.ts'
import { copyDisk } from './emulator/disk-copy.ts'
import { fileFailure } from './errors.ts'
import type { SnapshotFile } from './layout.ts'
import { endMachine, hangUp, launch, letRun } from './live.ts'
import type { Entry, Known } from './machine-registry.ts'
import { keptMemory, roomLeaving, unfit } from './memory.ts'
import type { ProviderContext } from './provider-context.ts'
import { readTree } from './snapshot-list.ts'
import { checkSnapshot, dropSnapshot, type KeptSnapshot, makePlace, snapshotUse, trees } from './snapshot-store.ts'
import { presentSnapshot } from './snapshots.ts'
import { discardMemory, readSuspended } from './suspend.ts'

/** How one of these machines keeps its present and becomes what a snapshot says. */
export function restorable(context: ProviderContext, known: Known): Restorable<KeptSnapshot> {
  const { entry } = known
  const { folder } = entry
  return {
    read: () => readTree(context, known),
    write: (tree) => trees.write(folder.snapshots, tree),
    verify: (target) => verify(known, target),
    withTransientState: (job) => context.registry.withTransientState(entry, 'restoring', job),
    present: (about) => presentSnapshot(context, known, about),
    keepPresent: (kept) => keepPresent(context, known, kept),
    async goOn(kept) {
      if (kept.power === 'running') await entry.live?.thread.ask({ kind: 'resume' }).catch(() => {})
    },
    become: (target, _record, boot, op) => become(context, known, target, boot, op),
    becomeAgain: (kept, _record, op) => become(context, known, kept, false, op),
    drop: (id) => dropSnapshot(folder, id),
    settled: async () => {
      // A machine that was restored into being off hangs its line up, which was held for another thread.
      if (entry.live === null) hangUp(entry)
    },
    warn: (event, error) => context.host.log.warn(`builtin.${event}`, { uuid: entry.uuid, error: String(error) }),
  }
}

async function verify({ entry, definition }: Known, target: KeptSnapshot): Promise<void> {
  const { folder } = entry
  if (target.memory !== null) {
    const reason = unfit(target.memory, definition)
    if (reason !== null) throw reason
  }
  await checkSnapshot(folder, target, definition.diskBytes !== null)
  requireRoom(await restoreRoom(entry, target.id))
}

/** Keeping the present takes its memory, and the snapshot's own files stay beside the copies that are worked on. */
export async function restoreRoom({ folder, live }: Entry, snapshotId: SnapshotId): Promise<RestoreRoom | null> {
  const [memoryBytes, snapshotBytes] = await Promise.all([
    live === null ? 0 : live.thread.ask({ kind: 'figures' }).then((figures) => figures.memoryBytes),
    snapshotUse(folder, snapshotId),
  ])
  return roomLeaving(folder.path, memoryBytes + snapshotBytes)
}

/**
 * The memory is written and the disk gets a second name: it is not written to any more before another file takes its place.
 * When that does not come to pass, the second name is taken away before anything else happens.
 */
async function keepPresent(
  context: ProviderContext,
  { entry, definition }: Known,
  kept: KeptSnapshot,
): Promise<KeptSnapshot> {
  const { folder, live } = entry
  let { memory } = kept
  const file = (kind: SnapshotFile): string => folder.snapshotFile(kept.id, kind)
  makePlace(folder)
  if (live !== null) {
    const order = { kind: 'keep', memoryPath: file('memory'), diskPath: null, stays: true, safe: true } as const
    memory = keptMemory(definition, await live.thread.ask(order))
  } else if (kept.power === 'suspended') {
    memory = await readSuspended(context, { entry, definition })
    await share(folder.memory, file('memory'))
    await share(folder.suspended, file('suspended'))
  }
  if (definition.diskBytes !== null) await share(folder.disk, file('disk'))
  await syncFolder(folder.snapshotsPath)
  const diskBytes = definition.diskBytes === null ? null : (await stat(file('disk'))).size
  return { ...kept, memory, diskBytes }
}

async function become(
  context: ProviderContext,
  known: Known,
  snapshot: KeptSnapshot,
  boot: boolean,
  op: Op,
): Promise<void> {
  const { entry, definition } = known
  const { folder } = entry
  await endMachine(entry)
  await discardMemory(context, entry)
  if (definition.diskBytes !== null) await replaceDisk(known, snapshot)
  if (snapshot.power === 'off') {
    await context.registry.refresh(entry)
    if (boot) await launch(context, known, { memory: null, paused: false }, unstoppable(op))
    return
  }
  const { memory } = snapshot
  if (memory === null) throw failure('not-found', { key: 'builtin.error.snapshotDamaged' })
  const path = folder.snapshotFile(snapshot.id, 'memory')
  if (snapshot.power === 'suspended') {
    await share(path, folder.memory)
    await share(folder.snapshotFile(snapshot.id, 'suspended'), folder.suspended)
    await context.registry.refresh(entry)
    return
  }
  await launch(context, known, { memory: { ...memory, path }, paused: true }, quietOp)
  if (snapshot.power === 'running') await letRun(context, entry)
}

/** A copy takes the disk's place at once; what had its place before lives on under its other name, or not at all. */
async function replaceDisk({ entry: { folder } }: Known, snapshot: KeptSnapshot): Promise<void> {
  const next = `${folder.disk}.${randomBytes(4).toString('hex')}`
  try {
    await copyDisk(folder.snapshotFile(snapshot.id, 'disk'), next)
    await renameDurably(next, folder.disk)
  } catch (error) {
    await remove(next)
    throw fileFailure(error)
  }
}
