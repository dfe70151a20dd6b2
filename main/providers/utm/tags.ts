import { constants } from 'node:fs'
import { copyFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { formatOf } from '../../images/chain.ts'
import { makeFolder, renameDurably, syncFile, syncTree } from '../../state/durable.ts'
import { explain } from '../common/images/errors.ts'
import { applyOffline, requireWhole, saveOffline } from '../common/images/offline-tags.ts'
import type { ImageInfo } from '../common/images/parse.ts'
import type { Image } from '../common/images/qemu-img.ts'
import { unstoppable } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { type Bundle, imagePath, ownFiles, ownImage, tpmPath, varsPath, writableDisks } from './bundle.ts'
import { utmctlArguments } from './commands.ts'
import type { Known } from './machine-registry.ts'
import { suspendTag } from './memory.ts'
import { eventMs } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { stateOf } from './states.ts'

/**
 * One snapshot of everything that a machine writes to. A tag is in every image or it is no snapshot; what is no qcow2 and
 * small (variables of the firmware, the TPM's) is copied beside it.
 */
interface Parts {
  readonly images: readonly Image[]
  readonly companions: readonly string[]
}

/** UTM tries out whether a machine can be saved with this one. */
const probeTag = 'tmp-ss-support-probe'

async function partsOf(bundle: Bundle): Promise<Parts> {
  const images: Image[] = writableDisks(bundle).flatMap((drive, index) => {
    const path = imagePath(bundle, drive)
    return path === null ? [] : [{ node: `disk${index}`, ...ownImage(path) }]
  })
  const companions: string[] = []
  const vars = varsPath(bundle)
  if (vars !== null && (await isThere(vars))) {
    // Older versions of UTM keep them raw, newer ones in a qcow2 of the same name.
    if ((await formatOf(vars)) === 'qcow2') images.push({ node: 'vars0', ...ownImage(vars) })
    else companions.push(vars)
  }
  if (await isThere(tpmPath(bundle))) companions.push(tpmPath(bundle))
  return { images, companions }
}

/** The images that a snapshot is in. */
export async function taggedImages(bundle: Bundle): Promise<readonly string[]> {
  return (await partsOf(bundle)).images.map(({ path }) => path)
}

/** Keeps a stopped machine under a tag: all of it or nothing. */
export async function saveStopped(context: ProviderContext, bundle: Bundle, tag: string, op: Op): Promise<void> {
  const { images, companions } = await partsOf(bundle)
  const folder = join(ownFiles(bundle).folder, tag)
  try {
    if (companions.length > 0) await makeFolder(folder)
    for (const path of companions) await copyFile(path, join(folder, basename(path)), constants.COPYFILE_FICLONE)
    if (companions.length > 0) await syncTree(folder)
    await saveOffline(context, images, tag, op)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Makes a stopped machine what a tag kept. Done again after it was broken off, it ends the same. */
export async function applyStopped(context: ProviderContext, bundle: Bundle, tag: string, op: Op): Promise<void> {
  const { images } = await partsOf(bundle)
  await applyOffline(context, images, tag, op)
  const folder = join(ownFiles(bundle).folder, tag)
  for (const path of [varsPath(bundle), tpmPath(bundle)]) {
    if (path === null || !(await isThere(join(folder, basename(path))))) continue
    // Whole or not at all, and never a second file where UTM tidies up.
    const fresh = join(folder, `${basename(path)}.back`)
    await copyFile(join(folder, basename(path)), fresh, constants.COPYFILE_FICLONE)
    await syncFile(fresh)
    await renameDurably(fresh, path)
  }
}

/** Keeps a running or paused machine and its memory under a tag, through UTM. */
export async function saveLive(
  context: ProviderContext,
  { observedState, bundle }: Known,
  tag: string,
  op: Op,
): Promise<void> {
  const args = utmctlArguments.snapshot('create', observedState.uuid, tag)
  const error = await context.tool.tell(args, eventMs, unstoppable(op))
  if ((await presence(context, bundle, tag, true, unstoppable(op))) === 'all') return
  throw error ?? failure('tool-failed', { key: 'utm.error.notKept' }, { hint: { key: 'utm.error.memory.hint' } })
}

/** Takes a tag out of whichever images have it, with the machine on or off. */
export async function deleteTag(
  context: ProviderContext,
  { observedState, bundle }: Known,
  tag: string,
  op: Op,
): Promise<void> {
  const isOn = stateOf(observedState.status) !== 'stopped'
  const { images } = await partsOf(bundle)
  if (isOn) {
    const error = await context.tool.tell(
      utmctlArguments.snapshot('delete', observedState.uuid, tag),
      eventMs,
      unstoppable(op),
    )
    if ((await presence(context, bundle, tag, true, unstoppable(op))) !== 'none') {
      throw error ?? failure('wrong-state', { key: 'utm.error.noEffect' })
    }
  } else {
    for (const image of images) {
      const { snapshots } = await context.images.info(image, false, unstoppable(op))
      if (snapshots.some((one) => one.tag === tag)) await context.images.snapshot('delete', tag, image, unstoppable(op))
    }
  }
  await rm(join(ownFiles(bundle).folder, tag), { recursive: true, force: true })
}

/** Fails with `not-found` when a tag is not in every image or not whole there, and as `qemu-img` does when one cannot be read. */
export async function checkTag(
  context: ProviderContext,
  { observedState, bundle }: Known,
  tag: string,
  op: Op,
): Promise<void> {
  if ((await presence(context, bundle, tag, stateOf(observedState.status) !== 'stopped', op)) === 'all') {
    return requireWhole((await partsOf(bundle)).images, tag)
  }
  const known = explain(`Snapshot '${tag}' does not exist`, tag)
  throw known ?? failure('not-found', { key: 'qemu.error.tagMissing' })
}

/** Whether a tag is in all images, in some or in none. `isOn`: they are being written to. */
export async function presence(
  context: ProviderContext,
  bundle: Bundle,
  tag: string,
  isOn: boolean,
  op: Op,
): Promise<'all' | 'some' | 'none'> {
  const infos = await infosOf(context, bundle, isOn, op)
  const count = infos.filter(({ snapshots }) => snapshots.some((one) => one.tag === tag)).length
  return count === 0 ? 'none' : count === infos.length ? 'all' : 'some'
}

/** A tag that is in every image. */
export interface FoundTag {
  readonly tag: string
  readonly takenAt: string
  readonly memoryBytes: number
}

/** Every tag that is in all images, UTM's own uses left out, whether or not somebody writes to them meanwhile. */
export async function foundTags(context: ProviderContext, bundle: Bundle, op: Op): Promise<readonly FoundTag[]> {
  const [first, ...rest] = await infosOf(context, bundle, true, op)
  return (first?.snapshots ?? [])
    .filter(({ tag }) => tag !== suspendTag && tag !== probeTag)
    .filter(({ tag }) => rest.every(({ snapshots }) => snapshots.some((other) => other.tag === tag)))
    .map(({ tag, takenAt, memoryBytes }) => ({
      tag,
      takenAt,
      memoryBytes: Math.max(
        memoryBytes,
        ...rest.map((info) => info.snapshots.find((one) => one.tag === tag)?.memoryBytes ?? 0),
      ),
    }))
}

async function infosOf(context: ProviderContext, bundle: Bundle, isOn: boolean, op: Op): Promise<readonly ImageInfo[]> {
  const { images } = await partsOf(bundle)
  return Promise.all(images.map((image) => context.images.info(image, isOn, op)))
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
