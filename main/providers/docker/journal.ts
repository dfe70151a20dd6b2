import { join } from 'node:path'
import { z } from 'zod'
import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Log } from '../../log.ts'
import { createStateProblems, type StateProblems } from '../../state/problems.ts'
import { fittingEntries, fittingItems, type Unfit } from '../../state/read-state.ts'
import { openStateFile } from '../../state/state-file.ts'

/** Two containers changing places: written before the first step, gone after the last. */
const swapSchema = z.object({
  goingId: z.string(),
  /** null until the new container has been made; it is then found by its name. */
  comingId: z.string().nullable(),
  /** Made for this restore: taking the swap back removes it. */
  comingIsNew: z.boolean(),
  name: z.string(),
  wasRunning: z.boolean(),
  wasPaused: z.boolean(),
  goingRestart: z.string(),
  comingRestart: z.string(),
  /** The image that the going container is kept as; null where it is kept as it is. */
  goingImage: z.string().nullable().default(null),
  /** The going container was told to stop: after a crash that may still be under way. */
  stops: z.boolean().default(false),
})
export type Swap = z.infer<typeof swapSchema>

const restoreSchema = z.object({
  id: z.string(),
  direction: z.enum(['restored', 'undone']),
  state: z.enum(['restoring', 'done', 'failed']),
  snapshotId: z.string(),
  snapshotName: z.string(),
  /** The container that is kept, stopped and renamed; with `swap` the one that is about to be. */
  keptId: z.string(),
  /** The image that holds the copy; `keptId` is then a container that holds its volumes. null: the container is the copy. */
  keptImage: z.string().nullable().default(null),
  /** The container that was copied into `keptImage` and is still to be removed, and when it had ended. */
  copied: z.object({ id: z.string(), finishedAt: z.string().nullable() }).nullable().default(null),
  /** A copy that was gone back to: still to be removed. */
  used: z
    .object({ holderId: z.string(), image: z.string(), parentId: z.string().nullable(), keptAt: z.string() })
    .nullable()
    .default(null),
  /** What the kept container came from, for its place in the tree. */
  keptParentId: z.string().nullable(),
  keptAt: z.string(),
  keptBytes: z.number().nullable(),
  keptRestart: z.string(),
  /** Settings the new container could not be given. */
  differences: z.array(z.string()),
  swap: swapSchema.nullable(),
})
export type RestoreEntry = z.infer<typeof restoreSchema>

const machineSchema = z.object({
  /** The container that is this machine now. Its id differs from the machine's after a restore. */
  currentId: z.string(),
  /** The snapshot it came from, where its image does not say so. */
  parentId: z.string().nullable().default(null),
  /** Newest first. */
  restores: z.array(restoreSchema),
})
export type MachineEntry = z.infer<typeof machineSchema>

const trashSchema = z.object({
  id: z.string(),
  endpointId: z.string() as unknown as z.ZodType<EndpointId>,
  machineId: z.string() as unknown as z.ZodType<MachineId>,
  containerId: z.string(),
  name: z.string(),
  removedAt: z.string(),
  sizeBytes: z.number().nullable(),
  snapshotCount: z.number().nullable(),
  restart: z.string(),
  /** Volumes the person wants gone too, once this is purged. */
  volumes: z.array(z.string()),
  /** Written before the first thing of it goes: from then on it is nothing to bring back, and a crash finishes it. */
  purging: z.boolean().default(false),
})
export type TrashEntry = z.infer<typeof trashSchema>

const editSchema = z.object({ name: z.string(), description: z.string() })
type Edit = z.infer<typeof editSchema>

/**
 * A handle of a transaction that is over: what the engine still makes by it, since a killed Berth's last command may be under way, is
 * superfluous. `new`: of a container that is tried or comes; `kept`: of an image, and of the container that holds it.
 */
const abandonedSchema = z.object({
  endpointId: z.string() as unknown as z.ZodType<EndpointId>,
  role: z.enum(['new', 'kept']),
  handle: z.string(),
})
type Abandoned = z.infer<typeof abandonedSchema>
/** Beyond these the oldest are forgotten: whatever was under way is over by then. */
const maxAbandoned = 100

interface Content {
  readonly version: 1
  readonly machines: Readonly<Record<string, MachineEntry>>
  readonly trash: readonly TrashEntry[]
  /** New names and descriptions of snapshots: an image's labels cannot be changed. */
  readonly edits: Readonly<Record<string, Edit>>
  /** Newest first. */
  readonly abandoned: readonly Abandoned[]
}

/**
 * What the engine itself cannot be told: which container is which machine, what is kept and what is in the trash. Written
 * whole and atomically. What is about to be done is `set`: when that cannot be written it is not so, and not done. What has been
 * done is `noted`: it is so, written or not, and the next start finds it out again from the engine.
 */
