import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { commitContainer, imageOf, ownLabels } from './commit.ts'
import { inspectOne } from './containers.ts'
import { attempt } from './engine.ts'
import { tooManyLayers } from './errors.ts'
import type { Container, Inspected } from './inspect.ts'
import type { MachineEntry, RestoreEntry, Swap } from './journal.ts'
import { type Fields, fieldsOf } from './json.ts'
import { finishKeeping, hasAllLayers, isKeptAsImage, readKeptImage } from './kept.ts'
import { makeLike } from './make-like.ts'
import { asideName, keptImage, newHandle } from './naming.ts'
import { type ProviderContext, targetOf } from './provider-context.ts'
import type { Records } from './restore-records.ts'
import { keptName, readSnapshots, type StoredSnapshot } from './snapshots.ts'
import { isAway, swap, takeBack } from './swap.ts'

/** What a container is made from. */
export interface Source {
  /** The settings it gets, as `inspect` has them. */
  readonly raw: Fields
  readonly stored: StoredSnapshot
}

export interface Replacement {
  readonly restore: RestoreEntry
  readonly present: Inspected
  readonly source: Source | null
  /** The container that comes, where it is there already. */
  readonly coming: string | null
  readonly comingRestart: string
  readonly parentId: SnapshotId | null
}

export interface Replacer {
  /** Puts what comes in the place of the present container, which is kept: as an image where other tools would find it. */
  replace(id: MachineId, work: Replacement, op: Op): Promise<void>
  /** What is left to do when a swap is done. A failure of it costs nothing: it is done again later. */
  tidy(id: MachineId, restoreId: string, op: Op): Promise<void>
  /** Whether a swap of this machine is being done by this very Berth. */
  isActive(id: MachineId): boolean
  /** Whether the engine went away in the middle of something, which is to be settled now that it answers; true once. */
  takeUnsettled(endpointId: EndpointId): boolean
  markUnsettled(id: MachineId): void
}

