import { createTrash } from '../common/trash.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import { freedBytes, removeUnusedBases } from './bases.ts'
import { isInPlace, readDefinition } from './definitions.ts'
import { endpointId, providerId } from './machine.ts'
import { trees } from './snapshot-store.ts'
import type { World } from './world.ts'

export function createRemove(world: World): RemoveOps & { readonly trash: TrashOps } {
  const { fleet, layout, purges, host } = world
  return createTrash({
    providerId,
    endpointId,
    fleet,
    layout,
    purges,
    now: host.now,
    async facts(folder) {
      const [definition, sizeBytes, snapshotCount] = await Promise.all([
        readDefinition(folder).catch(() => null),
        freedBytes(world, folder),
        trees.count(folder.snapshots),
      ])
      return {
        name: definition?.name ?? null,
        createdAt: definition?.createdAt ?? null,
        sizeBytes,
        snapshotCount,
        stays: (definition?.disks ?? []).filter(isInPlace).map(({ file }) => file),
      }
    },
    purged: () => removeUnusedBases(world),
  })
}
