import { failure } from '../../../app/domain/errors.ts'
import type { MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { RestoreRecord, Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Host, Op, SnapshotOps } from '../provider.ts'
import * as commands from './commands.ts'
import { attempt, type Engine, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type ImageDefaults, type Inspected, mountsOf, parseImages } from './inspect.ts'
import type { RestoreEntry } from './journal.ts'
import { type Fields, fieldsOf, listOf } from './json.ts'
import { hasSnapshotTag, machineLabel, newHandle, snapshotImage, snapshotLabel } from './naming.ts'
import { commitFlags } from './podman.ts'
import type { Restores } from './restore.ts'
import { packLabel, type SnapshotLabel, unpackLabel } from './snapshot-label.ts'
import { type DockerWorld, type Target, targetOf } from './world.ts'

/** Copying a large container takes as long as its writes. */
const commitMs = 2 * 3_600_000
/** Docker's longest instruction is 65,535 bytes long. */
const maxLabelCharacters = 65_000
const keptPrefix = 'kept-'

/** A snapshot as the engine has it. */
export interface StoredSnapshot {
  readonly label: SnapshotLabel
  readonly image: ImageDefaults
}

export function createSnapshots(world: DockerWorld, restores: Restores): SnapshotOps {
  const { endpoints, journal } = world

  /** What the present state came from: the last snapshot taken of this very container, else the one it was made from. */
  const currentOf = (stored: readonly StoredSnapshot[], { container }: Inspected): SnapshotId | null => {
    const taken = stored.filter(({ label }) => label.containerId === container.id)
    const newest = taken.sort((a, b) => (a.label.createdAt < b.label.createdAt ? 1 : -1))[0]
    return (newest ?? stored.find(({ image }) => image.id === container.imageId))?.label.id ?? null
  }

  const find = async (id: MachineId, snapshotId: SnapshotId, op: Op): Promise<StoredSnapshot> => {
    const stored = (await readSnapshots(world, id, op)).find(({ label }) => label.id === snapshotId)
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
    const stored = await readSnapshots(world, id, op)
    const parent = stored.find(({ label }) => label.id === request.parentId)
    const handle = newHandle()
    const label: SnapshotLabel = {
      version: 1,
      id: handle,
      name: request.name,
      description: request.description,
      ancestors: parent === undefined ? [] : [parent.label.id, ...parent.label.ancestors],
      createdAt: world.host.now().toISOString(),
      containerId: inspected.container.id,
      image: inspected.container.image,
      baseBytes: await sizeOfImage(world, target, inspected.container.imageId, op),
      container: configurationOf(inspected.raw),
    }
    const key = id.slice(id.lastIndexOf('/') + 1)
    const packed = packLabel(label)
    if (packed.length > maxLabelCharacters) {
      throw failure(
        'unsupported',
        { key: 'docker.snapshot.settingsTooLarge', params: { name: inspected.container.name } },
        { hint: { key: 'docker.snapshot.settingsTooLarge.hint' } },
      )
    }
    await target.run(
      commands.commit(inspected.container.id, snapshotImage(handle), {
        flags: commitFlags(target.engine),
        // For those who meet the image outside Berth; never read back.
        message: request.name,
        labels: { [machineLabel]: key, [snapshotLabel]: packed },
      }),
      op,
      { timeoutMs: commitMs },
    )
    // An exit code alone proves nothing.
    await find(id, handle, op)
    endpoints.emit({ kind: 'snapshots', id })
    return handle
  }

  return {
    async tree(id, op) {
      const [stored, inspected] = await Promise.all([readSnapshots(world, id, op), endpoints.inspect(id, op)])
      const entry = journal.machine(id)
      // What is shown then is the newest copy: the container itself was removed outside.
      const isStandIn = entry !== null && inspected.container.id !== entry.currentId
      return treeOf(
        stored,
        { entries: entry?.restores ?? [], isStandIn },
        currentOf(stored, inspected),
        noticeOf(inspected.raw),
        (handle) => journal.edit(handle),
      )
    },

    async take(id, { name, description }, op) {
      const target = targetOf(world, id)
      const inspected = await endpoints.inspect(id, op)
      const parentId = currentOf(await readSnapshots(world, id, op), inspected)
      return take(id, target, inspected, { name, description, parentId }, op)
    },

    async edit(id, snapshotId, change, op) {
      await find(id, snapshotId, op)
      await journal.setEdit(snapshotId, change)
      endpoints.emit({ kind: 'snapshots', id })
    },

    async delete(id, snapshotId, op) {
      const { label } = await find(id, snapshotId, op)
      const target = targetOf(world, id)
      await deleteSnapshot(world, target, label.id, op)
      endpoints.emit({ kind: 'snapshots', id })
    },

    async restore(id, snapshotId, op) {
      const stored = await find(id, snapshotId, op)
      const name = journal.edit(snapshotId)?.name ?? stored.label.name
      const present = await endpoints.inspect(id, op)
      const keptParentId = currentOf(await readSnapshots(world, id, op), present)
      await restores.restore(id, { stored, name, keptParentId }, op)
    },

    undo: restores.undo,

    async keep(id, restoreId, op) {
      const restore = restores.find(id, restoreId)
      await restores.refuseOnlyCopy(id, restore, op)
      const target = targetOf(world, id)
      const inspected = await restores.inspectKept(id, restore, op)
      const name = keptName(restore)
      await take(id, target, inspected, { name, description: '', parentId: restore.keptParentId }, op)
      await restores.letGo(id, restoreId, op)
    },

    letGo: restores.letGo,
  }
}

/** All snapshots of a machine the engine has. */
export async function readSnapshots(world: DockerWorld, id: MachineId, op: Op): Promise<readonly StoredSnapshot[]> {
  const { engine } = targetOf(world, id)
  const key = id.slice(id.lastIndexOf('/') + 1)
  const found = await snapshotsAmong(world.host, engine, [`label=${machineLabel}=${key}`], op)
  if (found.length > 0) world.endpoints.followerOf(id).snapshotMachines.add(key)
  return found
}

/** The snapshots among an engine's images: those that carry both our label and our tag. */
export async function snapshotsAmong(
  host: Host,
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
    return label !== null && hasSnapshotTag(image.tags, label.id) ? [{ label, image }] : []
  })
}

