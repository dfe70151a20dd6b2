import type { CallHandlers } from '../../app/contract/dispatch.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import type { RestoreRecord, SnapshotTree } from '../../app/domain/snapshot.ts'
import type { TaskResult, TaskVerb } from '../../app/domain/task.ts'
import type { Verb } from '../../app/domain/verbs.ts'
import type { Core } from '../core.ts'
import type { Op, SnapshotOps } from '../providers/provider.ts'
import { askProvider, facetOf, nameOf } from './asking.ts'

/** Snapshots and the restores that can be undone. */
export function snapshotHandlers({ inventory, tasks, snapshotPictures, fileGuard }: Core) {
  const treeOf = (id: MachineId): Promise<SnapshotTree> => {
    const provider = inventory.providerOf(id)
    return askProvider(provider, (op) => facetOf(provider, 'snapshots').tree(id, op))
  }

  /** What a task's sentence needs. A tree that cannot be read must not keep the verb from saying so itself. */
  const found = async <T>(id: MachineId, find: (tree: SnapshotTree) => T | undefined): Promise<T | null> =>
    treeOf(id).then(
      (tree) => find(tree) ?? null,
      () => null,
    )
  const snapshotName = (id: MachineId, snapshotId: string): Promise<string | null> =>
    found(id, ({ snapshots }) => snapshots.find((snapshot) => snapshot.id === snapshotId)?.name)
  const recordOf = (id: MachineId, restoreId: string): Promise<RestoreRecord | null> =>
    found(id, ({ restores }) => restores.find((restore) => restore.id === restoreId))
  const restoreName = async (id: MachineId, restoreId: string): Promise<string | null> =>
    (await recordOf(id, restoreId))?.snapshotName ?? null

  function start(
    id: MachineId,
    verb: TaskVerb,
    permit: Verb,
    subject: string | null,
    work: (snapshots: SnapshotOps, op: Op) => Promise<TaskResult | void>,
  ): TaskId {
    return tasks.start({
      verb,
      permit,
      machineId: id,
      machineName: nameOf(inventory, id),
      subject,
      async run(op) {
        return (await work(facetOf(inventory.providerOf(id), 'snapshots'), op)) ?? {}
      },
    })
  }

  return {
    'snapshot.tree': ({ id }) => treeOf(id),
    'snapshot.take': async ({ id, ...request }) =>
      start(id, 'takeSnapshot', 'snapshot', request.name, async (snapshots, op) => {
        const taken = snapshotPictures.taking(id)
        const snapshotId = await snapshots.take(id, request, op)
        taken(snapshotId)
        return { snapshotId }
      }),
    // What only tends kept snapshots is possible whenever going back to one is.
    'snapshot.edit': async ({ id, snapshotId, ...change }) =>
      start(id, 'editSnapshot', 'restore', change.name, (snapshots, op) => snapshots.edit(id, snapshotId, change, op)),
    'snapshot.delete': async ({ id, snapshotIds }) => {
      const [first] = snapshotIds
      const subject = first === undefined ? null : await snapshotName(id, first)
      return start(id, 'deleteSnapshot', 'restore', subject, async (snapshots, op) => {
        // Without its copy a restore could no longer be undone: `restore.letGo` drops both.
        const { restores } = await snapshots.tree(id, op)
        if (restores.some(({ keptId }) => snapshotIds.includes(keptId))) {
          throw failure('in-use', { key: 'kept.error.undoCopy' }, { hint: { key: 'kept.error.undoCopy.hint' } })
        }
        for (const snapshotId of snapshotIds) {
          op.signal.throwIfAborted()
          await snapshots.delete(id, snapshotId, op)
          await snapshotPictures.forget(id, [snapshotId])
        }
      })
    },
    'snapshot.room': async ({ id, snapshotId }) => {
      const provider = inventory.providerOf(id)
      return askProvider(provider, async (op) => facetOf(provider, 'snapshots').room?.(id, snapshotId, op) ?? null)
    },
    'snapshot.picture': ({ id, snapshotId }) => snapshotPictures.read(id, snapshotId),
    'snapshot.restore': async ({ id, snapshotId }) =>
      start(id, 'restore', 'restore', await snapshotName(id, snapshotId), async (snapshots, op) => {
        await fileGuard.checkWritten(id)
        await snapshots.restore(id, snapshotId, op)
      }),
    'restore.undo': async ({ id, restoreId }) => {
      const record = await recordOf(id, restoreId)
      // One that broke off is put back, whichever way it went.
      const isRedo = record?.direction === 'undone' && record.state === 'done'
      const verb = isRedo ? 'redoRestore' : 'undoRestore'
      return start(id, verb, 'undoRestore', record?.snapshotName ?? null, async (snapshots, op) => {
        await fileGuard.checkWritten(id)
        await snapshots.undo(id, restoreId, op)
      })
    },
    'restore.keep': async ({ id, restoreId, name }) =>
      start(id, 'keepRestore', 'restore', await restoreName(id, restoreId), (snapshots, op) =>
        snapshots.keep(id, restoreId, name, op),
      ),
    'restore.letGo': async ({ id, restoreId }) =>
      start(id, 'letGoRestore', 'restore', await restoreName(id, restoreId), (snapshots, op) =>
        snapshots.letGo(id, restoreId, op),
      ),
  } satisfies Partial<CallHandlers>
}
