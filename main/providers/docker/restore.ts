import { setTimeout as delay } from 'node:timers/promises'
import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import { refuseUnmountable } from './bind-check.ts'
import * as commands from './commands.ts'
import { rawOf } from './commit.ts'
import { inspectOne } from './containers.ts'
import { attempt, type Engine } from './engine.ts'
import type { Follower } from './follow.ts'
import { type Inspected, parseInspect } from './inspect.ts'
import { isUnfinished, type RestoreEntry } from './journal.ts'
import type { Fields } from './json.ts'
import { discardKept, readKeptImage } from './kept.ts'
import { type MadeLike, makeLike } from './make-like.ts'
import { newHandle, parseAsideName } from './naming.ts'
import { type ProviderContext, targetOf } from './provider-context.ts'
import { createReplacer, type Source, uncancellable } from './replace.ts'
import { beforeUndo, createRecords, keeping, usedOf } from './restore-records.ts'
import type { StoredSnapshot } from './snapshots.ts'
import { isFinished, takeBack } from './swap.ts'

const takeBackWaitsMs = [500, 2_000] as const

export interface Restores {
  find(id: MachineId, restoreId: string): RestoreEntry
  inspectKept(id: MachineId, restore: RestoreEntry, op: Op): Promise<Inspected>
  /** Throws when the machine's container was removed outside, so that the kept copy is all that is left of it. */
  refuseOnlyCopy(id: MachineId, restore: RestoreEntry, op: Op): Promise<void>
  /** Makes a container from the snapshot, puts it in the present one's place, and keeps that one stopped. */
  restore(
    id: MachineId,
    from: { readonly stored: StoredSnapshot; readonly name: string; readonly keptParentId: SnapshotId | null },
    op: Op,
  ): Promise<void>
  /** `keptParentId`: the snapshot that the present state came from. */
  undo(id: MachineId, restoreId: string, keptParentId: SnapshotId | null, op: Op): Promise<void>
  letGo(id: MachineId, restoreId: string, op: Op): Promise<void>
  /** As `makeLike`, on the machine's own engine. */
  makeLike(id: MachineId, raw: Fields, stored: StoredSnapshot, name: string, op: Op): Promise<MadeLike>
  /** After a crash: no swap of this endpoint stays half done without saying so. */
  settle(endpointId: EndpointId, op: Op): Promise<void>
  /** Whether the engine went away in the middle of something, which is to be settled now that it answers; true once. */
  takeUnsettled(endpointId: EndpointId): boolean
  /** Forgets records whose kept container is gone: removed outside, or let go by a Berth that ended before it said so. */
  forgetGone(follower: Follower, op: Op): Promise<void>
}

