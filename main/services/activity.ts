import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ActivityEntry } from '../../app/contract/views.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import { type CommandRecord, type Task, taskVerbs } from '../../app/domain/task.ts'
import type { Log } from '../log.ts'
import { writeAtomic } from '../write-atomic.ts'

/** Once there are twice as many, the older half goes. */
const keptEntries = 2_000

/** What was done to which machine, across restarts, with the commands that did it. */
export interface Activity {
  /** Writes a task down when it begins and when it ends. */
  readonly note: (task: Task, commands: readonly CommandRecord[]) => void
  readonly list: (query: {
    readonly id: MachineId | null
    readonly limit: number
    readonly before: string | null
  }) => readonly ActivityEntry[]
  /** The commands of a task that is over; null when they are not kept (any more). */
  readonly commands: (id: TaskId) => Promise<readonly CommandRecord[] | null>
  /** Settles when everything noted is on disk. */
  readonly stop: () => Promise<void>
}

/** Only what reading it needs: every line was written by `note`, or was torn by a crash. */
const lineSchema = z.looseObject({
  taskId: z.string(),
  verb: z.enum(taskVerbs),
  machineName: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
})

/**
 * Opens the journal: one line per beginning and per end, the later line of a task replacing the earlier. Work that had begun
 * and not ended when the last Berth did is put down as interrupted.
 */
export function openActivity(dataDir: string, log: Log, now: () => Date): Activity {
  const folder = join(dataDir, 'activity')
  const path = join(folder, 'journal.jsonl')
  mkdirSync(join(folder, 'commands'), { recursive: true })
  /** Oldest first. */
  const entries = new Map<TaskId, ActivityEntry>(readJournal(path, log).map((entry) => [entry.taskId, entry]))
  const writing = new Set<Promise<void>>()

  for (const entry of entries.values()) if (entry.endedAt === null) entries.set(entry.taskId, interrupted(entry, now()))
  compact()

  /** Begins the file anew with what is kept, which also mends a torn end. */
  function compact(): void {
    const old = [...entries.keys()].slice(0, -keptEntries)
    for (const id of old) entries.delete(id)
    const draft = `${path}.new`
    try {
      writeFileSync(draft, [...entries.values()].map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 })
      renameSync(draft, path)
    } catch (error) {
      // A full disk: the file stays as it is, and Berth starts all the same, to make room with.
      rmSync(draft, { force: true })
      log.warn('activity.compact', { error })
    }
    keep(dropCommands())
  }

  function keep(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => log.warn('activity.commands', { error }))
      .finally(() => writing.delete(done))
    writing.add(done)
  }

  async function dropCommands(): Promise<void> {
    for (const name of await readdir(join(folder, 'commands'))) {
      if (!entries.has(name.replace(/\.json$/, ''))) await rm(join(folder, 'commands', name), { force: true })
    }
  }

  const fileOf = (id: TaskId): string => join(folder, 'commands', `${id}.json`)

  return {
    note(task, commands) {
      const before = entries.get(task.id)
      const isNews = before === undefined ? task.startedAt !== null : before.endedAt === null && task.endedAt !== null
      if (!isNews) return
      const entry = entryOf(task)
      entries.set(task.id, entry)
      try {
        appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
        if (entries.size > 2 * keptEntries) compact()
      } catch (error) {
        log.warn('activity.note', { error })
      }
      if (entry.endedAt !== null && commands.length > 0) keep(writeAtomic(fileOf(task.id), JSON.stringify(commands)))
    },
    list({ id, limit, before }) {
      const found: ActivityEntry[] = []
      for (const entry of [...entries.values()].reverse()) {
        if (found.length === limit) break
        if (id !== null && entry.machineId !== id) continue
        if (before !== null && entry.startedAt >= before) continue
        found.push(entry)
      }
      return found
    },
    async commands(id) {
      if (!entries.has(id)) return null
      try {
        return JSON.parse(await readFile(fileOf(id), 'utf8')) as readonly CommandRecord[]
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn('activity.commands', { error })
        return null
      }
    },
    async stop() {
      await Promise.all(writing)
    },
  }
}

function readJournal(path: string, log: Log): readonly ActivityEntry[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const entries = new Map<TaskId, ActivityEntry>()
  let unreadable = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      const entry = lineSchema.parse(JSON.parse(line)) as unknown as ActivityEntry
      entries.set(entry.taskId, entry)
    } catch {
      unreadable += 1
    }
  }
  if (unreadable > 0) log.warn('activity.unreadable', { path, lines: unreadable })
  return [...entries.values()]
}

function entryOf(task: Task): ActivityEntry {
  const { id, verb, machineId, machineName, subject, state, createdAt, startedAt, endedAt, error, result } = task
  return {
    taskId: id,
    verb,
    machineId,
    machineName,
    subject,
    state,
    startedAt: startedAt ?? createdAt,
    endedAt,
    error,
    result,
  }
}

function interrupted(entry: ActivityEntry, now: Date): ActivityEntry {
  const { error } = failure('tool-failed', { key: 'error.interrupted' })
  return { ...entry, state: 'failed', endedAt: now.toISOString(), error }
}
