import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import type { Op, RemoveOps, TrashOps } from '../provider.ts'
import { diskUse, exists, names, readJson, writeJson } from '../qemu/files.ts'
import { readTree } from '../qemu/snapshot-store.ts'
import { type Bundle, configFile, ownFiles } from './bundle.ts'
import { utmctlArguments } from './commands.ts'
import type { Known } from './fleet.ts'
import { importBundle } from './importing.ts'
import { endpointId, providerId } from './machine.ts'
import { isCopy, moveBundle } from './moving.ts'
import { eventMs } from './power.ts'
import { stateOf } from './states.ts'
import { quietOp, throwIfCancelled, unstoppable, type World } from './world.ts'

const noteSchema = z.object({
  version: z.literal(1),
  at: z.string(),
  uuid: z.string(),
  name: z.string(),
  /** Name of the bundle's folder. */
  bundle: z.string(),
})
type Note = z.infer<typeof noteSchema>

/** A folder that is being emptied for good: its name says so, and the next start goes on if this one ends. */
const purgingPrefix = 'purging-'

export function createRemove(world: World): RemoveOps & { readonly trash: TrashOps } {
  const { fleet, layout } = world

  const noted = async (trashId: string): Promise<{ path: string; note: Note }> => {
    const { path, note } = layout.removed(trashId)
    const found = /^[0-9a-f-]{36}$/.test(trashId) ? await readJson(note, noteSchema).catch(() => null) : null
    if (found !== null && (await exists(join(path, found.bundle)))) return { path, note: found }
    throw failure('not-found', { key: 'qemu.error.trashGone' })
  }

  return {
    async plan(id, op) {
      const { bundle } = await fleet.known(id, op)
      throwIfCancelled(op)
      return {
        machineId: id,
        way: 'trash',
        sizeBytes: await diskUse(bundle.path),
        snapshotCount: (await snapshotCount(bundle)) ?? 0,
        stays: [],
        volumes: [],
        blockedBy: [],
      }
    },
    async remove(id, _request, op) {
      const known = await fleet.known(id, op)
      if (stateOf(known.sight.status) !== 'stopped') throw failure('wrong-state', { key: 'utm.why.removeRunning' })
      throwIfCancelled(op)
      return removeToTrash(world, id, known, op)
    },
    trash: {
      async list(op) {
        const ids = (await names(layout.trash)).filter((name) => !name.startsWith(purgingPrefix))
        throwIfCancelled(op)
        const items = await Promise.all(ids.map((id) => itemOf(world, id)))
        return items.filter((item) => item !== null)
      },
      async recover(trashId, op) {
        const { path, note } = await noted(trashId)
        throwIfCancelled(op)
        const bundle = join(path, note.bundle)
        const id = await importBundle(world, bundle, op)
        const back = await fleet.known(id, quietOp)
        // UTM has copied it: only what is whole there may go here.
        if (!(await isCopy(bundle, back.bundle.path))) throw failure('tool-failed', { key: 'utm.error.copy' })
        await purge(world, trashId)
        fleet.changed({ kind: 'trash' })
        return id
      },
      async purge(trashId, op) {
        await noted(trashId)
        throwIfCancelled(op)
        await purge(world, trashId)
        fleet.changed({ kind: 'trash' })
      },
    },
  }
}

/**
 * `utmctl delete` destroys what is at the bundle's path without asking. So the bundle is moved away first and a stand-in
 * with nothing but the configuration is put there: that is what UTM deletes.
 */
async function removeToTrash(world: World, id: MachineId, { sight, bundle }: Known, op: Op): Promise<string> {
  const { fleet, layout, host, tool } = world
  const { uuid, name } = sight
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
    await rm(removed.path, { recursive: true, force: true })
    throw error
  }
  const back = async (error: unknown): Promise<never> => {
    await rm(bundle.path, { recursive: true, force: true })
    await moveBundle(kept, bundle.path)
    await rm(removed.path, { recursive: true, force: true })
    throw error
  }
  try {
    await mkdir(join(bundle.path, 'Data'), { recursive: true })
    await copyFile(join(kept, configFile), join(bundle.path, configFile))
  } catch (error) {
    return back(error)
  }
  const error = await tool.tell(utmctlArguments.delete(uuid), eventMs, unstoppable(op))
  const isGone = await fleet.find(id, quietOp).then(
    (machine) => machine === null,
    () => null,
  )
  fleet.changed({ kind: 'trash' })
  if (isGone === true) {
    await rm(bundle.path, { recursive: true, force: true })
    fleet.changed({ kind: 'removed', id })
    return trashId
  }
  // Whether UTM will still delete what is at that path is not known: nothing of worth is put there again.
  if (isGone === null || error?.error.code === 'timeout') {
    throw failure('timeout', { key: 'utm.error.removing' }, { hint: { key: 'utm.error.removing.hint' }, cause: error })
  }
  return back(error ?? failure('wrong-state', { key: 'utm.error.noEffect' }))
}

async function purge({ layout }: World, trashId: string): Promise<void> {
  const purging = layout.removed(`${purgingPrefix}${trashId}`).path
  await rename(layout.removed(trashId).path, purging)
  await rm(purging, { recursive: true, force: true })
}

/** Goes on with purges that an earlier Berth began, and forgets notes about machines that were never moved. */
export async function tidyTrash({ layout }: World): Promise<void> {
  for (const name of await names(layout.trash)) {
    const { path } = layout.removed(name)
    const isEmpty = (await readdir(path)).every((inside) => inside === 'removed.json')
    if (name.startsWith(purgingPrefix) || isEmpty) await rm(path, { recursive: true, force: true })
  }
}

async function itemOf({ layout }: World, trashId: string): Promise<TrashItem | null> {
  const { path, note } = layout.removed(trashId)
  const found = await readJson(note, noteSchema).catch(() => null)
  if (found === null) return null
  const bundle = join(path, found.bundle)
  if (!(await exists(bundle))) return null
  return {
    id: trashId,
    endpointId,
    machineId: machineId(providerId, found.uuid),
    name: found.name,
    removedAt: found.at,
    sizeBytes: await diskUse(bundle),
    snapshotCount: await snapshotCount({ path: bundle }),
  }
}

/** null when its tree cannot be read. */
async function snapshotCount(bundle: Pick<Bundle, 'path'>): Promise<number | null> {
  return readTree(ownFiles(bundle)).then(
    (tree) => tree.snapshots.filter(({ phase }) => phase === 'there').length,
    () => null,
  )
}
