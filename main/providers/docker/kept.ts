import type { MachineId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { imageOf, ownLabels, rawOf } from './commit.ts'
import { inspectOne } from './containers.ts'
import { attempt, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type ImageDefaults, type Inspected, mountsOf, parseImages } from './inspect.ts'
import type { RestoreEntry } from './journal.ts'
import { fieldsOf } from './json.ts'
import { asideName, keptImage, parseAsideName, snapshotLabel } from './naming.ts'
import { parsePs } from './parse.ts'
import { isDown } from './power.ts'
import { type ProviderContext, type Target, targetOf } from './provider-context.ts'
import { unpackLabel } from './snapshot-label.ts'
import { removeName, type StoredSnapshot } from './snapshots.ts'

/**
 * Whether a container is kept as an image. Compose and other tools find, start and delete what is theirs by its labels, which
 * cannot be taken off a container; nor can podman's restart policy, in its older versions.
 */
export async function isKeptAsImage(
  context: ProviderContext,
  target: Target,
  { container, raw }: Inspected,
  op: Op,
): Promise<boolean> {
  if (target.engine.flavour === 'podman' && container.restart !== 'no') return true
  const base = await imageOf(context, target, container.imageId, op)
  return Object.keys(ownLabels(raw, base)).length > 0
}

/** How many layers an image of Docker's own store can have: a container of one with so many runs, and cannot be committed. */
const maxLayers = 125

/** Whether a container of this image can be committed no more. Other stores have limits of their own, which the engine says. */
export function hasAllLayers({ storageDriver, layerCount }: ImageDefaults): boolean {
  return storageDriver === 'overlay2' && layerCount >= maxLayers
}

/** A copy that is an image; null when it is gone. */
export async function readKeptImage(
  context: ProviderContext,
  { engine }: Target,
  handle: string,
  op: Op,
): Promise<StoredSnapshot | null> {
  const reference = keptImage(handle)
  const result = await attempt(context.host, engine, commands.imageInspect([reference]), op)
  const [image] = parseImages(result.stdout)
  if (image === undefined) {
    const problem = engineFailure(result, engine.product)
    if (problem.error.code === 'not-found') return null
    throw problem
  }
  const label = unpackLabel(image.labels[snapshotLabel] ?? '')
  return label === null ? null : { label, image, reference }
}

/**
 * Does what a swap left for afterwards, from any point of it: the copied container gives way to a holder of its volumes and image,
 * and a copy that was gone back to is removed. Nothing is lost by a failure; it is done again at the next occasion.
 */
export async function finishKeeping(context: ProviderContext, id: MachineId, restoreId: string, op: Op): Promise<void> {
  const { host, journal } = context
  const target = targetOf(context, id)
  const read = (): RestoreEntry | undefined => journal.machine(id)?.restores.find((item) => item.id === restoreId)
  const note = async (change: Partial<RestoreEntry>): Promise<void> => {
    const entry = journal.machine(id)
    if (entry === null) return
    const restores = entry.restores.map((item) => (item.id === restoreId ? { ...item, ...change } : item))
    await journal.noteMachine(id, { ...entry, restores })
  }

  const replaceCopied = async ({ copied, keptId, keptImage: handle }: RestoreEntry): Promise<void> => {
    if (copied === null || handle === null) return
    const stored = await readKeptImage(context, target, handle, op)
    const original = await inspectOne(host, target.engine, copied.id, op)
    const isOlder =
      original !== null && (original.container.finishedAt !== copied.finishedAt || !isDown(original.container))
    if (original !== null && (stored === null || isOlder)) {
      // Somebody started it meanwhile: it knows more than its image, so it is the copy itself.
      await note({ keptId: copied.id, keptImage: null, copied: null })
      if (keptId !== copied.id) await removeContainer(context, target, keptId, op)
      await removeName(context, target, keptImage(handle), op)
      return
    }
    if (stored !== null && keptId === copied.id) await note({ keptId: await makeHolder(context, target, stored, op) })
    // Never with its volumes: they are the present container's too.
    if (original !== null) await target.run(commands.remove(copied.id), op)
    await note({ copied: null })
  }

  const restore = read()
  if (restore === undefined || restore.swap !== null) return
  await replaceCopied(restore)
  const used = read()?.used ?? null
  if (used === null) return
  await removeContainer(context, target, used.holderId, op)
  await removeName(context, target, keptImage(used.image), op)
  await note({ used: null })
}

/** Removes what is kept of a restore, never its volumes. What is not there any more is gone all the same. */
export async function discardKept(
  context: ProviderContext,
  target: Target,
  { keptId, keptImage: handle, copied, used }: RestoreEntry,
  op: Op,
  how: { readonly force: boolean } = { force: false },
): Promise<void> {
  const containers = [keptId, copied?.id, used?.holderId].filter((id) => id !== undefined)
  for (const id of new Set(containers)) await removeContainer(context, target, id, op, how.force)
  for (const image of [handle, used?.image ?? null]) {
    if (image !== null) await removeName(context, target, keptImage(image), op)
  }
}

/**
 * A container that cannot be started, without labels that mean anything. It keeps the copy's nameless volumes from going with the
 * present container, and its image from `docker image prune --all`.
 */
async function makeHolder(context: ProviderContext, target: Target, stored: StoredSnapshot, op: Op): Promise<string> {
  const { label, image, reference } = stored
  const raw = rawOf(stored)
  const ownName = label.container.Name.replace(/^\//, '')
  const name = asideName('kept', label.id, parseAsideName(ownName)?.name ?? ownName)
  const listed = await attempt(context.host, target.engine, commands.psNamed(name), op)
  // Made by a Berth that ended before it said so.
  const made = parsePs(listed.stdout).rows.find((row) => row.name === name)
  if (made !== undefined) return made.id
  const volumes = mountsOf(raw).filter((mount) => mount.type === 'volume')
  const held = new Set(volumes.map((mount) => mount.target))
  const declared = Object.keys(fieldsOf(image.config['Volumes'])).filter((path) => !held.has(path))
  const mounts = [
    ...volumes.flatMap((mount) => ['--volume', `${mount.source}:${mount.target}:nocopy`]),
    // Otherwise each would get a nameless volume of its own.
    ...declared.flatMap((path) => ['--tmpfs', path]),
  ]
  const said = await run(context.host, target.engine, commands.createHolder(name, reference, mounts), op)
  return said.trim().split('\n').at(-1) ?? ''
}

async function removeContainer(
  context: ProviderContext,
  target: Target,
  id: string,
  op: Op,
  force = false,
): Promise<void> {
  if ((await inspectOne(context.host, target.engine, id, op)) === null) return
  await target.run((force ? commands.removeByForce : commands.remove)(id), op)
}
