import { failure } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Op, RemoveOps, TrashOps } from '../provider.ts'
import * as commands from './commands.ts'
import { inspectOne } from './containers.ts'
import { attempt, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type Inspected, mountsOf, parseInspect } from './inspect.ts'
import type { TrashEntry } from './journal.ts'
import { numberOf } from './json.ts'
import { discardKept } from './kept.ts'
import { asideName, newHandle, parseAsideName } from './naming.ts'
import { canChangeRestart } from './podman.ts'
import { isDown, stopWithGrace } from './power.ts'
import { type ProviderContext, targetOf } from './provider-context.ts'
import { deleteSnapshot, readSnapshots } from './snapshots.ts'
import { isAway } from './swap.ts'

export interface Removal extends RemoveOps {
  readonly trash: TrashOps
  /** After a crash: what is in the trash stands aside there, and nothing wakes it. */
  settle(endpointId: EndpointId, op: Op): Promise<void>
  /** Whether the engine went away in the middle of a removal, which is to be finished now that it answers; true once. */
  takeUnsettled(endpointId: EndpointId): boolean
}

/**
 * Removing a container stops it, renames it and hides it; it is destroyed only by a purge. One that removes itself when it ends
 * cannot be kept, so it goes at once.
 */
export function createRemoval(context: ProviderContext): Removal {
  const { host, endpoints, journal } = context

  const inspectWithSize = async (id: MachineId, op: Op): Promise<Inspected> => {
    const { engine, containerId } = targetOf(context, id)
    const result = await attempt(host, engine, commands.inspectWithSize([containerId]), op)
    return parseInspect(result.stdout)[0] ?? endpoints.inspect(id, op)
  }

  /** What a purge frees: the writable layer, the kept copies and the snapshots. */
  const weigh = async (id: MachineId, { raw }: Inspected, op: Op) => {
    const stored = await readSnapshots(context, id, op)
    const kept = journal.machine(id)?.restores ?? []
    const snapshotBytes = stored.reduce(
      (sum, { label, image }) => sum + Math.max(0, image.sizeBytes - label.baseBytes),
      0,
    )
    const keptBytes = kept.reduce((sum, restore) => sum + (restore.keptBytes ?? 0), 0)
    return {
      sizeBytes: numberOf(raw['SizeRw']) + snapshotBytes + keptBytes,
      snapshotCount: stored.length + kept.length,
    }
  }

  /** Endpoints whose engine went away in the middle of a removal. */
  const unsettled = new Set<EndpointId>()

  const itemOf = (trashId: string): TrashEntry => {
    const item = journal.trash().find((entry) => entry.id === trashId)
    if (item === undefined) throw failure('not-found', { key: 'docker.trash.gone' })
    return item
  }
  const forget = (trashId: string): Promise<void> => journal.noteTrash(trashId, null)

  /** Deletes what is in the trash for good, and its entry last. May be done again after a crash. */
  const purgeItem = async (item: TrashEntry, op: Op): Promise<void> => {
    // Purging is how a full disk is emptied: it goes on though there is no room to say so.
    await journal.noteTrash(item.id, { purging: true })
    try {
      await removeForGood(item.machineId, item.volumes, op)
    } catch (thrown) {
      await journal.noteTrash(item.id, { purging: false })
      throw thrown
    }
    await forget(item.id)
  }

  /** Stops, and gives name and restart policy away. May be done again after a crash. */
  const putAside = async (item: TrashEntry, op: Op): Promise<void> => {
    const { engine } = endpoints.follower(item.endpointId)
    const inspected = await inspectOne(host, engine, item.containerId, op)
    if (inspected === null) return forget(item.id)
    const { container } = inspected
    const give = (args: readonly string[]): Promise<string> => run(host, engine, args, op)
    if (container.restart !== 'no' && canChangeRestart(engine))
      await give(commands.update(container.id, { restart: 'no' }))
    if (!isDown(container)) {
      if (container.word === 'paused') await give(commands.unpause(container.id))
      const target = {
        engine,
        containerId: container.id,
        run: (args: readonly string[], own: Op, options = {}) => run(host, engine, args, own, options),
      }
      await stopWithGrace(target, container, host.now(), op)
    }
    if (parseAsideName(container.name) === null) {
      await give(commands.rename(container.id, asideName('trash', item.id, container.name)))
    }
  }

  const removeForGood = async (id: MachineId, volumes: readonly string[], op: Op): Promise<void> => {
    await removeIfThere(id, targetOf(context, id).containerId, op)
    for (const restore of journal.machine(id)?.restores ?? [])
      await discardKept(context, targetOf(context, id), restore, op, { force: true })
    for (const { label } of await readSnapshots(context, id, op))
      await deleteSnapshot(context, targetOf(context, id), label.id, op)
    await journal.noteMachine(id, null)
    for (const volume of volumes) await goneAfter(id, commands.removeVolume(volume), op)
  }

  const removeIfThere = (id: MachineId, containerId: string, op: Op): Promise<void> =>
    goneAfter(id, commands.removeByForce(containerId), op)

  /** What is not there any more is gone all the same: a purge is done again after a crash. */
  const goneAfter = async (id: MachineId, args: readonly string[], op: Op): Promise<void> => {
    const { engine } = targetOf(context, id)
    const result = await attempt(host, engine, args, op)
    if (result.exitCode === 0) return
    const problem = engineFailure(result, engine.product)
    if (problem.error.code !== 'not-found') throw problem
  }

  return {
    async plan(id, op) {
      const inspected = await inspectWithSize(id, op)
      const mounts = mountsOf(inspected.raw)
      const volumes = mounts.filter((mount) => mount.type === 'volume').map((mount) => mount.source)
      return {
        machineId: id,
        way: inspected.container.autoRemove ? 'gone' : 'trash',
        ...(await weigh(id, inspected, op)),
        stays: mounts
          .filter((mount) => mount.type === 'bind')
          .map((mount) => mount.source)
          .sort(),
        // The engine lists mounts in another order each time.
        volumes: [...new Set(volumes)].sort(),
        blockedBy: [],
      }
    },

    async remove(id, { volumes }, op) {
      if (journal.trash().some((item) => item.machineId === id))
        throw failure('not-found', { key: 'error.machineGone' })
      const inspected = await inspectWithSize(id, op)
      const { container } = inspected
      if (container.autoRemove) {
        await removeForGood(id, volumes, op)
        endpoints.emit({ kind: 'removed', id })
        return null
      }
      const item: TrashEntry = {
        id: newHandle(),
        endpointId: endpoints.followerOf(id).engine.endpointId,
        machineId: id,
        containerId: container.id,
        name: parseAsideName(container.name)?.name ?? container.name,
        removedAt: host.now().toISOString(),
        ...(await weigh(id, inspected, op)),
        restart: container.restart,
        volumes: [...volumes],
        purging: false,
      }
      // What takes time is done while it can still be given up; the rest is short and finished after a crash.
      if (container.word === 'running') {
        await stopWithGrace(targetOf(context, id), container, host.now(), op)
      }
      await journal.addTrash(item)
      try {
        await putAside(item, { ...op, signal: new AbortController().signal })
      } catch (thrown) {
        // Where the engine went away nobody knows how far it came: it is finished once the engine is there again.
        if (isAway(thrown)) unsettled.add(item.endpointId)
        else await forget(item.id)
        throw thrown
      }
      endpoints.emit({ kind: 'removed', id })
      endpoints.emit({ kind: 'trash' })
      return item.id
    },

    trash: {
      async list() {
        const shown = journal.trash().filter(({ purging }) => !purging)
        return shown.map((item) => {
          const { id, endpointId, machineId, name, removedAt, sizeBytes, snapshotCount } = item
          return { id, endpointId, machineId, name, removedAt, sizeBytes, snapshotCount }
        })
      },

      async recover(trashId, op) {
        const item = itemOf(trashId)
        const { engine, look } = endpoints.follower(item.endpointId)
        const inspected = await inspectOne(host, engine, item.containerId, op)
        if (inspected === null) {
          await forget(trashId)
          endpoints.emit({ kind: 'trash' })
          throw failure('not-found', { key: 'docker.trash.containerGone' })
        }
        // First the name, which somebody else may have by now: then nothing has changed.
        const { name } = inspected.container
        // A copy kept for undo keeps its own name, by which it stands in again.
        if (name !== item.name && parseAsideName(name)?.role !== 'kept') {
          await run(host, engine, commands.rename(item.containerId, item.name), op)
        }
        if (item.restart !== 'no' && item.restart !== inspected.container.restart)
          await run(host, engine, commands.update(item.containerId, { restart: item.restart }), op)
        await forget(trashId)
        await look(item.containerId, op)
        endpoints.emit({ kind: 'trash' })
        endpoints.emit({ kind: 'list', endpointId: item.endpointId })
        return item.machineId
      },

      async purge(trashId, op) {
        await purgeItem(itemOf(trashId), op)
        endpoints.emit({ kind: 'trash' })
      },
    },

    takeUnsettled: (endpointId) => unsettled.delete(endpointId),

    async settle(endpointId, op) {
      for (const item of journal.trash().filter((entry) => entry.endpointId === endpointId)) {
        if (item.purging) {
          // What can't be finished now is in the trash again, to be tried by the person.
          await purgeItem(item, op).catch((error: unknown) => host.log.error('docker.purge', { id: item.id, error }))
          continue
        }
        const { engine } = endpoints.follower(endpointId)
        const inspected = await inspectOne(host, engine, item.containerId, op)
        if (inspected === null) continue
        // Where the restart policy could not be taken off, a start of the computer may have woken it.
        if (parseAsideName(inspected.container.name) === null || !isDown(inspected.container)) await putAside(item, op)
      }
    },
  }
}
