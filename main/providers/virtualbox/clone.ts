import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { diskUse } from '../common/files.ts'
import { checkSpace } from '../common/space.ts'
import type { CloneOps, Op } from '../provider.ts'
import { discardState } from './commands.ts'
import { disksOf } from './dependants.ts'
import type { Known } from './entry.ts'
import { idOf } from './inventory.ts'
import * as commands from './machine-commands.ts'
import { defaultMachineFolder } from './machine-folder.ts'
import { folderName, makeWhole } from './making.ts'
import { checkName } from './naming.ts'
import { takeOwnSerial } from './own-serial.ts'
import { type ProviderContext, quietOp, runOnMachine, throwIfCancelled } from './provider-context.ts'
import {
  deleteSnapshot,
  diskWorkMs,
  findSnapshot,
  type SnapshotOptions,
  snapshotOptions,
  takeSnapshot,
} from './snapshots.ts'
import { isResting } from './states.ts'
import type { TrashStore } from './trash-store.ts'

/** From VirtualBox's answer to the settings that say so too. */
const settleMs = 30_000

type Request = Parameters<CloneOps['clone']>[1]

export function createClone(base: ProviderContext, trash: TrashStore): CloneOps {
  const context = snapshotOptions(base, trash)
  return { clone: async (id, request, op) => clone(context, await context.inventory.get(id), request, op) }
}

/** A machine of its own with new network addresses. A linked one stands on a snapshot: without one, the present becomes one. */
async function clone(context: SnapshotOptions, known: Known, request: Request, op: Op): Promise<MachineId> {
  const { inventory } = context
  const { entry, settings } = known
  checkName(request.name)
  const { word } = inventory.observedState(entry)
  if (!isResting(word)) throw failure('wrong-state', { key: 'virtualbox.why.cloneRunning' })
  const source = request.snapshotId === null ? settings : findSnapshot(settings, request.snapshotId)
  const isLinked = request.mode === 'linked'
  const machines = await defaultMachineFolder(context)
  if (!isLinked) {
    const paths = disksOf(source.hardware).flatMap((disk) => chainOf(known, disk))
    const sizes = await Promise.all([...new Set(paths)].map(diskUse))
    await checkSpace(
      machines,
      sizes.reduce((sum, bytes) => sum + bytes, 0),
    )
  }
  throwIfCancelled(op)
  const uuid = randomUUID()
  return inventory.withTransientState(entry, inventory.machine(entry).state, () =>
    makeWhole(context, { key: uuid, uuid, folder: join(machines, folderName(request.name)) }, async () => {
      let snapshotId = request.snapshotId
      let ownBase: string | null = null
      if (isLinked && snapshotId === null) {
        const base = { name: `⎇ ${request.name}`, description: '' }
        ownBase = await takeSnapshot(context, await inventory.get(idOf(entry.uuid)), base, 'off', op)
        snapshotId = ownBase
        inventory.changed({ kind: 'snapshots', id: idOf(entry.uuid) })
      }
      try {
        throwIfCancelled(op)
        op.progress({ text: { key: 'virtualbox.step.clone' }, fraction: 0 })
        const about = { from: entry.uuid, uuid, name: request.name, snapshotId, isLinked }
        await runOnMachine(context, entry, commands.clone(about), op, {
          timeoutMs: diskWorkMs,
          onFraction: (fraction) => op.progress({ text: { key: 'virtualbox.step.clone' }, fraction }),
        })
        await takeShape(context, uuid)
        inventory.publish((await inventory.get(idOf(uuid))).entry)
        return idOf(uuid)
      } catch (error) {
        if (ownBase !== null) {
          const now = await inventory.get(idOf(entry.uuid))
          await deleteSnapshot(context, now, ownBase, quietOp).catch((second) =>
            context.host.log.warn('virtualbox.clone.base', { uuid: entry.uuid, error: String(second) }),
          )
          inventory.changed({ kind: 'snapshots', id: idOf(entry.uuid) })
        }
        throw error
      }
    }),
  )
}

/**
 * A copy of a snapshot with memory is a saved machine, in which nothing can be changed. Its memory is the original's, with the
 * original's network address: the clone starts from its firmware.
 */
async function takeShape(context: SnapshotOptions, uuid: string): Promise<void> {
  const { inventory } = context
  const id = idOf(uuid)
  try {
    const { entry, settings } = await inventory.get(id)
    if (settings.stateFile !== null) {
      const isDiscarded = async (): Promise<boolean> => (await inventory.get(id)).settings.stateFile === null
      await runOnMachine(context, entry, discardState(uuid), quietOp, { isDone: isDiscarded })
      await inventory.until(id, ({ word }) => word !== 'saved', quietOp, settleMs)
    }
    await takeOwnSerial(context, uuid)
  } catch (error) {
    // About the copy, of which nothing stays: the state of the machine that was copied has no part in it.
    const { code, message, hint, detail } = errorOf(error)
    throw failure(code === 'wrong-state' ? 'tool-failed' : code, message, { hint, detail, cause: error })
  }
}

function chainOf({ settings, path }: Known, disk: string): readonly string[] {
  const media = new Map(settings.media.map((medium) => [medium.uuid, medium]))
  const paths: string[] = []
  for (let at = media.get(disk); at !== undefined; at = media.get(at.parentId ?? '')) paths.push(at.path)
  return paths.length === 0 ? [dirname(path)] : paths
}