export interface Journal {
  machine(id: MachineId): MachineEntry | null
  /** Whether something may be half done: a swap, or something on its way into the trash. */
  isPending(): boolean
  machines(): readonly (readonly [MachineId, MachineEntry])[]
  trash(): readonly TrashEntry[]
  edit(snapshotId: string): { readonly name: string; readonly description: string } | null
  /** The machine a container is now; null when it is simply its own. */
  machineOf(endpointId: EndpointId, containerId: string): MachineId | null
  /** Whether a container stands aside: kept, in the trash, or just being made by one of our own transactions. */
  hides(endpointId: EndpointId, containerId: string, handle: string | null): boolean
  /** The machine that a container is kept for so that a restore can be undone; null when it is no such copy. */
  keeperOf(endpointId: EndpointId, containerId: string): MachineId | null
  /** Whether an image of that handle is what is kept for an undo. */
  isKeptImage(handle: string): boolean
  /** Whether a handle is of a transaction that is over. */
  isAbandoned(endpointId: EndpointId, role: Abandoned['role'], handle: string): boolean
  /** Whether any record names a container. */
  names(endpointId: EndpointId, containerId: string): boolean
  setMachine(id: MachineId, entry: MachineEntry | null): Promise<void>
  noteMachine(id: MachineId, entry: MachineEntry | null): Promise<void>
  addTrash(entry: TrashEntry): Promise<void>
  /** `null` when it is there no more. */
  noteTrash(trashId: string, change: Partial<Pick<TrashEntry, 'purging'>> | null): Promise<void>
  setEdit(snapshotId: string, edit: { readonly name: string; readonly description: string }): Promise<void>
  noteNoEdit(snapshotId: string): Promise<void>
}

const empty: Content = { version: 1, machines: {}, trash: [], edits: {}, abandoned: [] }

/** Opens the journal. What cannot be read of it is kept aside and said; what stands aside is then listed as it is. */
export function createJournal(folder: string, log: Log, problems: StateProblems = createStateProblems()): Journal {
  const file = openStateFile<Content>({
    path: join(folder, 'docker.json'),
    version: 1,
    empty,
    parse(content, unfit) {
      const parts = z.looseObject({}).parse(content)
      return {
        version: 1,
        machines: fittingMachines(parts['machines'], unfit),
        trash: fittingItems(parts['trash'], trashSchema, 'trash', unfit),
        edits: fittingEntries(parts['edits'], editSchema, 'edits', unfit),
        abandoned: fittingItems(parts['abandoned'] ?? [], abandonedSchema, 'abandoned', unfit),
      }
    },
    log,
    problems,
  })
  const write = file.change
  const withMachine = (now: Content, id: MachineId, entry: MachineEntry | null): Content => {
    const { [id]: before, ...others } = now.machines
    const machines = entry === null ? others : { ...others, [id]: entry }
    return { ...now, machines, abandoned: withAbandoned(now.abandoned, id, before ?? null, entry) }
  }
  const withEdit = (now: Content, snapshotId: string, edit: Edit | null): Content => {
    const { [snapshotId]: _, ...others } = now.edits
    return { ...now, edits: edit === null ? others : { ...others, [snapshotId]: edit } }
  }
  const entriesOf = (endpointId: EndpointId): readonly (readonly [MachineId, MachineEntry])[] =>
    (Object.entries(file.get().machines) as [MachineId, MachineEntry][]).filter(([id]) =>
      id.startsWith(`${endpointId}/`),
    )

  return {
    machine: (id) => file.get().machines[id] ?? null,
    isPending: () =>
      file.get().trash.length > 0 ||
      Object.values(file.get().machines).some((entry) => entry.restores.some(isUnfinished)),
    machines: () => Object.entries(file.get().machines) as [MachineId, MachineEntry][],
    trash: () => file.get().trash,
    edit: (snapshotId) => file.get().edits[snapshotId] ?? null,
    machineOf: (endpointId, containerId) =>
      entriesOf(endpointId).find(([, entry]) => entry.currentId === containerId)?.[0] ?? null,
    hides(endpointId, containerId, handle) {
      if (file.get().trash.some((item) => item.endpointId === endpointId && item.containerId === containerId))
        return true
      for (const [, entry] of entriesOf(endpointId)) {
        if (entry.currentId === containerId) return false
        for (const restore of entry.restores) {
          const { used } = restore
          if (containersOf(restore).includes(containerId)) return true
          if (handle !== null && [restore.id, restore.keptImage, used?.image].includes(handle)) return true
        }
      }
      return false
    },
    keeperOf: (endpointId, containerId) =>
      entriesOf(endpointId).find(([, { restores }]) =>
        restores.some(({ swap, keptId, copied }) => swap === null && [keptId, copied?.id].includes(containerId)),
      )?.[0] ?? null,
    isKeptImage: (handle) =>
      Object.values(file.get().machines).some(({ restores }) =>
        restores.some(({ keptImage, used, swap }) => [keptImage, used?.image, swap?.goingImage].includes(handle)),
      ),
    isAbandoned(endpointId, role, handle) {
      const isOver = file.get().abandoned.some((one) => {
        return one.endpointId === endpointId && one.role === role && one.handle === handle
      })
      // A record that stays has nothing to make while no swap of it is under way.
      const restores = entriesOf(endpointId).flatMap(([, entry]) => entry.restores)
      return isOver || (role === 'new' && restores.some(({ id, swap }) => id === handle && swap === null))
    },
    names: (endpointId, containerId) =>
      file.get().trash.some((item) => item.endpointId === endpointId && item.containerId === containerId) ||
      entriesOf(endpointId).some(
        ([, { currentId, restores }]) =>
          currentId === containerId || restores.some((restore) => containersOf(restore).includes(containerId)),
      ),
    setMachine(id, entry) {
      const before = file.get().machines[id] ?? null
      return write(
        (now) => withMachine(now, id, entry),
        (now) => withMachine(now, id, before),
      )
    },
    noteMachine: (id, entry) => write((now) => withMachine(now, id, entry), null),
    addTrash: (entry) =>
      write(
        (now) => ({ ...now, trash: [entry, ...now.trash] }),
        (now) => ({ ...now, trash: now.trash.filter(({ id }) => id !== entry.id) }),
      ),
    noteTrash(trashId, change) {
      const changed = (entry: TrashEntry): readonly TrashEntry[] => {
        if (entry.id !== trashId) return [entry]
        return change === null ? [] : [{ ...entry, ...change }]
      }
      return write((now) => ({ ...now, trash: now.trash.flatMap(changed) }), null)
    },
    setEdit(snapshotId, edit) {
      const before = file.get().edits[snapshotId] ?? null
      return write(
        (now) => withEdit(now, snapshotId, edit),
        (now) => withEdit(now, snapshotId, before),
      )
    },
    noteNoEdit: (snapshotId) => write((now) => withEdit(now, snapshotId, null), null),
  }
}

