import type { Text } from '../messages/text.ts'
import type { AppError } from './errors.ts'
import type { MachineId, SnapshotId, TaskId } from './ids.ts'
import type { MachineKind } from './machine.ts'

/** What a task does. The key of its sentences: `task.start.running`, `task.start.done`, `task.start.failed`. */
export const taskVerbs = [
  'create',
  'import',
  'start',
  'shutDown',
  'powerOff',
  'reset',
  'restart',
  'pause',
  'resume',
  'suspend',
  'discardSuspended',
  'takeSnapshot',
  'restore',
  'undoRestore',
  'redoRestore',
  'keepRestore',
  'letGoRestore',
  'editSnapshot',
  'deleteSnapshot',
  'clone',
  'export',
  'sendFiles',
  'fetchFiles',
  'runCommand',
  'locate',
  'rename',
  'configure',
  'remove',
  'recover',
  'purge',
  'pullImage',
] as const
export type TaskVerb = (typeof taskVerbs)[number]

/** unknown: the tool did not say in time whether it was done. */
export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown'

/** How far a task is. */
export interface Progress {
  /** What is being done or waited for; null keeps the task's own sentence. */
  readonly text: Text | null
  /** 0 to 1; null when there is no saying. */
  readonly fraction: number | null
  /** Sub-steps running side by side, such as an image's layers. */
  readonly parts?: readonly ProgressPart[]
  /** Set while a task waits for the machine to answer: the stop ladder is drawn from it. */
  readonly wait?: Wait
  /** False while the step under way cannot be given up, e.g. between two disks of one restore. Default true. */
  readonly cancellable?: boolean
}

export interface ProgressPart {
  readonly id: string
  /** The tool's own words, e.g. `Downloading`. */
  readonly label: string
  readonly doneBytes: number | null
  readonly totalBytes: number | null
}

/** A wait with an end. At `limitMs` it is said that the machine has not answered; the task goes on until a person decides. */
export interface Wait {
  /** ISO 8601 UTC. */
  readonly since: string
  readonly limitMs: number
  /** The way it was asked: `acpi`, `signal`, … shown through `wait.by.*`. */
  readonly by: 'acpi' | 'agent' | 'signal' | 'tool'
  /** True once the limit has passed without an answer. */
  readonly unanswered: boolean
  /** When the provider itself ends the machine at the limit (Docker). */
  readonly killsAtLimit: boolean
}

export interface Task {
  readonly id: TaskId
  readonly verb: TaskVerb
  /** null for what has no machine yet or no longer, such as a creation before its id is known. */
  readonly machineId: MachineId | null
  readonly machineName: string
  /** Absent where it is not known: sentences are then those of a virtual machine. */
  readonly machineKind?: MachineKind
  /** What it is about besides the machine: a snapshot's name, a new name. */
  readonly subject: string | null
  readonly state: TaskState
  readonly progress: Progress | null
  readonly cancellable: boolean
  /** ISO 8601 UTC, each null until it happened. */
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly error: AppError | null
  readonly result: TaskResult
}

/** What came of a task, as far as it made something. */
export interface TaskResult {
  readonly machineId?: MachineId
  readonly snapshotId?: SnapshotId
  /** For a removal: the item in the trash, so that it can be undone. */
  readonly trashId?: string
  /** For a purge: the items that are in the trash no more. */
  readonly purgedIds?: readonly string[]
  /** For an export and for what was fetched: the file that was written. */
  readonly path?: string
  /** How a command that was run in the machine ended. */
  readonly exitCode?: number
}

/** One command a task ran: a process, or a request to a running machine. */
export interface CommandRecord {
  readonly kind: 'process' | 'qmp' | 'api'
  /** As it could be pasted into a shell; secrets and home folders are masked. */
  readonly line: string
  /** ISO 8601 UTC. */
  readonly startedAt: string
  readonly durationMs: number
  /** null when it was ended by a signal, never started, or has no such thing. */
  readonly exitCode: number | null
  readonly outcome: 'ok' | 'failed' | 'timeout' | 'cancelled' | 'not-found' | 'flood' | 'signal'
  /** Both streams as they came, bounded, stderr after stdout; null when nothing was said. */
  readonly output: string | null
}
