import { basename } from 'node:path'
import type { CallHandlers } from '../../app/contract/dispatch.ts'
import { errorOf, failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import type { CreateSpec } from '../../app/domain/spec.ts'
import type { TrashItem } from '../../app/domain/trash.ts'
import { createSerial } from '../../app/util/serial.ts'
import type { Core } from '../core.ts'
import { agreedPaths } from '../images/agreed.ts'
import { checkDisc, checkImage } from '../images/check.ts'
import { isFile } from '../providers/common/files.ts'
import type { Op, TrashOps } from '../providers/provider.ts'
import type { FileGuard } from '../services/file-guard.ts'
import { existing } from '../services/files.ts'
import { askProvider, facetOf } from './asking.ts'

/** What makes machines, and what brings them back. */
export function makingHandlers({ inventory, tasks, trash, snapshotPictures, fileGuard }: Core) {
  /** Two machines are not made on one file at once: the second is asked about once the first is known. */
  const inPlace = createSerial()

  /**
   * One task over several items. An item that fails does not keep the others: the first failure is the task's, in the end. An
   * item in use is tried again once another is done, which may have been what used it.
   */
  const overTrash = async (
    verb: 'recover' | 'purge',
    trashIds: readonly string[],
    work: (ops: TrashOps, item: TrashItem, op: Op) => Promise<MachineId | void>,
  ): Promise<TaskId> => {
    const items = (await trash.list()).filter(({ id }) => trashIds.includes(id))
    const [first] = items
    if (first === undefined || items.length < new Set(trashIds).size) throw failure('not-found', { key: 'trash.gone' })
    return tasks.start({
      verb,
      permit: null,
      machineId: null,
      machineName: namesOf(items),
      subject: null,
      key: 'trash',
      async run(op, made) {
        const failures: unknown[] = []
        const done: string[] = []
        for (let left: readonly TrashItem[] = items; left.length > 0; ) {
          const inUse: { readonly item: TrashItem; readonly error: unknown }[] = []
          for (const item of left) {
            op.signal.throwIfAborted()
            try {
              const machineId = await work(facetOf(inventory.providerOf(item.endpointId), 'trash'), item, op)
              done.push(item.id)
              made(machineId === undefined ? { purgedIds: [...done] } : { machineId })
            } catch (error) {
              if (errorOf(error).code === 'in-use') inUse.push({ item, error })
              else failures.push(error)
            }
          }
          const hasProgress = inUse.length < left.length
          if (!hasProgress) failures.unshift(...inUse.map(({ error }) => error))
          left = hasProgress ? inUse.map(({ item }) => item) : []
        }
        op.signal.throwIfAborted()
        if (failures.length > 0) throw failures[0]
        return {}
      },
    })
  }

  return {
    'create.options': async ({ endpointId }) => {
      const provider = inventory.providerOf(endpointId)
      return askProvider(provider, (op) => facetOf(provider, 'create').options(endpointId, op))
    },
    'create.preview': async ({ spec }) => {
      const provider = inventory.providerOf(spec.endpointId)
      return askProvider(provider, (op) => facetOf(provider, 'create').preview(spec, op))
    },
    'create.run': async ({ spec }) => {
      const provider = inventory.providerOf(spec.endpointId)
      const create = facetOf(provider, 'create')
      // Said while the form is still there to put it right.
      await checkChosen(spec, fileGuard)
      const createListed = async (op: Op, made: (result: { machineId: MachineId }) => void): Promise<MachineId> => {
        const machineId = await create.create(spec, op)
        made({ machineId })
        // Listed as it is before it starts, so that a start that fails leaves a machine to be seen.
        await inventory.read(machineId).catch(() => null)
        return machineId
      }
      const isInPlace = spec.kind === 'vm' && spec.disk.from === 'image' && spec.disk.use === 'in-place'
      return tasks.start({
        verb: 'create',
        permit: null,
        machineId: null,
        machineName: spec.name ?? '',
        subject: null,
        async run(op, made) {
          const machineId = await (isInPlace
            ? inPlace.run('in-place', async () => {
                await fileGuard.checkTaken(spec)
                return createListed(op, made)
              })
            : createListed(op, made))
          if (spec.startAfter) await provider.power.start(machineId, op)
          return { machineId }
        },
      })
    },
    'create.inspect': async ({ endpointId, path }) => {
      const provider = inventory.providerOf(endpointId)
      const { inspect } = facetOf(provider, 'importing')
      await existing(path)
      return inspect === undefined ? null : askProvider(provider, (op) => inspect(path, op))
    },
    'create.inspectImage': async ({ path, ...wish }) => fileGuard.inspectImage({ path: await existing(path), ...wish }),
    'create.import': async ({ endpointId, path, name }) => {
      const importing = facetOf(inventory.providerOf(endpointId), 'importing')
      await existing(path)
      return tasks.start({
        verb: 'import',
        permit: null,
        machineId: null,
        machineName: name ?? basename(path),
        subject: basename(path),
        run: async (op) => ({ machineId: await importing.import(endpointId, { path, name }, op) }),
      })
    },
    'trash.list': trash.list,
    'trash.recover': ({ trashIds }) => overTrash('recover', trashIds, (ops, { id }, op) => ops.recover(id, op)),
    'trash.purgePlan': async ({ trashIds }) => {
      const items = (await trash.list()).filter(({ id }) => trashIds.includes(id))
      const plans = await Promise.all(items.map(({ machineId }) => fileGuard.planPurge(machineId)))
      return {
        blockedBy: [...new Set(plans.flatMap(({ blockedBy }) => blockedBy))],
        unknown: [...new Set(plans.flatMap(({ unknown }) => unknown))],
      }
    },
    'trash.purge': ({ trashIds, acknowledged = [] }) =>
      overTrash('purge', trashIds, async (ops, { id, machineId }, op) => {
        await fileGuard.checkPurge(machineId, acknowledged)
        await ops.purge(id, op)
        await snapshotPictures.forgetMachine(machineId)
      }),
  } satisfies Partial<CallHandlers>
}

function namesOf(items: readonly TrashItem[]): string {
  return items.map(({ name }) => name).join(', ')
}

/** A file that is not there is the provider's to speak of. */
async function checkChosen(spec: CreateSpec, { checkTaken }: FileGuard): Promise<void> {
  if (spec.kind !== 'vm') return
  if (spec.isoPath !== null && (await isFile(spec.isoPath))) await checkDisc(spec.isoPath, 'isoPath')
  if (spec.disk.from !== 'image' || !(await isFile(spec.disk.path))) return
  const { path, format, use, allowedFiles } = spec.disk
  const allowed = await agreedPaths(allowedFiles)
  await checkImage({ path, format, use, allowed }, 'disk.path')
  await checkTaken(spec)
}
