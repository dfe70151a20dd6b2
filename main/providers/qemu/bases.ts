import { randomUUID } from 'node:crypto'
import { chmod, link } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { makeFolder, renameDurably, syncFile, syncFolder, syncTree } from '../../state/durable.ts'
import { diskUse, look, move, names, readJson, remove, writeJson } from '../common/files.ts'
import type { Image } from '../common/images/qemu-img.ts'
import type { Op } from '../provider.ts'
import { type Definition, readDefinition } from './definitions.ts'
import { baseFile, baseReference, type Folder } from './layout.ts'
import type { Entry } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'

/**
 * Disks that nobody writes to any more and linked clones stand on. A base lives as long as a machine, in the list or in the
 * trash, names it; nothing else decides.
 */

const baseSchema = z.object({
  version: z.literal(1),
  /** The snapshot it was copied from, so that the next clone of it needs no copy; null for a machine's former disk. */
  source: z.object({ uuid: z.string(), tag: z.string() }).nullable(),
})

/**
 * Turns a stopped machine's own disk into a base and lets the machine go on with an empty disk on top. Both names stand for
 * the same bytes until the new disk takes the old one's place in one step, so that the machine has its disk at any moment.
 */
export async function freezeDisk(
  context: ProviderContext,
  entry: Entry,
  definition: Definition,
  image: Image,
  op: Op,
): Promise<Definition> {
  const baseId = newBase(context)
  const folder = context.layout.base(baseId)
  const frozen: Definition = { ...definition, bases: [...definition.bases, baseId] }
  await makeFolder(folder)
  await writeJson(join(folder, 'base.json'), { version: 1, source: null })
  try {
    await link(image.path, join(folder, baseFile))
    await syncFile(image.path)
    await syncFolder(folder)
  } catch (error) {
    await remove(folder)
    throw failure('unsupported', { key: 'qemu.error.noLink' }, { detail: String(error), cause: error })
  }
  const next = entry.folder.file(freezingFile)
  try {
    await remove(next)
    await context.images.createLinked(next, baseReference(baseId), op)
    await syncFile(next)
    await context.registry.save(entry, frozen)
    await renameDurably(next, image.path)
  } catch (error) {
    await remove(next)
    await context.registry.save(entry, definition)
    await remove(folder)
    throw error
  }
  await chmod(join(folder, baseFile), 0o400)
  return frozen
}

/** The base that holds a snapshot's disk: the one there is, or a new copy. */
export async function baseOfSnapshot(
  context: ProviderContext,
  entry: Entry,
  image: Image,
  tag: string,
  op: Op,
): Promise<string> {
  for (const baseId of await names(context.layout.bases)) {
    const about = await readJson(join(context.layout.base(baseId), 'base.json'), baseSchema).catch(() => null)
    if (about?.source?.uuid !== entry.uuid || about.source.tag !== tag) continue
    context.pinnedBases.add(baseId)
    return baseId
  }
  const baseId = newBase(context)
  const staged = context.layout.staged(baseId)
  await makeFolder(staged.path)
  try {
    await context.images.copy(image, staged.file(baseFile), tag, { key: 'kept.step.copy' }, op)
    await writeJson(staged.file('base.json'), { version: 1, source: { uuid: entry.uuid, tag } })
    await chmod(staged.file(baseFile), 0o400)
    await syncTree(staged.path)
    await move(staged.path, context.layout.base(baseId))
  } catch (error) {
    await remove(staged.path)
    throw error
  }
  return baseId
}

/** Makes a disk on top of a base in a machine's folder. */
export async function linkDisk(
  context: ProviderContext,
  folder: Folder,
  file: string,
  baseId: string,
  op: Op,
): Promise<void> {
  await context.images.createLinked(folder.file(file), baseReference(baseId), op)
}

/** Bytes that would be free without this machine: its folder and the bases that only it stands on. */
export async function freedBytes(context: ProviderContext, folder: Folder): Promise<number> {
  const definition = await readDefinition(folder).catch(() => null)
  const bases = definition?.bases ?? []
  // Every machine's definition is read to tell: not for the many that stand on none.
  const others = bases.length === 0 ? null : await usedBases(context, folder)
  const alone = others === null ? [] : bases.filter((baseId) => !others.has(baseId))
  const sizes = await Promise.all([folder.path, ...alone.map(context.layout.base)].map(diskUse))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/**
 * Removes bases that no machine names. Nothing is removed while one machine's definition is missing or unreadable: its disk may
 * stand on any of them.
 */
export async function removeUnusedBases(context: ProviderContext): Promise<void> {
  const bases = await names(context.layout.bases)
  const used = bases.length === 0 ? null : await usedBases(context, null)
  if (used === null) return
  for (const baseId of bases) {
    if (used.has(baseId) || context.pinnedBases.has(baseId)) continue
    context.host.log.info('qemu.base.removed', { baseId })
    await remove(context.layout.base(baseId))
  }
}

/** The disk that takes the place of one that becomes a base. */
export const freezingFile = 'disk0.new.qcow2'

/** A disk that was about to become a base when Berth ended: still the machine's own, so the second name goes. */
export async function unfreezeDisk(context: ProviderContext, entry: Entry, definition: Definition): Promise<void> {
  await remove(entry.folder.file(freezingFile))
  const last = definition.bases.at(-1)
  const [disk] = definition.disks
  if (last === undefined || disk === undefined) return
  const path = join(context.layout.base(last), baseFile)
  const [own, base] = await Promise.all([look(entry.folder.file(disk.file)).catch(() => null), look(path)])
  if (own === null || base === null || own.ino !== base.ino || own.dev !== base.dev) return
  await context.registry.save(entry, { ...definition, bases: definition.bases.slice(0, -1) })
  await remove(dirname(path))
}

/** Bases named by any machine but `except`; null when that cannot be told. */
async function usedBases(context: ProviderContext, except: Folder | null): Promise<ReadonlySet<string> | null> {
  const { layout } = context
  const machines = [
    ...(await machineNames(layout.machines)).map(layout.machine),
    ...(await machineNames(layout.trash)).map(layout.removed),
  ]
  // A machine being made has no definition yet; the base it will stand on is pinned.
  const staged = (await machineNames(layout.staging)).map(layout.staged)
  const used = new Set<string>()
  for (const folder of [...machines, ...staged]) {
    if (folder.path === except?.path) continue
    const definition = await readDefinition(folder).catch(() => null)
    if (definition === null && !staged.includes(folder)) return null
    for (const baseId of definition?.bases ?? []) used.add(baseId)
  }
  return used
}

/** Names of folders that hold a machine. What a system or a person leaves beside them is none. */
async function machineNames(folder: string): Promise<readonly string[]> {
  return (await names(folder)).filter((name) => /^[0-9a-f-]{36}$/.test(name))
}

/** Pinned until the clone it is for names it, or has failed: the caller unpins it. */
function newBase(context: ProviderContext): string {
  const baseId = randomUUID()
  context.pinnedBases.add(baseId)
  return baseId
}
