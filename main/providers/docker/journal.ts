import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { errorOf } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Log } from '../../log.ts'
import { writeAtomic } from '../../write-atomic.ts'

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

const journalSchema = z.object({
  version: z.literal(1),
  machines: z.record(z.string(), machineSchema),
  trash: z.array(trashSchema),
  /** New names and descriptions of snapshots: an image's labels cannot be changed. */
  edits: z.record(z.string(), z.object({ name: z.string(), description: z.string() })),
})
type Content = z.infer<typeof journalSchema>

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
  setMachine(id: MachineId, entry: MachineEntry | null): Promise<void>
  noteMachine(id: MachineId, entry: MachineEntry | null): Promise<void>
  addTrash(entry: TrashEntry): Promise<void>
  /** `null` when it is there no more. */
  noteTrash(trashId: string, change: Partial<Pick<TrashEntry, 'purging'>> | null): Promise<void>
  setEdit(snapshotId: string, edit: { readonly name: string; readonly description: string }): Promise<void>
  noteNoEdit(snapshotId: string): Promise<void>
}

const empty: Content = { version: 1, machines: {}, trash: [], edits: {} }

/** Reads the journal. A damaged one is set aside and said so in the log; what stands aside is then listed as it is. */
export function createJournal(folder: string, log: Log): Journal {
  const path = join(folder, 'docker.json')
  let content = read(path, log)
  let writing: Promise<unknown> = Promise.resolve()

  /** Applies a change at once; `undo` takes it back, among whatever else has changed since, when it cannot be written. */
  const write = (next: Content, undo: ((now: Content) => Content) | null): Promise<void> => {
    content = next
    const done = writing
      .then(() => writeAtomic(path, JSON.stringify(content, null, 2)))
      .catch((error: unknown) => {
        if (undo !== null) {
          content = undo(content)
          throw error
        }
        log.error('docker.journal.unwritten', { error: errorOf(error) })
      })
    writing = done.catch(() => {})
    return done
  }
  const withMachine = (now: Content, id: MachineId, entry: MachineEntry | null): Content => {
    const { [id]: _, ...others } = now.machines
    return { ...now, machines: entry === null ? others : { ...others, [id]: entry } }
  }
  const withEdit = (now: Content, snapshotId: string, edit: Content['edits'][string] | null): Content => {
    const { [snapshotId]: _, ...others } = now.edits
    return { ...now, edits: edit === null ? others : { ...others, [snapshotId]: edit } }
  }
  const entriesOf = (endpointId: EndpointId): readonly (readonly [MachineId, MachineEntry])[] =>
    (Object.entries(content.machines) as [MachineId, MachineEntry][]).filter(([id]) => id.startsWith(`${endpointId}/`))

  return {
    machine: (id) => content.machines[id] ?? null,
    isPending: () =>
      content.trash.length > 0 ||
      Object.values(content.machines).some((entry) => entry.restores.some((restore) => restore.swap !== null)),
    machines: () => Object.entries(content.machines) as [MachineId, MachineEntry][],
    trash: () => content.trash,
    edit: (snapshotId) => content.edits[snapshotId] ?? null,
    machineOf: (endpointId, containerId) =>
      entriesOf(endpointId).find(([, entry]) => entry.currentId === containerId)?.[0] ?? null,
    hides(endpointId, containerId, handle) {
      if (content.trash.some((item) => item.endpointId === endpointId && item.containerId === containerId)) return true
      for (const [, entry] of entriesOf(endpointId)) {
        if (entry.currentId === containerId) return false
        for (const restore of entry.restores) {
          if (restore.keptId === containerId || restore.swap?.comingId === containerId) return true
          if (restore.swap?.goingId === containerId || restore.id === handle) return true
        }
      }
      return false
    },
    setMachine(id, entry) {
      const before = content.machines[id] ?? null
      return write(withMachine(content, id, entry), (now) => withMachine(now, id, before))
    },
    noteMachine: (id, entry) => write(withMachine(content, id, entry), null),
    addTrash: (entry) =>
      write({ ...content, trash: [entry, ...content.trash] }, (now) => ({
        ...now,
        trash: now.trash.filter(({ id }) => id !== entry.id),
      })),
    noteTrash(trashId, change) {
      const trash = content.trash.flatMap((entry) => {
        if (entry.id !== trashId) return [entry]
        return change === null ? [] : [{ ...entry, ...change }]
      })
      return write({ ...content, trash }, null)
    },
    setEdit(snapshotId, edit) {
      const before = content.edits[snapshotId] ?? null
      return write(withEdit(content, snapshotId, edit), (now) => withEdit(now, snapshotId, before))
    },
    noteNoEdit: (snapshotId) => write(withEdit(content, snapshotId, null), null),
  }
}

function read(path: string, log: Log): Content {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return empty
  }
  try {
    return journalSchema.parse(JSON.parse(text))
  } catch (error) {
    const aside = `${path}.damaged-${Date.now()}`
    renameSync(path, aside)
    log.error('docker.journal.damaged', { aside, error: String(error) })
    return empty
  }
}
