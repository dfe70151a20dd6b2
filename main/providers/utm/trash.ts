import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type AppError, failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import { diskUse, exists, isFileName, names, readJson, remove, writeJson } from '../common/files.ts'
import { quietOp, throwIfCancelled, unstoppable } from '../common/op.ts'
import { partlyPurged, purgingName, trashed } from '../common/purges.ts'
import { createUnreadRecords, unreadRecord } from '../common/trash-records.ts'
import type { Op, RemoveOps, TrashOps } from '../provider.ts'
import { configFile } from './bundle.ts'
import { utmctlArguments } from './commands.ts'
import { importBundle } from './importing.ts'
import { endpointId, providerId } from './machine.ts'
import type { Known } from './machine-registry.ts'
import { isCopy, moveBundle } from './moving.ts'
import { eventMs } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { countSnapshots } from './snapshot-store.ts'
import { stateOf } from './states.ts'

export const noteSchema = z.object({
  version: z.literal(1),
  at: z.string(),
  uuid: z.string(),
  name: z.string(),
  /** Name of the bundle's folder. */
  bundle: z.string().refine(isFileName, 'not a file name'),
})
type Note = z.infer<typeof noteSchema>

export function createRemove(context: ProviderContext): RemoveOps & { readonly trash: TrashOps } {
  const { machineRegistry, layout, purges } = context
  const unread = createUnreadRecords(context.host.problems)

  const noted = async (trashId: string): Promise<{ path: string; note: Note }> => {
    const removed = layout.removed(trashId)
    const found = /^[0-9a-f-]{36}$/.test(trashId)
      ? await readNote(removed).catch((error: unknown) => {
          throw unreadRecord(removed.note, error)
        })
      : null
    if (found !== null) return { path: removed.path, note: found }
    throw failure('not-found', { key: 'kept.error.trashGone' })
  }

  return {
    async plan(id, op) {
      const { bundle } = await machineRegistry.known(id, op)
      throwIfCancelled(op)
      return {
        machineId: id,
        way: 'trash',
        sizeBytes: await diskUse(bundle.path),
        snapshotCount: (await countSnapshots(bundle)) ?? 0,
        stays: [],
        volumes: [],
        blockedBy: [],
      }
    },
    async remove(id, _request, op) {
      const known = await machineRegistry.known(id, op)
      if (stateOf(known.observedState.status) !== 'stopped')
        throw failure('wrong-state', { key: 'utm.why.removeRunning' })
      // UTM deletes what it knows of a machine, and with it that there is a memory to wake from: it would not come back.
      if (known.observedState.isSuspended) throw failure('wrong-state', { key: 'utm.why.removeSuspended' })
      throwIfCancelled(op)
      return removeToTrash(context, id, known, op)
    },
    trash: {
      async list(op) {
        const ids = await trashed(layout.trash)
        throwIfCancelled(op)
        const missing: string[] = []
        const whole = await Promise.all(
          ids.map(async (id) => {
            const removed = layout.removed(id)
            const found = await readNote(removed).catch((error: unknown) => {
              context.host.log.error('utm.trash.unreadable', { note: removed.note, error: String(error) })
              missing.push(removed.note)
              return null
            })
            return found === null ? null : itemOf(id, removed.path, found)
          }),
        )
        unread.report(missing)
        const partly = await Promise.all([...purges.failed].map(([id, error]) => partlyPurgedItem(context, id, error)))
        return [...whole.filter((item) => item !== null), ...partly]
      },
      async recover(trashId, op) {
        if (purges.failed.has(trashId)) throw partlyPurged()
        const { path, note } = await noted(trashId)
        throwIfCancelled(op)
        const bundle = join(path, note.bundle)
        const id = await importBundle(context, bundle, op)
        const back = await machineRegistry.known(id, quietOp)
        // UTM has copied it: only what is whole there may go here.
        if (!(await isCopy(bundle, back.bundle.path))) throw failure('tool-failed', { key: 'utm.error.copy' })
        await purges.purge(trashId, () => machineRegistry.changed({ kind: 'trash' }))
        return id
      },
      async purge(trashId, op) {
        if (!purges.failed.has(trashId)) await noted(trashId)
        throwIfCancelled(op)
        await purges.purge(trashId, () => machineRegistry.changed({ kind: 'trash' }))
      },
    },
  }
}

