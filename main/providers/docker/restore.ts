import { setTimeout as delay } from 'node:timers/promises'
import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import { refuseUnmountable } from './bind-check.ts'
import * as commands from './commands.ts'
import { inspectOne } from './containers.ts'
import { attempt, type Engine } from './engine.ts'
import type { Follower } from './follow.ts'
import { type Container, type Inspected, parseInspect } from './inspect.ts'
import type { MachineEntry, RestoreEntry, Swap } from './journal.ts'
import { type Fields, numberOf } from './json.ts'
import { type MadeLike, makeLike } from './make-like.ts'
import { asideName, newHandle, parseAsideName } from './naming.ts'
import type { StoredSnapshot } from './snapshots.ts'
import { isFinished, swap, takeBack } from './swap.ts'
import { type DockerWorld, targetOf } from './world.ts'

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
  undo(id: MachineId, restoreId: string, op: Op): Promise<void>
  letGo(id: MachineId, restoreId: string, op: Op): Promise<void>
  /** As `makeLike`, on the machine's own engine. */
  makeLike(id: MachineId, raw: Fields, stored: StoredSnapshot, name: string, op: Op): Promise<MadeLike>
  /** After a crash: no swap of this endpoint stays half done without saying so. */
  settle(endpointId: EndpointId, op: Op): Promise<void>
  /** Forgets records whose kept container is gone: removed outside, or let go by a Berth that ended before it said so. */
  forgetGone(follower: Follower, op: Op): Promise<void>
}