/** Takes the snapshot's name off its image: what other snapshots or a container still need of it stays until they go. */
export async function deleteSnapshot(world: DockerWorld, target: Target, handle: string, op: Op): Promise<void> {
  const result = await attempt(world.host, target.engine, commands.untag(snapshotImage(handle)), op)
  if (result.exitCode !== 0) {
    const problem = engineFailure(result, target.engine.product)
    // A container was made from it: the name goes, the layers stay as long as the container does.
    if (problem.error.code === 'in-use') await target.run(commands.untagByForce(snapshotImage(handle)), op)
    else if (problem.error.code !== 'not-found') throw problem
  }
  if (world.journal.edit(handle) !== null) await world.journal.noteNoEdit(handle)
}

/** The tree as the window shows it: snapshots, and the kept copies among them. */
export function treeOf(
  stored: readonly StoredSnapshot[],
  restores: { readonly entries: readonly RestoreEntry[]; readonly isStandIn: boolean },
  currentId: SnapshotId | null,
  notice: Text | null,
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
    notice,
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
function keptName(restore: RestoreEntry): string {
  return restore.keptAt.slice(0, 19).replace('T', ' ')
}

/** Volumes and folders of the host live outside the container: no snapshot of ours holds them. */
function noticeOf(raw: Fields): Text {
  const outside = mountsOf(raw).filter((mount) => mount.type === 'volume' || mount.type === 'bind')
  if (outside.length === 0) return { key: 'docker.snapshot.noVolumes' }
  const targets = outside.map((mount) => mount.target).join(', ')
  return { key: 'docker.snapshot.volumes', params: { count: outside.length, targets } }
}

/** The parts of `inspect` that are settings and that the image does not repeat. */
function configurationOf(raw: Fields): SnapshotLabel['container'] {
  // The image has variables and labels itself, without the limit of one label, and without every user's reading them on the way.
  // Podman's command that made it holds both.
  const { Env: _env, Labels: _labels, CreateCommand: _command, ...config } = fieldsOf(raw['Config'])
  return {
    Name: String(raw['Name'] ?? ''),
    Config: config,
    HostConfig: { ...fieldsOf(raw['HostConfig']) },
    Mounts: [...listOf(raw['Mounts'])],
    Networks: { ...fieldsOf(fieldsOf(raw['NetworkSettings'])['Networks']) },
  }
}

async function sizeOfImage(world: DockerWorld, target: Target, imageId: string, op: Op): Promise<number> {
  const result = await attempt(world.host, target.engine, commands.imageInspect([imageId]), op)
  return parseImages(result.stdout)[0]?.sizeBytes ?? 0
}