export function createRestores(context: ProviderContext): Restores {
  const { host, endpoints, journal } = context

  const find = (id: MachineId, restoreId: string): RestoreEntry => {
    const restore = journal.machine(id)?.restores.find((item) => item.id === restoreId)
    if (restore === undefined) throw failure('not-found', { key: 'docker.restore.gone' })
    return restore
  }

  const records = createRecords(journal)
  const { note, drop } = records
  const { replace, tidy, isActive, takeUnsettled, markUnsettled } = createReplacer(context, records)

  const inspectKept = async (id: MachineId, restore: RestoreEntry, op: Op): Promise<Inspected> => {
    const inspected = await inspectOne(host, targetOf(context, id).engine, restore.keptId, op)
    if (inspected === null) throw failure('not-found', { key: 'docker.restore.keptGone' })
    return inspected
  }

  /** What the engine was told just before Berth ended may still be under way there, and in the way. */
  const takeBackPatiently = async (id: MachineId, restore: RestoreEntry, engine: Engine, op: Op): Promise<boolean> => {
    const take = (): Promise<boolean> => takeBack(context, engine, restore, uncancellable(op), { isAfterCrash: true })
    try {
      for (const waitMs of takeBackWaitsMs) {
        if (await take()) return true
        await delay(waitMs, undefined, { signal: op.signal }).catch(() => {})
      }
      return await take()
    } catch (thrown) {
      if (errorOf(thrown).code === 'unreachable') markUnsettled(id)
      return false
    }
  }

  /** Finishes or takes back what a crash left in the middle. */
  const settle = async (id: MachineId, restore: RestoreEntry, op: Op): Promise<void> => {
    const entry = journal.machine(id)
    const plan = restore.swap
    if (entry === null || isActive(id)) return
    if (plan === null) return tidy(id, restore.id, op)
    const { engine } = targetOf(context, id)
    if (plan.comingId !== null && (await isFinished(context, engine, plan, op))) {
      await note(
        id,
        { ...entry, currentId: plan.comingId, parentId: restore.used?.parentId ?? null },
        { ...restore, state: 'done', swap: null },
      )
      await tidy(id, restore.id, op)
    } else if (!(await takeBackPatiently(id, restore, engine, op))) {
      await note(id, entry, { ...restore, state: 'failed' })
    } else {
      const before = beforeUndo(restore)
      await (before === null ? drop(id, entry, restore.id) : note(id, entry, before))
    }
    host.log.info('docker.restore.settled', { id, restore: restore.id })
    endpoints.emit({ kind: 'snapshots', id })
  }

  return {
    find,
    inspectKept,
    refuseOnlyCopy,
    takeUnsettled,
    makeLike: (id, raw, stored, name, op) => makeLike(context, targetOf(context, id), raw, stored, name, op),

    async settle(endpointId, op) {
      for (const [id, entry] of journal.machines()) {
        if (!id.startsWith(`${endpointId}/`)) continue
        for (const restore of entry.restores.filter(isUnfinished)) await settle(id, restore, op)
      }
    },

    async forgetGone({ engine, model }, op) {
      for (const [id, { restores }] of journal.machines()) {
        if (!id.startsWith(`${engine.endpointId}/`)) continue
        for (const restore of restores.filter(({ swap }) => swap === null)) {
          const { id: restoreId, keptId } = restore
          if (model.get(keptId) !== undefined) continue
          // One that a list could not read is there all the same.
          if (!(await isKeptGone(id, restore, op).catch(() => false))) continue
          const entry = journal.machine(id)
          // What has begun meanwhile has its own end.
          if (entry === null || isActive(id)) continue
          await drop(id, entry, restoreId)
          host.log.info('docker.restore.keptGone', { id, restore: restoreId })
          endpoints.emit({ kind: 'snapshots', id })
        }
      }
    },

    async restore(id, { stored, name, keptParentId }, op) {
      const { containerId } = targetOf(context, id)
      const present = await inspectWithSize(id, containerId, op)
      const { container, raw } = present
      if (container.autoRemove) throw failure('wrong-state', { key: 'docker.withheld.autoRemove' })
      if (container.isSwarmTask) throw failure('wrong-state', { key: 'docker.withheld.swarmTask' })
      const restore: RestoreEntry = {
        id: newHandle(),
        direction: 'restored',
        state: 'restoring',
        snapshotId: stored.label.id,
        snapshotName: name,
        ...keeping(present, host.now()),
        keptParentId,
        differences: [],
        used: null,
        swap: null,
      }
      const source = { raw, stored }
      await replace(
        id,
        { restore, present, source, coming: null, comingRestart: container.restart, parentId: null },
        op,
      )
    },

    async undo(id, restoreId, keptParentId, op) {
      const restore = find(id, restoreId)
      // Half done since a crash: putting it back comes first.
      if (restore.swap !== null) return settle(id, restore, op)
      await tidy(id, restoreId, op)
      const kept = find(id, restoreId)
      const containerId = journal.machine(id)?.currentId ?? targetOf(context, id).containerId
      if (await isGone(id, containerId, op)) return takePlace(id, kept, uncancellable(op))
      const present = await inspectWithSize(id, containerId, op)
      const source = await sourceOf(id, kept, op)
      const next: RestoreEntry = {
        ...kept,
        direction: kept.direction === 'restored' ? 'undone' : 'restored',
        state: 'restoring',
        ...keeping(present, host.now()),
        keptParentId,
        used: usedOf(kept),
      }
      const coming = source === null ? await comingOf(id, kept, op) : null
      const { keptRestart: comingRestart, keptParentId: parentId } = kept
      await replace(id, { restore: next, present, source, coming, comingRestart, parentId }, op)
    },

    async letGo(id, restoreId, op) {
      const restore = find(id, restoreId)
      await refuseOnlyCopy(id, restore, op)
      await discardKept(context, targetOf(context, id), restore, op)
      const entry = journal.machine(id)
      if (entry !== null) await drop(id, entry, restoreId)
      endpoints.emit({ kind: 'snapshots', id })
    },
  }

  /** The kept container that is gone back to. What it needs of its host may have gone since: the present one then stays up. */
  async function comingOf(id: MachineId, restore: RestoreEntry, op: Op): Promise<string> {
    const { container, raw } = await inspectKept(id, restore, op)
    await refuseUnmountable(host, targetOf(context, id).engine, container.id, raw, op)
    return container.id
  }

  /** What a copy that is an image is made a container from; null where the container itself was kept. */
  async function sourceOf(id: MachineId, { keptImage: handle }: RestoreEntry, op: Op): Promise<Source | null> {
    if (handle === null) return null
    const stored = await readKeptImage(context, targetOf(context, id), handle, op)
    if (stored === null) throw failure('not-found', { key: 'docker.restore.keptGone' })
    return { raw: rawOf(stored), stored }
  }

  async function isKeptGone(id: MachineId, { keptId, keptImage: handle }: RestoreEntry, op: Op): Promise<boolean> {
    const target = targetOf(context, id)
    if (handle !== null) return (await readKeptImage(context, target, handle, op)) === null
    return (await inspectOne(host, target.engine, keptId, op)) === null
  }

  async function refuseOnlyCopy(id: MachineId, { swap }: RestoreEntry, op: Op): Promise<void> {
    const currentId = journal.machine(id)?.currentId
    if (swap === null && currentId !== undefined && (await isGone(id, currentId, op))) {
      throw failure('wrong-state', { key: 'docker.restore.onlyCopy' })
    }
  }

  async function isGone(id: MachineId, containerId: string, op: Op): Promise<boolean> {
    return (await inspectOne(host, targetOf(context, id).engine, containerId, op)) === null
  }

  /** Makes the kept copy the machine itself when the present container was removed outside: nothing is kept any more. */
  async function takePlace(id: MachineId, restore: RestoreEntry, op: Op): Promise<void> {
    const target = targetOf(context, id)
    const source = await sourceOf(id, restore, op)
    let currentId = restore.keptId
    if (source !== null) {
      const { Name } = source.stored.label.container
      currentId = (await makeLike(context, target, source.raw, source.stored, Name.replace(/^\//, ''), op)).id
    } else {
      const { container } = await inspectKept(id, restore, op)
      const name = parseAsideName(container.name)?.name ?? container.name
      // First the name, which somebody else may have by now: then nothing has changed.
      if (container.name !== name) await target.run(commands.rename(container.id, name), op)
      if (container.restart !== restore.keptRestart) {
        await target.run(commands.update(container.id, { restart: restore.keptRestart }), op)
      }
    }
    const entry = journal.machine(id) ?? { currentId, parentId: null, restores: [] }
    await drop(id, { ...entry, currentId, parentId: restore.keptParentId }, restore.id)
    if (source !== null) await discardKept(context, target, restore, op)
    await endpoints.inspect(id, op)
    endpoints.emit({ kind: 'snapshots', id })
  }

  async function inspectWithSize(id: MachineId, containerId: string, op: Op): Promise<Inspected> {
    const { engine } = targetOf(context, id)
    const result = await attempt(host, engine, commands.inspectWithSize([containerId]), op)
    return parseInspect(result.stdout)[0] ?? endpoints.inspect(id, op)
  }
}
