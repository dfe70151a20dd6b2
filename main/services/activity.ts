import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ActivityEntry } from '../../app/contract/views.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import { type CommandRecord, type Task, taskVerbs } from '../../app/domain/task.ts'
import type { Log } from '../log.ts'
import { createStateProblems, type StateProblems } from '../state/problems.ts'
import { noticeOf, readLines } from '../state/read-state.ts'
import { writeAtomic } from '../write-atomic.ts'

/** Once there are twice as many, the older half goes. */
const keptEntries = 2_000
/** Berth leaves a journal of about 8,000 lines. Reading a damaged one of many MB whole would keep every window waiting for 10 s. */
const maxLines = 6 * keptEntries

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
export function openActivity(
  dataDir: string,
  log: Log,
  now: () => Date,
  problems: StateProblems = createStateProblems(),
): Activity {
  const folder = join(dataDir, 'activity')
  const path = join(folder, 'journal.jsonl')
  mkdirSync(join(folder, 'commands'), { recursive: true })
  const hasCommands = (): boolean => readdirSync(join(folder, 'commands')).length > 0
  const reading = readLines(path, (line) => lineSchema.parse(line) as unknown as ActivityEntry, hasCommands, maxLines)
  problems.report(path, noticeOf(path, reading))
  if (reading.kind !== 'read' && reading.kind !== 'absent')
    log.warn('activity.unreadable', { path, ...reading, value: null })
  /** Oldest first. */
  const entries = new Map<TaskId, ActivityEntry>()
  const lines = 'value' in reading ? reading.value : []
  for (const entry of lines) entries.set(entry.taskId, entry)
  /** What is not known to be superfluous stays: neither the file is begun anew nor are commands dropped whose entry is not known. */
  const isWhole = reading.kind === 'read' || reading.kind === 'absent'
  const writing = new Set<Promise<void>>()

  const open = [...entries.values()].filter(({ endedAt }) => endedAt === null).map((entry) => interrupted(entry, now()))
  for (const entry of open) entries.set(entry.taskId, entry)
  if (reading.kind === 'salvaged' || lines.length > 4 * keptEntries) compact()
  else if (open.length > 0) append(open)
  if (isWhole) keep(dropCommands())

  function append(added: readonly ActivityEntry[]): void {
    try {
      appendFileSync(path, added.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 })
    } catch (error) {
      log.warn('activity.note', { error })
    }
  }

  /** Begins the file anew with what is kept. Lines that could not be read are in the copy that was kept of them. */
  function compact(): void {
    if ('trouble' in reading) return
    const old = [...entries.keys()].slice(0, -keptEntries)
    for (const id of old) entries.delete(id)
    const draft = `${path}.new`
    try {
      const file = openSync(draft, 'w', 0o600)
      try {
        writeFileSync(file, [...entries.values()].map((entry) => `${JSON.stringify(entry)}\n`).join(''))
        // A power cut must not leave an empty file under the journal's name.
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(draft, path)
    } catch (error) {
      // A full disk: the file stays as it is, and Berth starts all the same, to make room with.
      rmSync(draft, { force: true })
      log.warn('activity.compact', { error })
    }
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
      append([entry])
      if (entries.size > 2 * keptEntries) {
        compact()
        if (isWhole) keep(dropCommands())
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

function entryOf(task: Task): ActivityEntry {
  const {
    id,
    verb,
    machineId,
    machineName,
    machineKind,
    subject,
    state,
    createdAt,
    startedAt,
    endedAt,
    error,
    result,
  } = task
  return {
    taskId: id,
    verb,
    machineId,
    machineName,
    ...(machineKind === undefined ? {} : { machineKind }),
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
