import { failure } from '../../../app/domain/errors.ts'
import { machineId } from '../../../app/domain/ids.ts'
import { diskUse } from '../common/files.ts'
import { createTrash } from '../common/trash.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import { readDefinition } from './definitions.ts'
import { endpointId, providerId } from './machine.ts'
import { trees } from './snapshot-store.ts'
import type { World } from './world.ts'

export function createRemove(world: World): RemoveOps & { readonly trash: TrashOps } {
  const { fleet, layout, host } = world
  return createTrash({
    endpointId,
    trash: layout.trash,
    machineId: (uuid) => machineId(providerId, uuid),
    machine: layout.machine,
    removed: layout.removed,
    now: host.now,
    async facts(folder) {
      const [definition, sizeBytes, snapshotCount] = await Promise.all([
        readDefinition(folder).catch(() => null),
        diskUse(folder.path),
        trees.count(folder.snapshots),
      ])
      return {
        name: definition?.name ?? null,
        createdAt: definition?.createdAt ?? null,
        sizeBytes,
        snapshotCount,
        stays: [],
      }
    },
    async find(id) {
      const entry = await fleet.find(id)
      return entry === null ? null : { uuid: entry.uuid, folder: entry.folder, isOn: entry.live !== null }
    },
    forget: fleet.forget,
    async publish(id) {
      const entry = await fleet.find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      fleet.publish(entry)
    },
    changed: fleet.changed,
    purged: async () => {},
  })
}
