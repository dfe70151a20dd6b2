import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { type EndpointId, type MachineId, machineId, type ProviderId } from '../../../app/domain/ids.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import { exists, move, readJson, remove, writeJson } from './files.ts'
import type { MachineRegistry } from './machine-registry.ts'
import { throwIfCancelled } from './op.ts'
import { type Purges, partlyPurged, purgingName, trashed } from './purges.ts'

const removedSchema = z.object({ version: z.literal(1), at: z.string() })

/** One machine's folder, as far as the trash needs it. */
export interface KeptFolder {
  readonly path: string
  /** Present in the trash only: when it was removed. */
  readonly removed: string
}

/** What is said of a machine's folder, wherever it is. */
export interface FolderFacts {
  /** null when its definition cannot be read. */
  readonly name: string | null
  readonly createdAt: string | null
  readonly sizeBytes: number
  /** null when its tree cannot be read. */
  readonly snapshotCount: number | null
  /** Files elsewhere that stay. */
  readonly stays: readonly string[]
}

/** One machine, as far as the trash needs it. */
interface KeptEntry<F> {
  readonly uuid: string
  readonly folder: F
  /** null when it is off. */
  readonly live: object | null
}

/** How a provider whose machines are folders named by a uuid takes them apart. */
export interface TrashOptions<F extends KeptFolder, E extends KeptEntry<F>> {
  readonly providerId: ProviderId
  readonly endpointId: EndpointId
  readonly registry: Pick<MachineRegistry<E, unknown>, 'find' | 'publish' | 'forget' | 'changed'>
  readonly layout: {
    /** The folder that removed ones are in. */
    readonly trash: string
    machine(uuid: string): F
    removed(uuid: string): F
  }
  readonly purges: Purges
  now(): Date
  facts(folder: F): Promise<FolderFacts>
  /** Called once something is gone for good. */
  purged(): Promise<void>
}

/** Removing into a trash that loses nothing until it is emptied. */
export function createTrash<F extends KeptFolder, E extends KeptEntry<F>>(
  context: TrashOptions<F, E>,
): RemoveOps & { readonly trash: TrashOps } {
  const { registry, layout, purges, providerId } = context
  const find = async (id: MachineId): Promise<E> => {
    const entry = await registry.find(id)
    if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
    return entry
  }
  const folderOf = async (trashId: string): Promise<F> => {
    const folder = layout.removed(trashId)
    if (/^[0-9a-f-]{36}$/.test(trashId) && (await exists(folder.path))) return folder
    throw failure('not-found', { key: 'kept.error.trashGone' })
  }
  const itemOf = async (uuid: string): Promise<TrashItem> => {
    const purgeError = purges.failed.get(uuid)
    const folder = layout.removed(purgeError === undefined ? uuid : purgingName(uuid))
    const [facts, removed] = await Promise.all([
      context.facts(folder),
      readJson(folder.removed, removedSchema).catch(() => null),
    ])
    return {
      id: uuid,
      endpointId: context.endpointId,
      machineId: machineId(providerId, uuid),
      name: facts.name ?? uuid,
      removedAt: removed?.at ?? facts.createdAt ?? context.now().toISOString(),
      sizeBytes: facts.sizeBytes,
      snapshotCount: facts.snapshotCount,
      ...(purgeError === undefined ? {} : { purgeError }),
    }
  }

  return {
    async plan(id, op) {
      const { folder } = await find(id)
      throwIfCancelled(op)
      const { sizeBytes, snapshotCount, stays } = await context.facts(folder)
      return {
        machineId: id,
        way: 'trash',
        sizeBytes,
        snapshotCount: snapshotCount ?? 0,
        stays,
        volumes: [],
        blockedBy: [],
      }
    },
    async remove(id, _request, op) {
      const { uuid, folder, live } = await find(id)
      if (live !== null) throw failure('wrong-state', { key: 'kept.why.removeRunning' })
      throwIfCancelled(op)
      await writeJson(folder.removed, { version: 1, at: context.now().toISOString() })
      await move(folder.path, layout.removed(uuid).path)
      registry.forget(uuid)
      registry.changed({ kind: 'trash' })
      return uuid
    },
    trash: {
      async list(op) {
        const uuids = await trashed(layout.trash)
        throwIfCancelled(op)
        return Promise.all([...uuids, ...purges.failed.keys()].map(itemOf))
      },
      async recover(trashId, op) {
        if (purges.failed.has(trashId)) throw partlyPurged()
        const folder = await folderOf(trashId)
        const id = machineId(providerId, trashId)
        throwIfCancelled(op)
        await move(folder.path, layout.machine(trashId).path)
        await remove(layout.machine(trashId).removed)
        registry.publish(await find(id))
        registry.changed({ kind: 'trash' })
        return id
      },
      async purge(trashId, op) {
        if (!purges.failed.has(trashId)) await folderOf(trashId)
        throwIfCancelled(op)
        await purges.purge(trashId, () => registry.changed({ kind: 'trash' }))
        await context.purged()
      },
    },
  }
}
