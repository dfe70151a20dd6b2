import { randomUUID } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { diskUse } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import { findSnapshot } from '../common/snapshot-tree.ts'
import type { CloneOps } from '../provider.ts'
import { copyDisk } from './emulator/disk-copy.ts'
import { checkSpace } from './memory.ts'
import type { ProviderContext } from './provider-context.ts'
import { withPresentSize } from './sizes.ts'
import { readTree } from './snapshot-list.ts'
import { checkSnapshot } from './snapshot-store.ts'
import { makeMachine } from './staging.ts'

const linkedCloneUnsupported: Text = { key: 'builtin.error.linked' }

/** Makes a machine of its own from one that is off, or from one of its snapshots: its disk, not its memory. */
export function createClone(context: ProviderContext): CloneOps {
  return {
    linkedCloneUnsupported,
    async clone(id, { name, mode, snapshotId }, op) {
      if (mode === 'linked') throw failure('unsupported', linkedCloneUnsupported)
      const { entry, definition } = await context.registry.get(id)
      const { folder } = entry
      if (entry.live !== null) throw failure('wrong-state', { key: 'kept.why.cloneRunning' })
      const hasDisk = definition.diskBytes !== null
      if (snapshotId !== null) {
        await checkSnapshot(folder, findSnapshot(await readTree(context, { entry, definition }), snapshotId), hasDisk)
      }
      const disk = snapshotId === null ? folder.disk : folder.snapshotFile(snapshotId, 'disk')
      if (hasDisk) await checkSpace(context.layout.machines, await diskUse(disk))
      throwIfCancelled(op)
      op.progress({ text: { key: 'kept.step.copy' }, fraction: null })
      const own = {
        ...definition,
        uuid: randomUUID(),
        name,
        createdAt: context.host.now().toISOString(),
        // A snapshot may be older or newer than the machine's first start.
        prepared: snapshotId === null ? definition.prepared : null,
      }
      return makeMachine(
        context,
        own,
        async (target) => {
          if (definition.system !== 'monitor') {
            await copyFile(folder.bios, target.bios)
            await copyFile(folder.vgaBios, target.vgaBios)
          }
          if (hasDisk) await copyDisk(disk, target.disk)
          return withPresentSize(own, target)
        },
        op,
      )
    },
  }
}
