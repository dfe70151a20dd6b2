import { failure } from '../../../app/domain/errors.ts'
import { makeFolder } from '../../state/durable.ts'
import { look, remove, share } from '../common/files.ts'
import { explain } from '../common/images/errors.ts'
import { requireWhole } from '../common/images/offline-tags.ts'
import type { ImageInfo } from '../common/images/parse.ts'
import type { Image } from '../common/images/qemu-img.ts'
import { unstoppable } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { type Definition, imagesOf } from './definitions.ts'
import { beginJob, type JobOutcome, runJob } from './jobs.ts'
import type { Folder } from './layout.ts'
import type { Entry } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import type { Qmp } from './qmp.ts'
import { discardMemory } from './suspend.ts'

/**
 * One snapshot in all images of a machine at once, with QEMU running or not. A tag is in every image or it is no snapshot:
 * disks and firmware variables of different moments do not fit together.
 */

/** Where the memory goes: the first disk. The caller has made sure that there is one. */
function liveArguments(images: readonly Image[], tag: string): Readonly<Record<string, unknown>> {
  return { tag, vmstate: images[0]?.node, devices: images.map(({ node }) => node) }
}

export function saveLive(qmp: Qmp, images: readonly Image[], tag: string, op: Op): Promise<void> {
  return runJob(qmp, 'snapshot-save', `save-${tag}`, liveArguments(images, tag), op)
}

/** The disks alone, all at the same moment or none: QEMU holds their writes until all have the tag. */
export async function saveLiveDisks(qmp: Qmp, images: readonly Image[], tag: string, op: Op): Promise<void> {
  const actions = images.map(({ node }) => ({
    type: 'blockdev-snapshot-internal-sync',
    data: { device: node, name: tag },
  }))
  await qmp.execute('transaction', { actions }, { timeoutMs: null, op })
}

/** Leaves the job to be dismissed by the caller once its outcome is written down. */
export function loadLive(qmp: Qmp, jobId: string, images: readonly Image[], tag: string, op: Op): Promise<JobOutcome> {
  return beginJob(qmp, 'snapshot-load', jobId, liveArguments(images, tag), op)
}

/** Takes a tag out of whichever images have it. */
export async function deleteTag(
  context: ProviderContext,
  entry: Entry,
  definition: Definition,
  tag: string,
  op: Op,
): Promise<void> {
  const images = imagesOf(definition, entry.folder)
  const qmp = entry.live?.qmp
  if (qmp !== undefined && qmp !== null) {
    const args = { tag, devices: images.map(({ node }) => node) }
    await runJob(qmp, 'snapshot-delete', `delete-${tag}`, args, unstoppable(op))
  } else {
    const infos = await infosOf(context, entry, images, op)
    for (const [index, image] of images.entries()) {
      if (hasTag(infos[index], tag)) await context.images.snapshot('delete', tag, image, unstoppable(op))
    }
  }
  const states = statesOf(entry.folder, tag)
  await remove(states.memory)
  await remove(states.suspended)
}

/** Whether a tag is in all images, in some or in none. */
export async function tagPresence(
  context: ProviderContext,
  entry: Entry,
  definition: Definition,
  tag: string,
  op: Op,
): Promise<'all' | 'some' | 'none'> {
  const infos = await infosOf(context, entry, imagesOf(definition, entry.folder), op)
  const count = infos.filter((info) => hasTag(info, tag)).length
  return count === 0 ? 'none' : count === infos.length ? 'all' : 'some'
}

/** Fails with `not-found` when a tag is not in every image or not whole there, and as `qemu-img` does when one cannot be read. */
export async function checkTag(
  context: ProviderContext,
  entry: Entry,
  definition: Definition,
  tag: string,
  op: Op,
): Promise<void> {
  const presence = await tagPresence(context, entry, definition, tag, op)
  await requireWhole(imagesOf(definition, entry.folder), tag)
  if (presence === 'all') return
  const known = explain(`Snapshot '${tag}' does not exist`, tag)
  throw known ?? failure('not-found', { key: 'qemu.error.tagMissing' })
}

/** Bytes of memory that each tag keeps. */
export async function memorySizes(
  context: ProviderContext,
  entry: Entry,
  definition: Definition,
  op: Op,
): Promise<ReadonlyMap<string, number>> {
  const [first] = imagesOf(definition, entry.folder)
  if (first === undefined) return new Map()
  const info = await context.images.info(first, true, op)
  const sizes = new Map(info.snapshots.map(({ tag, memoryBytes }) => [tag, memoryBytes]))
  for (const tag of sizes.keys()) {
    const apart = await look(statesOf(entry.folder, tag).memory)
    if (apart !== null) sizes.set(tag, apart.size)
  }
  return sizes
}

/** A suspended machine's memory, kept with a snapshot of its disks. */
function statesOf(folder: Folder, tag: string): { readonly memory: string; readonly suspended: string } {
  return { memory: folder.file(`states/${tag}.bin`), suspended: folder.file(`states/${tag}.json`) }
}

/** Keeps a suspended machine's memory with a tag. What is suspended stays so. */
export async function keepSuspended(folder: Folder, tag: string): Promise<void> {
  const states = statesOf(folder, tag)
  await makeFolder(folder.file('states'))
  await share(folder.memory, states.memory)
  await share(folder.suspended, states.suspended)
}

/** The machine is suspended with the memory kept with a tag. The word comes last: it says that the memory is whole. */
export async function bringBackSuspended(
  context: Pick<ProviderContext, 'host'>,
  folder: Folder,
  tag: string,
): Promise<void> {
  const states = statesOf(folder, tag)
  await discardMemory(context, folder)
  await share(states.memory, folder.memory)
  await share(states.suspended, folder.suspended)
}

function infosOf(
  context: ProviderContext,
  entry: Entry,
  images: readonly Image[],
  op: Op,
): Promise<readonly ImageInfo[]> {
  return Promise.all(images.map((image) => context.images.info(image, entry.live !== null, op)))
}

function hasTag(info: ImageInfo | undefined, tag: string): boolean {
  return info?.snapshots.some((snapshot) => snapshot.tag === tag) ?? false
}
