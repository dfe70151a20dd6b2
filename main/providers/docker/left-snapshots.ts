import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import type { Op, TrashOps } from '../provider.ts'
import * as commands from './commands.ts'
import { rawOf } from './commit.ts'
import { type Engine, run } from './engine.ts'
import type { Follower } from './follow.ts'
import { machineLabel, parseAsideName } from './naming.ts'
import { parsePs } from './parse.ts'
import { type ProviderContext, targetOf } from './provider-context.ts'
import type { Restores } from './restore.ts'
import { deleteSnapshot, type StoredSnapshot, snapshotsAmong } from './snapshots.ts'

const prefix = 'left-'
/** An engine that is slower with its answer does not keep the rest of the trash from being shown. */
const answerMs = 5_000

interface Left {
  readonly endpointId: EndpointId
  readonly machineId: MachineId
  /** Newest first; never none. */
  readonly snapshots: readonly [StoredSnapshot, ...StoredSnapshot[]]
}

/**
 * Snapshots outlive a container that was removed outside Berth, and take room that nothing would show. They stand in the trash as
 * the machine they are of: brought back, it is made anew from the newest of them and has all of them; purged, they go.
 */
export function withLeftSnapshots(context: ProviderContext, restores: Restores, trash: TrashOps): TrashOps {
  const { host, endpoints, journal } = context

  /** The machines of an endpoint that there are, by the keys that snapshots name them by. */
  const machineKeys = async (engine: Engine, op: Op): Promise<ReadonlySet<string>> => {
    const { rows } = parsePs(await run(host, engine, commands.ps(), op))
    const containers = new Set(rows.map(({ id }) => id))
    const keys = new Set(containers)
    const start = `${engine.endpointId}/`
    for (const [id, entry] of journal.machines()) {
      const isThere = [entry.currentId, ...entry.restores.map(({ keptId }) => keptId)].some((one) =>
        containers.has(one),
      )
      if (id.startsWith(start) && isThere) keys.add(id.slice(start.length))
    }
    for (const { machineId } of journal.trash())
      if (machineId.startsWith(start)) keys.add(machineId.slice(start.length))
    return keys
  }

  const leftOn = async ({ engine, snapshotMachines }: Follower, op: Op): Promise<readonly Left[]> => {
    const stored = await snapshotsAmong(context, engine, [`label=${machineLabel}`], op)
    const byKey = new Map<string, StoredSnapshot[]>()
    for (const one of stored) {
      const key = one.image.labels[machineLabel] ?? ''
      byKey.set(key, [...(byKey.get(key) ?? []), one])
    }
    snapshotMachines.clear()
    for (const key of byKey.keys()) snapshotMachines.add(key)
    if (byKey.size === 0) return []
    const keys = await machineKeys(engine, op)
    return [...byKey].flatMap(([key, snapshots]) => {
      const [first, ...rest] = [...snapshots].sort((a, b) => (a.label.createdAt < b.label.createdAt ? 1 : -1))
      if (keys.has(key) || first === undefined || !/^[0-9a-f]{64}$/.test(key)) return []
      return [{ endpointId: engine.endpointId, machineId: `${engine.endpointId}/${key}`, snapshots: [first, ...rest] }]
    })
  }

  const find = async (trashId: string, op: Op): Promise<Left> => {
    const follower = endpoints.followerOf(trashId.slice(prefix.length) as MachineId)
    const found = (await leftOn(follower, op)).find((left) => idOf(left) === trashId)
    if (found === undefined) throw failure('not-found', { key: 'docker.trash.gone' })
    return found
  }

  return {
    async list(op) {
      const bounded: Op = { ...op, signal: AbortSignal.any([op.signal, AbortSignal.timeout(answerMs)]) }
      const listed = endpoints.ready().map((follower) =>
        leftOn(follower, bounded).catch((error: unknown) => {
          host.log.warn('docker.trash.left', { endpointId: follower.engine.endpointId, error: errorOf(error) })
          return []
        }),
      )
      const [removed, ...left] = await Promise.all([trash.list(op), ...listed])
      return [...removed, ...left.flat().map(itemOf)]
    },

    async recover(trashId, op) {
      if (!trashId.startsWith(prefix)) return trash.recover(trashId, op)
      const { machineId, snapshots, endpointId } = await find(trashId, op)
      const [newest] = snapshots
      // Short, and nothing of it is left half done: without the last line it is a machine of its own.
      const whole: Op = { ...op, signal: new AbortController().signal }
      op.progress({ text: { key: 'docker.restore.creating' }, fraction: null, cancellable: false })
      const made = await restores.makeLike(machineId, rawOf(newest), newest, nameOf(newest), whole)
      await journal.noteMachine(machineId, { currentId: made.id, parentId: null, restores: [] })
      await endpoints.follower(endpointId).look(made.id, whole)
      endpoints.emit({ kind: 'list', endpointId })
      endpoints.emit({ kind: 'trash' })
      return machineId
    },

    async purge(trashId, op) {
      if (!trashId.startsWith(prefix)) return trash.purge(trashId, op)
      const { machineId, snapshots } = await find(trashId, op)
      const target = targetOf(context, machineId)
      for (const { label } of snapshots) await deleteSnapshot(context, target, label.id, op)
      await journal.noteMachine(machineId, null)
      endpoints.emit({ kind: 'trash' })
    },
  }
}

function idOf({ machineId }: Left): string {
  return `${prefix}${machineId}`
}

function nameOf({ label }: StoredSnapshot): string {
  const name = label.container.Name.replace(/^\//, '')
  return parseAsideName(name)?.name ?? name
}

function itemOf(left: Left): TrashItem {
  const { endpointId, machineId, snapshots } = left
  const [newest] = snapshots
  return {
    id: idOf(left),
    endpointId,
    machineId,
    name: nameOf(newest),
    // When it was removed nobody told us: not before this.
    removedAt: newest.label.createdAt,
    sizeBytes: snapshots.reduce((sum, { label, image }) => sum + Math.max(0, image.sizeBytes - label.baseBytes), 0),
    snapshotCount: snapshots.length,
    note: { key: 'docker.trash.left', params: { snapshot: newest.label.name } },
  }
}
