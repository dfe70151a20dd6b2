import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { RestoreRecord, Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { Text } from '../../../app/messages/text.ts'
import { quietOp } from '../common/op.ts'
import type { Op, SnapshotOps } from '../provider.ts'
import * as commands from './commands.ts'
import { commitContainer } from './commit.ts'
import { attempt, type Engine, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type ImageDefaults, type Inspected, mountsOf, parseImages } from './inspect.ts'
import type { RestoreEntry } from './journal.ts'
import type { Fields } from './json.ts'
import { hasName, keptImage, machineLabel, newHandle, snapshotImage, snapshotLabel } from './naming.ts'
import { type ProviderContext, type Target, targetOf } from './provider-context.ts'
import type { Restores } from './restore.ts'
import { type SnapshotLabel, unpackLabel } from './snapshot-label.ts'

const keptPrefix = 'kept-'

/** A snapshot as the engine has it. */
export interface StoredSnapshot {
  readonly label: SnapshotLabel
  readonly image: ImageDefaults
  /** The name its image goes by. */
  readonly reference: string
}

export function createSnapshots(context: ProviderContext, restores: Restores): SnapshotOps {
  const { endpoints, journal } = context

  /** What the present state came from: the last snapshot taken of this very container, else the one it was made from. */
  const currentOf = (id: MachineId, stored: readonly StoredSnapshot[], { container }: Inspected): SnapshotId | null => {
    const taken = stored.filter(({ label }) => label.containerId === container.id)
    const newest = taken.sort((a, b) => (a.label.createdAt < b.label.createdAt ? 1 : -1))[0]
    const origin = newest ?? stored.find(({ image }) => image.id === container.imageId)
    const parentId = journal.machine(id)?.parentId ?? null
    return origin?.label.id ?? (stored.some(({ label }) => label.id === parentId) ? parentId : null)
  }

  /** What compose does with its container after a restore, and with a copy that an earlier Berth left in its hands. */
  const restoreNoticeOf = (id: MachineId, { container }: Inspected): Text | null => {
    const project = container.composeProject
    if (project === '') return null
    const { model } = endpoints.followerOf(id)
    const isExposed = (journal.machine(id)?.restores ?? []).some(
      ({ swap, keptId }) => swap === null && (model.get(keptId)?.composeProject ?? '') !== '',
    )
    return { key: isExposed ? 'docker.restore.composeCopy' : 'docker.restore.compose', params: { project } }
  }

  const find = async (id: MachineId, snapshotId: SnapshotId, op: Op): Promise<StoredSnapshot> => {
    const stored = (await readSnapshots(context, id, op)).find(({ label }) => label.id === snapshotId)
    if (stored === undefined) throw failure('not-found', { key: 'docker.snapshot.gone' })
    return stored
  }

  const take = async (
    id: MachineId,
    target: Target,
    inspected: Inspected,
    request: { readonly name: string; readonly description: string; readonly parentId: SnapshotId | null },
    op: Op,
  ): Promise<SnapshotId> => {
    const stored = await readSnapshots(context, id, op)
    const parent = stored.find(({ label }) => label.id === request.parentId)
    const handle = newHandle()
    const { name, description } = request
    const ancestors = parent === undefined ? [] : [parent.label.id, ...parent.label.ancestors]
    const reference = snapshotImage(handle)
    await commitContainer(context, target, id, inspected, { handle, reference, name, description, ancestors }, op)
    // An exit code alone proves nothing.
    await find(id, handle, op)
    endpoints.emit({ kind: 'snapshots', id })
    return handle
  }

  return {
    async tree(id, op) {
      const [stored, inspected] = await Promise.all([readSnapshots(context, id, op), endpoints.inspect(id, op)])
      const entry = journal.machine(id)
      // What is shown then is the newest copy: the container itself was removed outside.
      const isStandIn = entry !== null && inspected.container.id !== entry.currentId
      return treeOf(
        stored,
        { entries: entry?.restores ?? [], isStandIn },
        currentOf(id, stored, inspected),
        { notice: noticeOf(inspected.raw), restoreNotice: restoreNoticeOf(id, inspected) },
        (handle) => journal.edit(handle),
      )
    },

    async take(id, { name, description }, op) {
      const target = targetOf(context, id)
      const inspected = await endpoints.inspect(id, op)
      const parentId = currentOf(id, await readSnapshots(context, id, op), inspected)
      op.progress({ text: { key: 'docker.step.commit' }, fraction: null })
      return take(id, target, inspected, { name, description, parentId }, op)
    },

    async edit(id, snapshotId, change, op) {
      await find(id, snapshotId, op)
      await journal.setEdit(snapshotId, change)
      endpoints.emit({ kind: 'snapshots', id })
    },

    async delete(id, snapshotId, op) {
      const { label } = await find(id, snapshotId, op)
      const target = targetOf(context, id)
      await deleteSnapshot(context, target, label.id, op)
      endpoints.emit({ kind: 'snapshots', id })
    },

    async restore(id, snapshotId, op) {
      const stored = await find(id, snapshotId, op)
      const name = journal.edit(snapshotId)?.name ?? stored.label.name
      const present = await endpoints.inspect(id, op)
      const keptParentId = currentOf(id, await readSnapshots(context, id, op), present)
      await restores.restore(id, { stored, name, keptParentId }, op)
    },

    async undo(id, restoreId, op) {
      const present = await endpoints.inspect(id, op)
      const keptParentId = currentOf(id, await readSnapshots(context, id, op), present)
      await restores.undo(id, restoreId, keptParentId, op)
    },

    async keep(id, restoreId, name, op) {
      const restore = restores.find(id, restoreId)
      await restores.refuseOnlyCopy(id, restore, op)
      const target = targetOf(context, id)
      if (restore.keptImage !== null) {
        // The image has all that a snapshot has, but for its tag and its name.
        await target.run(commands.tag(keptImage(restore.keptImage), snapshotImage(restore.keptImage)), op)
        await journal.setEdit(restore.keptImage, { name, description: '' })
      } else {
        const inspected = await restores.inspectKept(id, restore, op)
        await take(id, target, inspected, { name, description: '', parentId: restore.keptParentId }, op)
      }
      await restores.letGo(id, restoreId, op)
    },

    letGo: restores.letGo,
  }
}

/** All snapshots of a machine the engine has. */
export async function readSnapshots(
  context: ProviderContext,
  id: MachineId,
  op: Op,
): Promise<readonly StoredSnapshot[]> {
  const { engine } = targetOf(context, id)
  const key = id.slice(id.lastIndexOf('/') + 1)
  const found = await snapshotsAmong(context, engine, [`label=${machineLabel}=${key}`], op)
  if (found.length > 0) context.endpoints.followerOf(id).snapshotMachines.add(key)
  return found
}

/**
 * The snapshots among an engine's images: those that carry both our label and our name. A copy kept for an undo that no record
 * knows any more is one as well.
 */
export async function snapshotsAmong(
  { host, journal }: Pick<ProviderContext, 'host' | 'journal'>,
  engine: Engine,
  filters: readonly string[],
  op: Op,
): Promise<readonly StoredSnapshot[]> {
  const said = await run(host, engine, commands.imageIds(filters), op)
  const ids = [...new Set(said.split('\n').filter((line) => line !== ''))]
  if (ids.length === 0) return []
  // One deleted meanwhile is missing from the answer, and makes the exit code 1.
  const result = await attempt(host, engine, commands.imageInspect(ids), op)
  const images = parseImages(result.stdout)
  if (images.length === 0 && result.exitCode !== 0) {
    const problem = engineFailure(result, engine.product)
    if (problem.error.code !== 'not-found') throw problem
  }
  return images.flatMap((image) => {
    const label = unpackLabel(image.labels[snapshotLabel] ?? '')
    if (label === null) return []
    const isLeft = journal.isAbandoned(engine.endpointId, 'kept', label.id)
    // The copy of a restore that was taken back while it was being made.
    if (isLeft && hasName(image.tags, keptImage(label.id))) {
      void removeName({ host }, { engine }, keptImage(label.id), quietOp).catch((error: unknown) => {
        host.log.warn('docker.leftover', { image: keptImage(label.id), error: errorOf(error) })
      })
    }
    const isSnapshot = !isLeft && !journal.isKeptImage(label.id)
    const names = [snapshotImage(label.id), ...(isSnapshot ? [keptImage(label.id)] : [])]
    const reference = names.find((name) => hasName(image.tags, name))
    return reference === undefined ? [] : [{ label, image, reference }]
  })
}

/** Takes the snapshot's name off its image: what other snapshots or a container still need of it stays until they go. */
export async function deleteSnapshot(context: ProviderContext, target: Target, handle: string, op: Op): Promise<void> {
  await removeName(context, target, snapshotImage(handle), op)
  if (!context.journal.isKeptImage(handle)) await removeName(context, target, keptImage(handle), op)
  if (context.journal.edit(handle) !== null) await context.journal.noteNoEdit(handle)
}

/** Takes a name off an image. What is not there any more is gone all the same. */
export async function removeName(
  { host }: Pick<ProviderContext, 'host'>,
  { engine }: Pick<Target, 'engine'>,
  name: string,
  op: Op,
): Promise<void> {
  const result = await attempt(host, engine, commands.untag(name), op)
  if (result.exitCode === 0) return
  const problem = engineFailure(result, engine.product)
  // A container was made from it: the name goes, the layers stay as long as the container does.
  if (problem.error.code === 'in-use') await run(host, engine, commands.untagUsed(engine.flavour, name), op)
  else if (problem.error.code !== 'not-found') throw problem
}

/** The tree as the window shows it: snapshots, and the kept copies among them. */
export function treeOf(
  stored: readonly StoredSnapshot[],
  restores: { readonly entries: readonly RestoreEntry[]; readonly isStandIn: boolean },
  currentId: SnapshotId | null,
  notices: Pick<SnapshotTree, 'notice' | 'restoreNotice'>,
  edit: (handle: string) => { readonly name: string; readonly description: string } | null,
): SnapshotTree {
  const known = new Set(stored.map(({ label }) => label.id))
  const snapshots = stored.map(({ label, image }): Snapshot => {
    const { name, description } = edit(label.id) ?? label
    return {
      id: label.id,
      name,
      description,
      parentId: label.ancestors.find((ancestor) => known.has(ancestor)) ?? null,
      createdAt: label.createdAt,
      hasMemory: false,
      sizeBytes: Math.max(0, image.sizeBytes - label.baseBytes),
      keptForUndo: false,
    }
  })
  const kept = restores.entries
    .filter((restore) => restore.swap === null)
    .map(
      (restore): Snapshot => ({
        id: keptId(restore),
        name: keptName(restore),
        description: '',
        parentId: restore.keptParentId !== null && known.has(restore.keptParentId) ? restore.keptParentId : null,
        createdAt: restore.keptAt,
        hasMemory: false,
        sizeBytes: restore.keptBytes,
        keptForUndo: true,
      }),
    )
  return {
    snapshots: [...snapshots, ...kept],
    currentId,
    restores: restores.entries.map((entry) => recordOf(entry, restores.isStandIn)),
    ...notices,
  }
}

function recordOf(restore: RestoreEntry, isOnlyCopy: boolean): RestoreRecord {
  const { id, direction, state, snapshotId, snapshotName, keptAt, keptBytes } = restore
  return { id, direction, state, snapshotId, snapshotName, keptId: keptId(restore), keptAt, keptBytes, isOnlyCopy }
}

function keptId(restore: RestoreEntry): SnapshotId {
  return `${keptPrefix}${restore.id}`
}

/** A kept copy's name is the moment it holds, which needs no language. */
export function keptName(restore: Pick<RestoreEntry, 'keptAt'>): string {
  return restore.keptAt.slice(0, 19).replace('T', ' ')
}

/** Volumes and folders of the host live outside the container: no snapshot of ours holds them. */
function noticeOf(raw: Fields): Text {
  const outside = mountsOf(raw).filter((mount) => mount.type === 'volume' || mount.type === 'bind')
  if (outside.length === 0) return { key: 'docker.snapshot.noVolumes' }
  const targets = outside.map((mount) => mount.target).join(', ')
  return { key: 'docker.snapshot.volumes', params: { count: outside.length, targets } }
}