/** Whether something of a restore is still to be done: the swap itself, or removing what it left. */
export function isUnfinished({ swap, copied, used }: RestoreEntry): boolean {
  return swap !== null || copied !== null || used !== null
}

function containersOf({ keptId, copied, used, swap }: RestoreEntry): readonly string[] {
  return [keptId, copied?.id, used?.holderId, swap?.comingId, swap?.goingId].filter((id) => typeof id === 'string')
}

/** The handles by which the engine makes something for a machine's records. */
function handlesOf(entry: MachineEntry | null): readonly Pick<Abandoned, 'role' | 'handle'>[] {
  return (entry?.restores ?? []).flatMap(({ id, keptImage, used, swap }) => [
    { role: 'new' as const, handle: id },
    ...[keptImage, used?.image, swap?.goingImage].flatMap((handle) =>
      typeof handle === 'string' ? [{ role: 'kept' as const, handle }] : [],
    ),
  ])
}

/** What a machine's records named and name no more is abandoned, whoever ended it and why. */
function withAbandoned(
  abandoned: readonly Abandoned[],
  id: MachineId,
  before: MachineEntry | null,
  after: MachineEntry | null,
): readonly Abandoned[] {
  const still = new Set(handlesOf(after).map(({ handle }) => handle))
  const gone = handlesOf(before).filter(({ handle }) => !still.has(handle))
  if (gone.length === 0) return abandoned
  const endpointId = id.slice(0, id.lastIndexOf('/')) as EndpointId
  const added = [...new Map(gone.map((one) => [one.handle, { endpointId, ...one }])).values()]
  return [...added, ...abandoned].slice(0, maxAbandoned)
}

/** A restore that does not fit costs neither its machine nor the other restores. */
function fittingMachines(content: unknown, unfit: Unfit): Content['machines'] {
  const parts = fittingEntries(
    content,
    z.looseObject({ currentId: z.string(), parentId: z.string().nullable().default(null) }),
    'machines',
    unfit,
  )
  return Object.fromEntries(
    Object.entries(parts).map(([id, { currentId, parentId, restores }]) => [
      id,
      { currentId, parentId, restores: [...fittingItems(restores, restoreSchema, `machines.${id}.restores`, unfit)] },
    ]),
  )
}
