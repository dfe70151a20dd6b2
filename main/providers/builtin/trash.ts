import { diskShare } from '../common/files.ts'
import { createTrash } from '../common/trash.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import { readDefinition } from './definitions.ts'
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
        diskShare(folder.path),
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
    purged: async () => {},
  })
}
