import { randomUUID } from 'node:crypto'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { throwIfCancelled } from '../common/op.ts'
import { findSnapshot } from '../common/snapshot-tree.ts'
import type { CloneOps, Op } from '../provider.ts'
import { baseOfSnapshot, freezeDisk, linkDisk } from './bases.ts'
import { type Definition, type Disk, imagesOf, isInPlace, macOf, writeDefinition } from './definitions.ts'
import type { Folder } from './layout.ts'
import { varsFile } from './layout.ts'
import type { Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { presentSize, withPresentSizes } from './sizes.ts'
import { trees } from './snapshot-store.ts'
import { makeMachine } from './staging.ts'
import { checkTag } from './tags.ts'

type Request = Parameters<CloneOps['clone']>[1]

export function createClone(context: ProviderContext): CloneOps {
  return { clone: async (id, request, op) => clone(context, await context.registry.get(id), request, op) }
}

/**
 * A new machine with the disks of the present or of a snapshot. It starts from its firmware: a memory belongs to one machine
 * and its network address.
 */
async function clone(context: ProviderContext, known: Known, request: Request, op: Op): Promise<MachineId> {
  const { entry, definition } = known
  if (entry.live !== null) throw failure('wrong-state', { key: 'kept.why.cloneRunning' })
  throwIfCancelled(op)
  const tag =
    request.snapshotId === null ? null : findSnapshot(await trees.read(entry.folder.snapshots), request.snapshotId).id
  if (tag !== null) await checkTag(context, entry, definition, tag, op)
  const uuid = randomUUID()
  const own: Definition = {
    ...definition,
    uuid,
    name: request.name,
    createdAt: context.host.now().toISOString(),
    mac: macOf(uuid),
    disks: [],
    bases: [],
  }
  return context.registry.withTransientState(entry, context.registry.machine(entry).state, () =>
    request.mode === 'full'
      ? makeMachine(context, uuid, (folder) => copyInto(context, known, folder, own, tag, op), op)
      : makeMachine(context, uuid, (folder) => linkInto(context, known, folder, own, tag, op), op),
  )
}

async function copyInto(
  context: ProviderContext,
  { entry, definition }: Known,
  folder: Folder,
  own: Definition,
  tag: string | null,
  op: Op,
): Promise<Definition> {
  await copyVars(context, { entry, definition }, folder, tag, op)
  const disks: Disk[] = []
  for (const [index, disk] of definition.disks.entries()) {
    const image = imagesOf(definition, entry.folder)[index]
    if (image === undefined) continue
    const file = `disk${index}.qcow2`
    await context.images.copy(image, folder.file(file), tag, { key: 'kept.step.copy' }, op)
    const copied: Disk = { file, format: 'qcow2', sizeBytes: disk.sizeBytes, allowed: null }
    disks.push({ ...copied, sizeBytes: await presentSize(copied, folder.file(file)) })
  }
  return { ...own, disks }
}

/**
 * The clone's disk holds only what differs from a base that is never written to again. From a snapshot the base is a copy of
 * it, made once for all its clones. From the present it is the machine's disk itself, which has to be free of snapshots:
 * they are inside that file and would stay behind with it.
 */
async function linkInto(
  context: ProviderContext,
  known: Known,
  folder: Folder,
  own: Definition,
  tag: string | null,
  op: Op,
): Promise<Definition> {
  const { entry, definition } = known
  const [disk, ...rest] = definition.disks
  const [image] = imagesOf(definition, entry.folder)
  if (disk === undefined || image === undefined || rest.length > 0 || disk.format !== 'qcow2') {
    throw failure('unsupported', { key: 'qemu.error.linkDisk' })
  }
  await copyVars(context, known, folder, tag, op)
  const file = 'disk0.qcow2'
  const sizeBytes = await presentSize(disk, image.path)
  const disks: Disk[] = [{ file, format: 'qcow2', sizeBytes, allowed: null }]
  if (tag !== null) {
    const baseId = await baseOfSnapshot(context, entry, image, tag, op)
    const linked = { ...own, disks, bases: [baseId] }
    await linkDisk(context, folder, file, baseId, op)
    return named(context, folder, await withPresentSizes(linked, folder))
  }
  if (isInPlace(disk)) throw failure('unsupported', { key: 'qemu.error.linkInPlace' })
  const { snapshots } = await context.images.info(image, false, op)
  if (snapshots.length > 0) throw failure('unsupported', { key: 'qemu.error.linkSnapshots' })
  throwIfCancelled(op)
  // A base a crash leaves without its clone is the machine's own by then, and stays.
  const frozen = await freezeDisk(context, entry, definition, image, op)
  await linkDisk(context, folder, file, frozen.bases.at(-1) ?? '', op)
  return named(context, folder, { ...own, disks, bases: frozen.bases })
}

/** From here on a machine's own file names the bases, so nothing else has to keep them. */
async function named(context: ProviderContext, folder: Folder, definition: Definition): Promise<Definition> {
  await writeDefinition(folder, definition)
  for (const baseId of definition.bases) context.pinnedBases.delete(baseId)
  return definition
}

async function copyVars(
  context: ProviderContext,
  known: Known,
  folder: Folder,
  tag: string | null,
  op: Op,
): Promise<void> {
  if (known.definition.firmware.kind === 'bios') return
  const path = known.entry.folder.file(varsFile)
  await context.images.copy(
    { path, format: 'qcow2', allowed: [] },
    folder.file(varsFile),
    tag,
    { key: 'qemu.step.firmware' },
    op,
  )
}
