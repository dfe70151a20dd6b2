import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { machineId } from '../../../app/domain/ids.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import { exists, move, names, readJson, remove, writeJson } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import { freedBytes, removeUnusedBases } from './bases.ts'
import { isInPlace, readDefinition } from './definitions.ts'
import type { Entry } from './fleet.ts'
import type { Folder } from './layout.ts'
import { endpointId, providerId } from './machine.ts'
import { trees } from './snapshot-store.ts'
import type { World } from './world.ts'

const removedSchema = z.object({ version: z.literal(1), at: z.string() })

/** A folder that is being emptied for good: its name says so, and the next start goes on if this one ends. */
const purgingPrefix = 'purging-'

export function createRemove(world: World): RemoveOps & { readonly trash: TrashOps } {
  const { fleet, layout } = world

  const trashed = async (trashId: string): Promise<Folder> => {
    const folder = layout.removed(trashId)
    if (/^[0-9a-f-]{36}$/.test(trashId) && (await exists(folder.path))) return folder
    throw failure('not-found', { key: 'kept.error.trashGone' })
  }

  return {
    async plan(id, op) {
      const entry = await find(world, id)
      throwIfCancelled(op)
      return {
        machineId: id,
        way: 'trash',
        sizeBytes: await freedBytes(world, entry.folder),
        snapshotCount: (await snapshotCount(entry.folder)) ?? 0,
        stays: (entry.definition?.disks ?? []).filter(isInPlace).map(({ file }) => file),
        volumes: [],
        blockedBy: [],
      }
    },
    async remove(id, _request, op) {
      const entry = await find(world, id)
      if (entry.live !== null) throw failure('wrong-state', { key: 'kept.why.removeRunning' })
      throwIfCancelled(op)
      const { folder, uuid } = entry
      await writeJson(folder.removed, { version: 1, at: world.host.now().toISOString() })
      await move(folder.path, layout.removed(uuid).path)
      fleet.forget(uuid)
      fleet.changed({ kind: 'trash' })
      return uuid
    },
    trash: {
      async list(op) {
        const uuids = (await names(layout.trash)).filter((name) => !name.startsWith(purgingPrefix))
        throwIfCancelled(op)
        return Promise.all(uuids.map((uuid) => itemOf(world, uuid)))
      },
      async recover(trashId, op) {
        const folder = await trashed(trashId)
        const id = machineId(providerId, trashId)
        throwIfCancelled(op)
        await move(folder.path, layout.machine(trashId).path)
        await remove(layout.machine(trashId).removed)
        const entry = await find(world, id)
        fleet.publish(entry)
        fleet.changed({ kind: 'trash' })
        return id
      },
      async purge(trashId, op) {
        const folder = await trashed(trashId)
        throwIfCancelled(op)
        const purging = layout.removed(`${purgingPrefix}${trashId}`).path
        await move(folder.path, purging)
        fleet.changed({ kind: 'trash' })
        await remove(purging)
        await removeUnusedBases(world)
      },
    },
  }
}

/** Goes on with purges that an earlier Berth began. */
export async function finishPurges(world: World): Promise<void> {
  for (const name of await names(world.layout.trash)) {
    if (name.startsWith(purgingPrefix)) await remove(world.layout.removed(name).path)
  }
}

async function find(world: World, id: `${string}:${string}`): Promise<Entry> {
  const entry = await world.fleet.find(id)
  if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
  return entry
}

async function itemOf(world: World, uuid: string): Promise<TrashItem> {
  const folder = world.layout.removed(uuid)
  const [definition, removed, sizeBytes, count] = await Promise.all([
    readDefinition(folder).catch(() => null),
    readJson(folder.removed, removedSchema).catch(() => null),
    freedBytes(world, folder),
    snapshotCount(folder),
  ])
  return {
    id: uuid,
    endpointId,
    machineId: machineId(providerId, uuid),
    name: definition?.name ?? uuid,
    removedAt: removed?.at ?? definition?.createdAt ?? world.host.now().toISOString(),
    sizeBytes,
    snapshotCount: count,
  }
}

/** null when its tree cannot be read. */
async function snapshotCount(folder: Folder): Promise<number | null> {
  return trees.read(folder.snapshots).then(
    (tree) => tree.snapshots.filter(({ phase }) => phase === 'there').length,
    () => null,
  )
}