/** The transaction of a restore and of its undo: everything of it is finished or taken back. */
export function createReplacer(context: ProviderContext, { put, note }: Records): Replacer {
  const { host, endpoints, journal } = context
  /** Machines whose swap is being done by this very Berth. */
  const active = new Set<MachineId>()
  /** Endpoints whose engine went away in the middle of something. */
  const unsettled = new Set<EndpointId>()

  /** Takes a swap back after a failure, now or, when the engine went away, as soon as it answers again. */
  const takeBackNow = async (id: MachineId, restore: RestoreEntry, op: Op): Promise<boolean> => {
    try {
      return await takeBack(context, targetOf(context, id).engine, restore, op)
    } catch (thrown) {
      if (isAway(thrown)) unsettled.add(endpointOf(id))
      return false
    }
  }

  /**
   * Everything after the first step that changes something is finished or taken back, never left where a cancel came.
   * `before` is the journal's entry to return to. `source` is what the coming container is made from once the going one is down
   * and copied; null where the coming one is there already.
   */
  const transact = async (
    id: MachineId,
    restore: RestoreEntry,
    work: {
      readonly before: MachineEntry | null
      readonly source: Source | null
      readonly parentId: SnapshotId | null
    },
    op: Op,
  ): Promise<void> => {
    const { before, source } = work
    const whole = uncancellable(op)
    const { engine } = targetOf(context, id)
    const entry: MachineEntry = before ?? { currentId: restore.keptId, parentId: null, restores: [] }
    let latest = restore
    const write = async (next: RestoreEntry): Promise<void> => {
      await put(id, entry, next)
      latest = next
    }
    active.add(id)
    try {
      const done = await swap(context, engine, restore, whole, write, async (written) => {
        const next = await makeComing(id, await copyGoing(id, written, whole), source, whole)
        if (next !== written) await write(next)
        return next
      })
      await note(id, { ...entry, currentId: done.currentId, parentId: work.parentId }, done.restore)
      await tidy(id, restore.id, whole)
    } catch (thrown) {
      if (await takeBackNow(id, latest, whole)) await journal.noteMachine(id, before)
      else await note(id, entry, { ...latest, state: 'failed' })
      throw thrown
    } finally {
      active.delete(id)
      await endpoints
        .inspect(id, whole)
        .catch((error) => host.log.warn('docker.restore.look', { error: errorOf(error) }))
      endpoints.emit({ kind: 'snapshots', id })
    }
  }

  /** Copies the container that goes, now that it is down, where it is kept as an image. */
  const copyGoing = async (id: MachineId, restore: RestoreEntry, op: Op): Promise<RestoreEntry> => {
    const { swap: plan } = restore
    const handle = plan?.goingImage ?? null
    if (plan === null || handle === null) return restore
    const target = targetOf(context, id)
    const going = await inspectOne(host, target.engine, plan.goingId, op)
    if (going === null) throw failure('not-found', { key: 'error.machineGone' })
    op.progress({ text: { key: 'docker.restore.copying' }, fraction: 0.35 })
    const parent = (await readSnapshots(context, id, op)).find(({ label }) => label.id === restore.keptParentId)?.label
    const request = {
      handle,
      reference: keptImage(handle),
      name: keptName(restore),
      description: '',
      ancestors: parent === undefined ? [] : [parent.id, ...parent.ancestors],
    }
    await commitContainer(context, target, id, going, request, op)
    // An exit code alone proves nothing.
    if ((await readKeptImage(context, target, handle, op)) === null) {
      throw failure('not-found', { key: 'docker.restore.keptGone' })
    }
    return { ...restore, keptImage: handle, copied: { id: going.container.id, finishedAt: going.container.finishedAt } }
  }

  /** Makes the container that comes, now that the one that goes is safe; it is there already where `source` is null. */
  const makeComing = async (
    id: MachineId,
    restore: RestoreEntry,
    source: Source | null,
    op: Op,
  ): Promise<RestoreEntry> => {
    const { swap: plan } = restore
    if (plan === null || source === null) return restore
    const target = targetOf(context, id)
    const newName = asideName('new', restore.id, plan.name)
    // The one that was made on trial.
    await attempt(host, target.engine, commands.removeByForce(newName), op)
    const made = await makeLike(context, target, source.raw, source.stored, newName, op)
    return { ...restore, differences: [...made.differences], swap: { ...plan, comingId: made.id } }
  }

  /** What is left to do when a swap is done. A failure of it costs nothing: it is done again later. */
  const tidy = (id: MachineId, restoreId: string, op: Op): Promise<void> =>
    finishKeeping(context, id, restoreId, op).catch((error: unknown) => {
      host.log.warn('docker.restore.tidy', { id, error: errorOf(error) })
      unsettled.add(endpointOf(id))
    })

  /**
   * Tries whether the coming container can be made while nothing has been touched yet. Without the labels of the one that is
   * there, other tools do not see it.
   */
  const tryToMake = async (id: MachineId, { raw, stored }: Source, name: string, op: Op): Promise<void> => {
    const config = fieldsOf(raw['Config'])
    const labels = Object.fromEntries(Object.keys(ownLabels(raw, null)).map((label) => [label, '']))
    const unlabelled = { ...raw, Config: { ...config, Labels: labels } }
    await makeLike(context, targetOf(context, id), unlabelled, stored, name, op)
  }

  const replace = async (id: MachineId, work: Replacement, op: Op): Promise<void> => {
    const { restore, present, source, parentId } = work
    const { container } = present
    const target = targetOf(context, id)
    const goingImage = (await isKeptAsImage(context, target, present, op)) ? newHandle() : null
    if (goingImage !== null) await refuseFull(id, work, op)
    const plan: Swap = {
      ...planFor(container, { comingId: work.coming, comingIsNew: source !== null, comingRestart: work.comingRestart }),
      goingImage,
    }
    const before = journal.machine(id)
    let planned: RestoreEntry = { ...restore, swap: plan }
    if (source !== null) {
      const newName = asideName('new', restore.id, container.name)
      op.progress({ text: { key: 'docker.restore.creating' }, fraction: null })
      active.add(id)
      try {
        await put(id, before ?? { currentId: container.id, parentId: null, restores: [] }, planned)
        if (goingImage !== null) await tryToMake(id, source, newName, op)
        else {
          const made = await makeLike(context, target, source.raw, source.stored, newName, op)
          planned = { ...planned, differences: [...made.differences], swap: { ...plan, comingId: made.id } }
        }
      } catch (thrown) {
        // The present container has not been touched yet.
        if (await takeBackNow(id, planned, uncancellable(op))) await journal.noteMachine(id, before)
        active.delete(id)
        throw thrown
      }
    }
    await transact(id, planned, { before, source: goingImage === null ? null : source, parentId }, op)
  }

  /** An image can have so many layers, and every copy adds one. The commit would say so only once the container is down. */
  const refuseFull = async (id: MachineId, { restore, present, source }: Replacement, op: Op): Promise<void> => {
    const target = targetOf(context, id)
    const { product } = target.engine
    const image = await imageOf(context, target, present.container.imageId, op)
    if (image !== null && hasAllLayers(image)) throw tooManyLayers(product, 'docker.error.layers')
    // To undo it, a container of the snapshot's image is copied. What is itself an undo is never refused for that.
    const isUndo = restore.direction === 'undone'
    if (!isUndo && source !== null && hasAllLayers(source.stored.image)) {
      throw tooManyLayers(product, 'docker.restore.layers')
    }
  }

  return {
    replace,
    tidy,
    isActive: (id) => active.has(id),
    takeUnsettled: (endpointId) => unsettled.delete(endpointId),
    markUnsettled: (id) => void unsettled.add(endpointOf(id)),
  }
}

function endpointOf(id: MachineId): EndpointId {
  return id.slice(0, id.lastIndexOf('/')) as EndpointId
}

function planFor(
  going: Container,
  coming: Pick<Swap, 'comingId' | 'comingIsNew' | 'comingRestart'>,
): Omit<Swap, 'goingImage'> {
  return {
    ...coming,
    goingId: going.id,
    name: going.name,
    wasRunning: ['running', 'paused', 'restarting'].includes(going.word),
    wasPaused: going.word === 'paused',
    goingRestart: going.restart,
    stops: false,
  }
}

/** The same work, which a cancel does not reach any more. */
export function uncancellable(op: Op): Op {
  return {
    signal: new AbortController().signal,
    record: op.record,
    progress: (step) => op.progress({ ...step, cancellable: false }),
  }
}
