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

interface Content {
  readonly version: 1
  readonly machines: Readonly<Record<string, MachineEntry>>
  readonly trash: readonly TrashEntry[]
  /** New names and descriptions of snapshots: an image's labels cannot be changed. */
  readonly edits: Readonly<Record<string, Edit>>
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
  setMachine(id: MachineId, entry: MachineEntry | null): Promise<void>
  noteMachine(id: MachineId, entry: MachineEntry | null): Promise<void>
  addTrash(entry: TrashEntry): Promise<void>
  /** `null` when it is there no more. */
  noteTrash(trashId: string, change: Partial<Pick<TrashEntry, 'purging'>> | null): Promise<void>
  setEdit(snapshotId: string, edit: { readonly name: string; readonly description: string }): Promise<void>
  noteNoEdit(snapshotId: string): Promise<void>
}

const empty: Content = { version: 1, machines: {}, trash: [], edits: {} }

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
      }
    },
    log,
    problems,
  })
  const write = file.change
  const withMachine = (now: Content, id: MachineId, entry: MachineEntry | null): Content => {
    const { [id]: _, ...others } = now.machines
    return { ...now, machines: entry === null ? others : { ...others, [id]: entry } }
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
          const { keptId, copied, used, swap } = restore
          if ([keptId, copied?.id, used?.holderId, swap?.comingId, swap?.goingId].includes(containerId)) return true
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
