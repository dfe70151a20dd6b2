import { createTrash } from '../common/trash.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import { freedBytes, removeUnusedBases } from './bases.ts'
import { isInPlace, readDefinitionFile } from './definitions.ts'
import { endpointId, providerId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'
import { trees } from './snapshot-store.ts'

export function createRemove(context: ProviderContext): RemoveOps & { readonly trash: TrashOps } {
  const { registry, layout, purges, host } = context
  return createTrash({
    providerId,
    endpointId,
    registry,
    layout,
    purges,
    now: host.now,
    async facts(folder) {
      const reading = readDefinitionFile(folder)
      const { definition = null, name = null } = 'value' in reading ? reading.value : {}
      const [sizeBytes, snapshotCount] = await Promise.all([freedBytes(context, folder), trees.count(folder.snapshots)])
      return {
        name: definition?.name ?? name,
        createdAt: definition?.createdAt ?? null,
        sizeBytes,
        snapshotCount,
        stays: (definition?.disks ?? []).filter(isInPlace).map(({ file }) => file),
      }
    },
    purged: () => removeUnusedBases(context),
  })
}