export function createRestores(world: DockerWorld): Restores {
  const { host, endpoints, journal } = world

  const find = (id: MachineId, restoreId: string): RestoreEntry => {
    const restore = journal.machine(id)?.restores.find((item) => item.id === restoreId)
    if (restore === undefined) throw failure('not-found', { key: 'docker.restore.gone' })
    return restore
  }

  const inspectKept = async (id: MachineId, restore: RestoreEntry, op: Op): Promise<Inspected> => {
    const inspected = await inspectOne(host, targetOf(world, id).engine, restore.keptId, op)
    if (inspected === null) throw failure('not-found', { key: 'docker.restore.keptGone' })
    return inspected
  }

  /** Machines whose swap is being done by this very Berth. */
  const active = new Set<MachineId>()

  const withRestore = (entry: MachineEntry, restore: RestoreEntry): MachineEntry => ({
    ...entry,
    restores: [restore, ...entry.restores.filter((item) => item.id !== restore.id)],
  })
  /** What is about to be done: not done when it cannot be written. */
  const put = (id: MachineId, entry: MachineEntry, restore: RestoreEntry): Promise<void> =>
    journal.setMachine(id, withRestore(entry, restore))
  /** What has been done. */
  const note = (id: MachineId, entry: MachineEntry, restore: RestoreEntry): Promise<void> =>
    journal.noteMachine(id, withRestore(entry, restore))

  /** Takes one record away; a machine that is its own container again needs no entry at all. */
  const drop = (id: MachineId, entry: MachineEntry, restoreId: string): Promise<void> => {
    const restores = entry.restores.filter((item) => item.id !== restoreId)
    const isPlain = restores.length === 0 && id.endsWith(`/${entry.currentId}`)
    return journal.noteMachine(id, isPlain ? null : { ...entry, restores })
  }

  /**
   * Everything after the first step that changes something is finished or taken back, never left where a cancel came.
   * `before` is the journal's entry to return to.
   */
  const transact = async (id: MachineId, restore: RestoreEntry, before: MachineEntry | null, op: Op): Promise<void> => {
    const whole = uncancellable(op)
    const { engine } = targetOf(world, id)
    const entry = before ?? { currentId: restore.keptId, restores: [] }
    active.add(id)
    try {
      const done = await swap(world, engine, restore, whole, (next) => put(id, entry, next))
      await note(id, { ...entry, currentId: done.currentId }, done.restore)
    } catch (thrown) {
      if (await takeBack(world, engine, restore, whole)) await journal.noteMachine(id, before)
      else await note(id, entry, { ...restore, state: 'failed' })
      throw thrown
    } finally {
      active.delete(id)
      await endpoints
        .inspect(id, whole)
        .catch((error) => host.log.warn('docker.restore.look', { error: errorOf(error) }))
      endpoints.emit({ kind: 'snapshots', id })
    }
  }

  /** What the engine was told just before Berth ended may still be under way there, and in the way. */
  const takeBackPatiently = async (restore: RestoreEntry, engine: Engine, op: Op): Promise<boolean> => {
    for (const waitMs of takeBackWaitsMs) {
      if (await takeBack(world, engine, restore, uncancellable(op))) return true
      await delay(waitMs, undefined, { signal: op.signal }).catch(() => {})
    }
    return takeBack(world, engine, restore, uncancellable(op))
  }

  /** Finishes or takes back what a crash left in the middle. */
  const settle = async (id: MachineId, restore: RestoreEntry, op: Op): Promise<void> => {
    const entry = journal.machine(id)
    const plan = restore.swap
    if (entry === null || plan === null || active.has(id)) return
    const { engine } = targetOf(world, id)
    if (plan.comingId !== null && (await isFinished(world, engine, plan, op))) {
      await note(id, { ...entry, currentId: plan.comingId }, { ...restore, state: 'done', swap: null })
    } else if (!(await takeBackPatiently(restore, engine, op))) {
      await note(id, entry, { ...restore, state: 'failed' })
    } else if (plan.comingIsNew || plan.comingId === null) {
      await drop(id, entry, restore.id)
    } else {
      // An undo was taken back: the copy is kept as it was before.
      const direction = restore.direction === 'restored' ? 'undone' : 'restored'
      const keptRestart = plan.comingRestart
      await note(id, entry, { ...restore, direction, state: 'done', keptId: plan.comingId, keptRestart, swap: null })
    }
    host.log.info('docker.restore.settled', { id, restore: restore.id })
    endpoints.emit({ kind: 'snapshots', id })
  }

  return {
    find,
    inspectKept,
    refuseOnlyCopy,
    makeLike: (id, raw, stored, name, op) => makeLike(world, targetOf(world, id), raw, stored, name, op),

    async settle(endpointId, op) {
      for (const [id, entry] of journal.machines()) {
        if (!id.startsWith(`${endpointId}/`)) continue
        for (const restore of entry.restores) await settle(id, restore, op)
      }
    },

    async forgetGone({ engine, model }, op) {
      for (const [id, { restores }] of journal.machines()) {
        if (!id.startsWith(`${engine.endpointId}/`)) continue
        for (const { id: restoreId, keptId } of restores.filter(({ swap }) => swap === null)) {
          if (model.get(keptId) !== undefined) continue
          // One that a list could not read is there all the same.
          const isGone = await inspectOne(host, engine, keptId, op).then(
            (found) => found === null,
            () => false,
          )
          if (!isGone) continue
          const entry = journal.machine(id)
          // What has begun meanwhile has its own end.
          if (entry === null || active.has(id)) continue
          await drop(id, entry, restoreId)
          host.log.info('docker.restore.keptGone', { id, restore: restoreId })
          endpoints.emit({ kind: 'snapshots', id })
        }
      }
    },

    async restore(id, { stored, name, keptParentId }, op) {
      const { engine, containerId } = targetOf(world, id)
      const present = await inspectWithSize(id, containerId, op)
      const { container, raw } = present
      if (container.autoRemove) throw failure('wrong-state', { key: 'docker.withheld.autoRemove' })
      const handle = newHandle()
      const plan = planFor(container, { comingId: null, comingIsNew: true, comingRestart: container.restart })
      const restore: RestoreEntry = {
        id: handle,
        direction: 'restored',
        state: 'restoring',
        snapshotId: stored.label.id,
        snapshotName: name,
        keptId: container.id,
        keptParentId,
        keptAt: host.now().toISOString(),
        keptBytes: numberOf(raw['SizeRw']),
        keptRestart: container.restart,
        differences: [],
        swap: plan,
      }
      op.progress({ text: { key: 'docker.restore.creating' }, fraction: null })
      const before = journal.machine(id)
      active.add(id)
      let made: MadeLike
      try {
        await put(id, before ?? { currentId: container.id, restores: [] }, restore)
        made = await makeLike(world, targetOf(world, id), raw, stored, asideName('new', handle, container.name), op)
      } catch (thrown) {
        // The present container has not been touched yet.
        if (await takeBack(world, engine, restore, uncancellable(op))) await journal.noteMachine(id, before)
        active.delete(id)
        throw thrown
      }
      const swapped = { ...plan, comingId: made.id }
      await transact(id, { ...restore, differences: [...made.differences], swap: swapped }, before, op)
    },

    async undo(id, restoreId, op) {
      const restore = find(id, restoreId)
      // Half done since a crash: putting it back comes first.
      if (restore.swap !== null) return settle(id, restore, op)
      const kept = await inspectKept(id, restore, op)
      const containerId = journal.machine(id)?.currentId ?? targetOf(world, id).containerId
      if (await isGone(id, containerId, op)) return takePlace(id, restore, kept.container, uncancellable(op))
      // What it needs of its host may have gone since: the present container then stays up.
      await refuseUnmountable(host, targetOf(world, id).engine, kept.container.id, kept.raw, op)
      const { container, raw } = await inspectWithSize(id, containerId, op)
      await transact(
        id,
        {
          ...restore,
          direction: restore.direction === 'restored' ? 'undone' : 'restored',
          state: 'restoring',
          keptId: container.id,
          keptAt: host.now().toISOString(),
          keptBytes: numberOf(raw['SizeRw']),
          keptRestart: container.restart,
          swap: planFor(container, {
            comingId: kept.container.id,
            comingIsNew: false,
            comingRestart: restore.keptRestart,
          }),
        },
        journal.machine(id),
        op,
      )
    },

    async letGo(id, restoreId, op) {
      const restore = find(id, restoreId)
      const { engine, run } = targetOf(world, id)
      await refuseOnlyCopy(id, restore, op)
      // Its volumes stay: they are the present container's too.
      if ((await inspectOne(host, engine, restore.keptId, op)) !== null) await run(commands.remove(restore.keptId), op)
      const entry = journal.machine(id)
      if (entry !== null) await drop(id, entry, restoreId)
      endpoints.emit({ kind: 'snapshots', id })
    },
  }

  async function refuseOnlyCopy(id: MachineId, { swap }: RestoreEntry, op: Op): Promise<void> {
    const currentId = journal.machine(id)?.currentId
    if (swap === null && currentId !== undefined && (await isGone(id, currentId, op))) {
      throw failure('wrong-state', { key: 'docker.restore.onlyCopy' })
    }
  }

  async function isGone(id: MachineId, containerId: string, op: Op): Promise<boolean> {
    return (await inspectOne(host, targetOf(world, id).engine, containerId, op)) === null
  }

  /** Makes the kept copy the machine itself when the present container was removed outside: nothing is kept any more. */
  async function takePlace(id: MachineId, restore: RestoreEntry, kept: Container, op: Op): Promise<void> {
    const { run } = targetOf(world, id)
    const name = parseAsideName(kept.name)?.name ?? kept.name
    // First the name, which somebody else may have by now: then nothing has changed.
    if (kept.name !== name) await run(commands.rename(kept.id, name), op)
    if (kept.restart !== restore.keptRestart) await run(commands.update(kept.id, { restart: restore.keptRestart }), op)
    const entry = journal.machine(id) ?? { currentId: kept.id, restores: [] }
    await drop(id, { ...entry, currentId: kept.id }, restore.id)
    await endpoints.inspect(id, op)
    endpoints.emit({ kind: 'snapshots', id })
  }

  async function inspectWithSize(id: MachineId, containerId: string, op: Op): Promise<Inspected> {
    const { engine } = targetOf(world, id)
    const result = await attempt(host, engine, commands.inspectWithSize([containerId]), op)
    return parseInspect(result.stdout)[0] ?? endpoints.inspect(id, op)
  }
}

function planFor(going: Container, coming: Pick<Swap, 'comingId' | 'comingIsNew' | 'comingRestart'>): Swap {
  return {
    ...coming,
    goingId: going.id,
    name: going.name,
    wasRunning: ['running', 'paused', 'restarting'].includes(going.word),
    wasPaused: going.word === 'paused',
    goingRestart: going.restart,
  }
}

/** The same work, which a cancel does not reach any more. */
function uncancellable(op: Op): Op {
  return {
    signal: new AbortController().signal,
    record: op.record,
    progress: (step) => op.progress({ ...step, cancellable: false }),
  }
}
