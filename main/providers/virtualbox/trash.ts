import { readFile } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { type AppError, errorOf, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { machineId } from '../../../app/domain/ids.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import { writeAtomic } from '../../write-atomic.ts'
import { diskUse, exists, move, remove } from '../common/files.ts'
import type { RemoveOps, TrashOps } from '../provider.ts'
import * as commands from './commands.ts'
import { usersOfFiles } from './dependants.ts'
import type { Known } from './entry.ts'
import { idOf } from './inventory.ts'
import { endpointId, providerId } from './machine.ts'
import { borrowedMedia, knownMedia, withMedia } from './media-registry.ts'
import { ownFolder } from './own-folder.ts'
import { type ProviderContext, quietOp, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { emptyRestores } from './restore-records.ts'
import { parseSettings, type Settings } from './settings-file.ts'
import { clonesOf, diskUsers } from './snapshot-deletable.ts'
import { type SnapshotOptions, snapshotOptions } from './snapshots.ts'
import { isResting } from './states.ts'
import { forgetStray } from './strays.ts'
import { type KeptItem, presentPath, type TrashStore } from './trash-store.ts'

/** Beside the machines' folders, so that moving there is one step of the file system and copies nothing. */
const trashFolder = '.berth-trash'

/**
 * Removing takes a machine out of VirtualBox and its folder, with disks and snapshots, aside. VirtualBox keeps all it knows of a
 * machine in that folder, so that putting it back and registering it brings back everything.
 */
export function createRemove(base: ProviderContext, store: TrashStore): RemoveOps & { readonly trash: TrashOps } {
  const context = snapshotOptions(base, store)
  const { inventory } = context

  return {
    async plan(id, op) {
      const entry = await inventory.find(id)
      throwIfCancelled(op)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      const { settings, path } = entry
      // One that cannot be read is only forgotten: its files, wherever they are, stay.
      if (settings === null || path === null || entry.problem !== null) {
        const stays = path === null ? [] : [dirname(path)]
        return { machineId: id, way: 'gone', sizeBytes: 0, snapshotCount: 0, stays, volumes: [], blockedBy: [] }
      }
      const clones = await clonesOf(context, entry.uuid)
      return {
        machineId: id,
        way: 'trash',
        sizeBytes: await diskUse(dirname(path)),
        snapshotCount: settings.snapshots.length,
        stays: staying(settings, dirname(path)),
        volumes: [],
        blockedBy: clones.map(({ name }) => name),
      }
    },

    async remove(id, _request, op) {
      const entry = await inventory.find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      if (entry.problem !== null || entry.settings === null) {
        throwIfCancelled(op)
        await runOnMachine(context, entry, commands.unregister(entry.uuid), op, {
          isDone: () => isUnregistered(context, entry.uuid),
        })
        await left(context, entry.uuid)
        return null
      }
      const known = await inventory.get(id)
      const { settings, path } = known
      if (!isResting(inventory.observedState(entry).word))
        throw failure('wrong-state', { key: 'virtualbox.why.removeRunning' })
      const clones = await clonesOf(context, entry.uuid)
      if (clones.length > 0) {
        const reasons = clones.map(({ name }) => name).join(', ')
        throw failure('in-use', { key: 'remove.inUse', params: { reasons } })
      }
      throwIfCancelled(op)
      const item: KeptItem = {
        version: 1,
        uuid: entry.uuid,
        name: settings.name,
        removedAt: context.host.now().toISOString(),
        snapshotCount: settings.snapshots.length,
        borrowed: [...borrowedMedia(settings, await knownMedia(context))],
        settingsPath: path,
        moved: (await isOwnFolder(context, known)) ? { from: dirname(path), to: asidePath(path, entry.uuid) } : null,
        phase: 'removing',
      }
      await store.put(item)
      try {
        await runOnMachine(context, entry, commands.unregister(entry.uuid), op, {
          isDone: () => isUnregistered(context, entry.uuid),
        })
      } catch (error) {
        if (!(await isUnregistered(context, entry.uuid))) {
          await store.drop(entry.uuid)
          throw error
        }
      }
      await putAside(store, item)
      await left(context, entry.uuid)
      inventory.changed({ kind: 'trash' })
      // Its place in the trash is safe whatever comes of this.
      if (item.moved !== null && (await isRegistered(context, entry.uuid))) {
        await forgetStray(context, entry.uuid).catch((error) =>
          context.host.log.warn('virtualbox.stray', { uuid: entry.uuid, error: errorOf(error) }),
        )
      }
      return entry.uuid
    },

    trash: {
      async list(op) {
        const items = (await store.list()).filter(
          ({ uuid, phase }) => phase === 'there' || phase === 'recovering' || store.failed.has(uuid),
        )
        throwIfCancelled(op)
        return Promise.all(items.map((item) => shownItem(item, store.failed.get(item.uuid))))
      },
      async recover(trashId, op) {
        const item = await store.get(trashId)
        throwIfCancelled(op)
        const recovered = await putBack(context, item)
        inventory.changed({ kind: 'trash' })
        return recovered
      },
      async purge(trashId, op) {
        const item = await store.getToPurge(trashId)
        throwIfCancelled(op)
        // A linked clone that is in the trash as well would lose what it stands on.
        const clones = await clonesOf(context, item.uuid)
        if (clones.length > 0) {
          const names = clones.map(({ name }) => name).join(', ')
          throw failure('in-use', { key: 'virtualbox.error.purgeCloned', params: { names } })
        }
        await store.put({ ...item, phase: 'purging' })
        store.failed.delete(item.uuid)
        inventory.changed({ kind: 'trash' })
        // Every step may be done again, and what is half gone is not left for the next start.
        await purge(context, item)
          .catch((error) => {
            context.host.log.warn('virtualbox.purge.again', { uuid: item.uuid, error: errorOf(error) })
            return purge(context, item)
          })
          .finally(() => inventory.changed({ kind: 'trash' }))
      },
    },
  }
}

async function shownItem(item: KeptItem, purgeError: AppError | undefined): Promise<TrashItem> {
  return {
    id: item.uuid,
    endpointId,
    machineId: machineId(providerId, item.uuid),
    name: item.name,
    removedAt: item.removedAt,
    sizeBytes: await diskUse(item.moved?.to ?? dirname(item.settingsPath)),
    snapshotCount: item.snapshotCount,
    ...(purgeError === undefined ? {} : { purgeError }),
  }
}

/** Disks and discs outside a machine's folder: whoever put them there keeps them. */
function staying({ media }: Settings, folder: string): readonly string[] {
  return [...new Set(media.map(({ path }) => path).filter((path) => !isInside(path, folder)))].sort()
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder + sep)
}

/**
 * Whether all in a machine's folder is its own, so that the folder may be moved: no other machine's settings are in it, and none uses
 * a file of it. A settings file may stand anywhere, also in a person's home.
 */
async function isOwnFolder(context: SnapshotOptions, { entry, path }: Known): Promise<boolean> {
  const folder = await ownFolder(context, entry.uuid, path)
  if (folder === null) return false
  const users = [...diskUsers(context), ...(await context.trash.users())]
  return usersOfFiles(entry.uuid, (file) => isInside(file, folder), users, await knownMedia(context)).length === 0
}

function asidePath(settingsPath: string, uuid: string): string {
  const folder = dirname(settingsPath)
  return join(dirname(folder), trashFolder, uuid, basename(folder))
}

async function putAside(store: TrashStore, item: KeptItem): Promise<void> {
  let kept = item
  if (item.moved !== null && (await exists(item.moved.from))) {
    try {
      await move(item.moved.from, item.moved.to)
    } catch {
      // A folder that may not be moved stays where it is: the machine is out of VirtualBox all the same.
      kept = { ...item, moved: null }
    }
  }
  await store.put({ ...kept, phase: 'there' })
}

/** Back where it was, or beside it when something took its place, and into VirtualBox. */
async function putBack(context: SnapshotOptions, item: KeptItem): Promise<MachineId> {
  const { inventory, trash } = context
  let back = item
  if (item.moved !== null && (await exists(item.moved.to))) {
    const free = await freeFolder(item.moved.from)
    const settingsPath = free + item.settingsPath.slice(item.moved.from.length)
    const { from, to } = item.moved
    const borrowed = item.borrowed.map((medium) =>
      isInside(medium.path, from) ? { ...medium, path: free + medium.path.slice(from.length) } : medium,
    )
    back = { ...item, settingsPath, borrowed, moved: { from: free, to }, phase: 'recovering' }
    await trash.put(back)
    await move(item.moved.to, free)
    await remove(dirname(item.moved.to))
  }
  if (item.borrowed.length > 0) await lendMedia(context, back)
  try {
    await context.manage.run(commands.register(back.settingsPath), quietOp)
  } catch (error) {
    if (!(await isRegistered(context, item.uuid))) {
      if (back.moved !== null && back !== item) await move(back.moved.from, back.moved.to).catch(() => {})
      await trash.put({ ...back, phase: 'there' })
      throw error
    }
  }
  await trash.drop(item.uuid)
  const id = idOf(item.uuid)
  const entry = await inventory.find(id)
  if (entry === null) throw failure('tool-failed', { key: 'virtualbox.error.notRegistered' })
  inventory.publish(entry)
  return id
}

/** Writes what VirtualBox forgot back into the machine's file: its own disks where they are now, its parent's where that is now. */
async function lendMedia(context: SnapshotOptions, { borrowed, settingsPath, moved }: KeptItem): Promise<void> {
  const folder = dirname(settingsPath)
  const text = await readFile(settingsPath, 'utf8')
  const own = new Set((await parseSettings(text, settingsPath)).media.map(({ uuid }) => uuid))
  const now = new Map((await knownMedia(context)).map((medium) => [medium.uuid, medium]))
  const media = borrowed
    .filter(({ uuid }) => !own.has(uuid))
    .map((medium) => ({ ...medium, path: now.get(medium.uuid)?.path ?? medium.path }))
  if (media.length > 0) await writeAtomic(settingsPath, withMedia(text, media, moved?.from ?? folder))
}

async function freeFolder(wanted: string): Promise<string> {
  for (let number = 2, path = wanted; ; number += 1) {
    if (!(await exists(path))) return path
    path = `${wanted} ${number}`
  }
}

/** What cannot be taken away whole is in the trash's list again, with why. */
async function purge(context: SnapshotOptions, item: KeptItem): Promise<void> {
  try {
    if (item.moved === null) await purgeInPlace(context, item)
    else await remove(dirname(item.moved.to))
    await context.records.write(item.uuid, emptyRestores)
    await forgetStray(context, item.uuid)
    await context.trash.drop(item.uuid)
    context.trash.failed.delete(item.uuid)
  } catch (error) {
    context.trash.failed.set(item.uuid, errorOf(error))
    throw error
  }
}

/** A folder that holds other things too: only what VirtualBox wrote for this machine goes, and only in there. */
async function purgeInPlace(context: SnapshotOptions, item: KeptItem): Promise<void> {
  const users = await context.trash.users()
  const folder = dirname(item.settingsPath)
  const own = users.find(({ uuid }) => uuid === item.uuid)
  const others = [...users.filter(({ uuid }) => uuid !== item.uuid), ...diskUsers(context)]
  const known = await knownMedia(context)
  const isForeign = (path: string): boolean =>
    usersOfFiles(item.uuid, (file) => file === path, others, known).length > 0
  for (const medium of own?.settings.media ?? []) {
    if (medium.kind === 'disk' && isInside(medium.path, folder) && !isForeign(medium.path)) await remove(medium.path)
  }
  const states = [own?.settings, ...(own?.settings.snapshots ?? [])].flatMap((one) => one?.stateFile ?? [])
  const rest = [...states.filter((path) => isInside(path, folder)), item.settingsPath, `${item.settingsPath}-prev`]
  for (const path of rest) await remove(path)
}

async function isRegistered({ inventory }: ProviderContext, uuid: string): Promise<boolean> {
  return (await inventory.registry()).machines.has(uuid)
}

async function isUnregistered(context: ProviderContext, uuid: string): Promise<boolean> {
  return !(await isRegistered(context, uuid))
}

/** Tells that a machine is gone once the registry says so. */
async function left({ inventory }: ProviderContext, uuid: string): Promise<void> {
  await inventory.refreshRegistry()
  inventory.changed({ kind: 'removed', id: idOf(uuid) })
}

/** Goes on with what an earlier Berth began. */
export async function recoverTrash(
  context: SnapshotOptions,
  attempt: (what: string, uuid: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const item of await context.trash.list()) {
    await attempt('trash', item.uuid, async () => {
      const isIn = await isRegistered(context, item.uuid)
      switch (item.phase) {
        case 'removing':
          if (isIn) await context.trash.drop(item.uuid)
          else await putAside(context.trash, item)
          break
        case 'recovering':
          if (isIn) await context.trash.drop(item.uuid)
          else await putBack(context, item)
          break
        case 'purging':
          await purge(context, item)
          break
        case 'there':
          // Brought back by other hands, or never let go by VirtualBox.
          if (isIn && !(await exists(presentPath(item)))) await context.trash.drop(item.uuid)
          else if (isIn && item.moved !== null) await forgetStray(context, item.uuid)
          break
      }
    })
  }
}
