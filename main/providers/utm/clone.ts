import { failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { quietOp } from '../common/op.ts'
import { findSnapshot } from '../common/snapshot-tree.ts'
import type { CloneOps } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import { makeMachine } from './making.ts'
import { checkName } from './names.ts'
import type { ProviderContext } from './provider-context.ts'
import { wholeTree } from './snapshot-store.ts'
import { requireSnapshots } from './snapshots.ts'
import { stateOf } from './states.ts'
import { applyStopped, checkTag } from './tags.ts'

/** A day: a disk may have to be copied byte by byte where the file system cannot share it. */
const copyMs = 24 * 60 * 60_000

const linkedCloneUnsupported: Text = { key: 'utm.why.linked' }

/** UTM copies the bundle, snapshots and all; of a snapshot the copy is then made what that was. */
export function createClone(context: ProviderContext): CloneOps {
  const { machineRegistry, tool } = context
  return {
    linkedCloneUnsupported,
    async clone(id, { name, mode, snapshotId }, op) {
      if (mode === 'linked') throw failure('unsupported', linkedCloneUnsupported)
      checkName(name)
      const observedState = await machineRegistry.get(id, op)
      if (stateOf(observedState.status) !== 'stopped') throw failure('wrong-state', { key: 'utm.why.cloneRunning' })
      if (snapshotId !== null) {
        const known = await machineRegistry.known(id, op)
        requireSnapshots(known)
        findSnapshot((await wholeTree(context, known.bundle, op)).tree, snapshotId)
        await checkTag(context, known, snapshotId, op)
      }
      const made = await makeMachine(
        context,
        name,
        async (calm) => {
          const error = await tool.tell(utmctlArguments.clone(observedState.uuid, name), copyMs, calm)
          if (error !== null) throw error
          return null
        },
        op,
      )
      if (snapshotId !== null) {
        const { bundle } = await machineRegistry.known(made, quietOp)
        op.progress({ text: { key: 'kept.step.back' }, fraction: null, cancellable: false })
        await applyStopped(context, bundle, snapshotId, quietOp)
      }
      return made
    },
  }
}