/**
 * `utmctl delete` destroys what is at the bundle's path without asking. So the bundle is moved away first and a stand-in
 * with nothing but the configuration is put there: that is what UTM deletes.
 */
async function removeToTrash(
  context: ProviderContext,
  id: MachineId,
  { observedState, bundle }: Known,
  op: Op,
): Promise<string> {
  const { machineRegistry, layout, host, tool } = context
  const { uuid, name } = observedState
  const trashId = randomUUID()
  const removed = layout.removed(trashId)
  const kept = join(removed.path, basename(bundle.path))
  op.progress({ text: null, fraction: null, cancellable: false })
  await mkdir(removed.path, { recursive: true, mode: 0o700 })
  const note: Note = { version: 1, at: host.now().toISOString(), uuid, name, bundle: basename(bundle.path) }
  await writeJson(removed.note, note)
  try {
    await moveBundle(bundle.path, kept)
  } catch (error) {
    await remove(removed.path)
    throw error
  }
  const back = async (error: unknown): Promise<never> => {
    await remove(bundle.path)
    await moveBundle(kept, bundle.path)
    await remove(removed.path)
    throw error
  }
  try {
    await mkdir(join(bundle.path, 'Data'), { recursive: true })
    await copyFile(join(kept, configFile), join(bundle.path, configFile))
  } catch (error) {
    return back(error)
  }
  const error = await tool.tell(utmctlArguments.delete(uuid), eventMs, unstoppable(op))
  const isGone = await machineRegistry.find(id, quietOp).then(
    (machine) => machine === null,
    () => null,
  )
  machineRegistry.changed({ kind: 'trash' })
  if (isGone === true) {
    await remove(bundle.path)
    machineRegistry.changed({ kind: 'removed', id })
    return trashId
  }
  // Whether UTM will still delete what is at that path is not known: nothing of worth is put there again.
  if (isGone === null || error?.error.code === 'timeout') {
    throw failure('timeout', { key: 'utm.error.removing' }, { hint: { key: 'utm.error.removing.hint' }, cause: error })
  }
  return back(error ?? failure('wrong-state', { key: 'utm.error.noEffect' }))
}

/** Goes on with purges that an earlier Berth began, and forgets notes about machines that were never moved. */
export async function tidyTrash({ layout, purges }: ProviderContext): Promise<void> {
  await purges.finish()
  for (const name of await trashed(layout.trash)) {
    const { path } = layout.removed(name)
    const isEmpty = (await readdir(path)).every((inside) => inside === 'removed.json')
    if (isEmpty) await remove(path)
  }
}

/** null when no bundle was moved there. Throws when one was and the note does not lead to it. */
async function readNote({ path, note }: { readonly path: string; readonly note: string }): Promise<Note | null> {
  const found = await readJson(note, noteSchema)
  if (found !== null && (await exists(join(path, found.bundle)))) return found
  const others = (await names(path)).filter((name) => name !== basename(note))
  if (others.length > 0) throw new Error(`the bundle is called ${others.join(', ')}`)
  return null
}

async function itemOf(trashId: string, path: string, found: Note): Promise<TrashItem> {
  const bundle = join(path, found.bundle)
  return {
    id: trashId,
    endpointId,
    machineId: machineId(providerId, found.uuid),
    name: found.name,
    removedAt: found.at,
    sizeBytes: await diskUse(bundle),
    snapshotCount: await countSnapshots({ path: bundle }),
  }
}

async function partlyPurgedItem(
  { layout }: ProviderContext,
  trashId: string,
  purgeError: AppError,
): Promise<TrashItem> {
  const { path, note } = layout.removed(purgingName(trashId))
  const found = await readJson(note, noteSchema).catch(() => null)
  if (found === null) return bareItem(trashId, path, purgeError)
  return { ...(await itemOf(trashId, path, found)), purgeError }
}

/** Of whose note nothing is left: it is shown all the same, so that the rest of it can go. */
async function bareItem(trashId: string, path: string, purgeError: AppError): Promise<TrashItem> {
  return {
    id: trashId,
    endpointId,
    machineId: machineId(providerId, trashId),
    name: trashId,
    removedAt: new Date(0).toISOString(),
    sizeBytes: await diskUse(path),
    snapshotCount: null,
    purgeError,
  }
}
