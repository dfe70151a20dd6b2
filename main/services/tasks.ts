import { randomUUID } from 'node:crypto'
import { errorOf, type Failure, failure, isCancelled } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import { type PermitContext, permit, taskOf } from '../../app/domain/permit.ts'
import type { CommandRecord, Task, TaskResult, TaskState, TaskVerb } from '../../app/domain/task.ts'
import type { Verb } from '../../app/domain/verbs.ts'
import { coalesce, type Schedule } from '../../app/util/coalesce.ts'
import { createEmitter } from '../../app/util/emitter.ts'
import { createSerial } from '../../app/util/serial.ts'
import type { Log } from '../log.ts'
import type { Op } from '../providers/provider.ts'
import type { InventoryService } from './inventory.ts'

const progressMs = 100
const keptMs = 3_600_000
const keptTasks = 50
const keptCommands = 200
/** A step that never ends must not keep Berth from quitting. */
const stopMs = 5_000

/** Work to be done, and what it needs to be allowed. */
export interface TaskRequest {
  readonly verb: TaskVerb
  /** What permission is asked for, for work on a machine there is. */
  readonly permit: Verb | null
  readonly machineId: MachineId | null
  readonly machineName: string
  readonly subject: string | null
  /** What is not to be done at the same time, where there is no machine yet. */
  readonly key?: string
  /** `made` says what there is from now on, whatever becomes of the rest. */
  readonly run: (op: Op, made: (result: TaskResult) => void) => Promise<TaskResult>
}

export interface TaskService {
  /** Begins the work, or queues it behind what it interrupts; throws the reason when it is not permitted. */
  readonly start: (request: TaskRequest) => TaskId
  readonly list: () => readonly Task[]
  /** The commands a task of this run has run so far; null when the task is not known any more. */
  readonly commands: (id: TaskId) => readonly CommandRecord[] | null
  /** Ends the wait for a task's outcome as soon as its step allows; what was done stays done. Throws when it cannot be. */
  readonly cancel: (id: TaskId) => void
  /** Forgets what is over. */
  readonly clear: () => void
  /** Settles when the task is over. */
  readonly settled: (id: TaskId) => Promise<Task>
  readonly onChanged: (listener: (task: Task) => void) => () => void
  readonly onCleared: (listener: (ids: readonly TaskId[]) => void) => () => void
  /** Waits for what is under way; what only waits for a machine's answer, or takes too long, is given up. */
  readonly stop: () => Promise<void>
}

interface Entry {
  task: Task
  readonly request: TaskRequest
  readonly controller: AbortController
  readonly commands: CommandRecord[]
  readonly telling: ReturnType<typeof coalesce>
  readonly over: Promise<Task>
  /** By the clock that only goes forward; null while it is not over. */
  endedMs: number | null
}

export interface TaskOptions {
  readonly inventory: Pick<InventoryService, 'contextOf' | 'machine' | 'read'>
  readonly log: Log
  readonly now: () => Date
  /** A clock that only goes forward: the other one may be set back. */
  readonly monotonicMs?: () => number
}

export function createTasks({ inventory, log, now, monotonicMs = () => performance.now() }: TaskOptions): TaskService {
  const entries = new Map<TaskId, Entry>()
  const serial = createSerial()
  const onError = (error: unknown): void => log.error('task.listener', { error })
  const changed = createEmitter<Task>(onError)
  const cleared = createEmitter<readonly TaskId[]>(onError)
  let expiry: NodeJS.Timeout | null = null

  const isOver = (entry: Entry): boolean => entry.task.endedAt !== null
  const tasks = function* (): Generator<Task> {
    for (const entry of entries.values()) yield entry.task
  }

  /** Throws why not; otherwise breaks into what the verb may interrupt. */
  function admit(verb: Verb, machineId: MachineId): void {
    const task = taskOf(tasks(), machineId)
    const context = { ...inventory.contextOf(machineId), task }
    const permission = permit(verb, context)
    if (permission.kind !== 'allowed') throw denied(permission, context)
    for (const entry of entries.values()) {
      if (entry.task.machineId === machineId && !isOver(entry)) entry.controller.abort()
    }
  }

  function start(request: TaskRequest): TaskId {
    if (request.permit !== null && request.machineId !== null) admit(request.permit, request.machineId)
    const id = randomUUID()
    const key = request.machineId ?? request.key ?? id
    const kind = request.machineId === null ? undefined : inventory.machine(request.machineId)?.kind
    const isQueued = serial.isBusy(key)
    const entry: Entry = {
      task: {
        id,
        verb: request.verb,
        machineId: request.machineId,
        machineName: request.machineName,
        ...(kind === undefined ? {} : { machineKind: kind }),
        subject: request.subject,
        state: 'queued',
        progress: null,
        cancellable: true,
        createdAt: now().toISOString(),
        startedAt: null,
        endedAt: null,
        error: null,
        result: {},
      },
      request,
      controller: new AbortController(),
      commands: [],
      telling: coalesce(() => changed.emit(entry.task), progressMs, schedule),
      // A queued task starts after the present code is through, so `entry` is whole by then.
      over: serial.run(key, () => carryOut(entry)),
      endedMs: null,
    }
    entries.set(id, entry)
    if (isQueued) changed.emit(entry.task)
    return id
  }

  async function carryOut(entry: Entry): Promise<Task> {
    const { request, controller, commands } = entry
    const op: Op = {
      signal: controller.signal,
      progress(step) {
        if (isOver(entry)) return
        entry.task = { ...entry.task, progress: step, cancellable: step.cancellable ?? true }
        entry.telling.request()
      },
      record(command) {
        commands.push(command)
        if (commands.length > keptCommands) commands.shift()
      },
    }
    const take = (result: TaskResult): void => {
      const machineId = entry.task.machineId ?? result.machineId ?? null
      entry.task = { ...entry.task, machineId, result: { ...entry.task.result, ...result } }
    }
    const made = (result: TaskResult): void => {
      const isFirst = Object.keys(entry.task.result).length === 0
      take(result)
      entry.telling.request()
      // Somebody may wait to see it.
      if (isFirst) entry.telling.flush()
    }
    try {
      controller.signal.throwIfAborted()
      entry.task = { ...entry.task, state: 'running', startedAt: now().toISOString() }
      changed.emit(entry.task)
      take(await request.run(op, made))
      await readAfresh(entry)
      end(entry, 'succeeded', null)
    } catch (thrown) {
      // What an interrupted wait throws depends on who noticed first; what it means does not.
      const isOurs = controller.signal.aborted && thrown === controller.signal.reason
      const error = isOurs ? failure('cancelled', { key: 'error.cancelled' }) : thrown
      if (errorOf(error).code === 'bug') log.error('task.bug', { verb: request.verb, error: thrown })
      if (entry.task.startedAt !== null) await readAfresh(entry)
      const state = isCancelled(error) ? 'cancelled' : errorOf(error).code === 'timeout' ? 'unknown' : 'failed'
      end(entry, state, error)
    }
    return entry.task
  }

  /** Nobody is told that it is done before the list says the same. */
  async function readAfresh({ task }: Entry): Promise<void> {
    for (const id of new Set([task.machineId, task.result.machineId])) {
      if (id === null || id === undefined) continue
      await inventory.read(id).catch((error: unknown) => log.warn('task.read', { machine: id, error: errorOf(error) }))
    }
  }

  function end(entry: Entry, state: TaskState, thrown: unknown): void {
    entry.telling.cancel()
    const { task } = entry
    entry.endedMs = monotonicMs()
    entry.task = {
      ...task,
      state,
      machineName: task.machineName === '' ? nameOf(task.machineId) : task.machineName,
      progress: null,
      cancellable: false,
      endedAt: now().toISOString(),
      error: thrown === null ? null : errorOf(thrown),
    }
    log.info('task.end', { verb: task.verb, machine: task.machineId, state, code: entry.task.error?.code })
    changed.emit(entry.task)
    forgetOld()
  }

  const nameOf = (id: MachineId | null): string => (id === null ? '' : (inventory.machine(id)?.name ?? ''))

  function forgetOld(): void {
    if (expiry !== null) clearTimeout(expiry)
    const over = [...entries.values()].filter(isOver)
    const oldest = monotonicMs() - keptMs
    const gone = over.filter((entry, index) => over.length - index > keptTasks || endOf(entry) <= oldest)
    forget(gone)
    const next = over[gone.length]
    if (next === undefined) return
    expiry = setTimeout(forgetOld, endOf(next) - oldest + 1)
    expiry.unref()
  }

  function forget(gone: readonly Entry[]): void {
    if (gone.length === 0) return
    for (const entry of gone) entries.delete(entry.task.id)
    cleared.emit(gone.map((entry) => entry.task.id))
  }

  function entryOf(id: TaskId): Entry {
    const entry = entries.get(id)
    if (entry === undefined) throw failure('not-found', { key: 'task.gone' })
    return entry
  }

  return {
    start,
    list: () => [...tasks()],
    commands: (id) => entries.get(id)?.commands ?? null,
    cancel(id) {
      const entry = entryOf(id)
      if (isOver(entry)) return
      if (!entry.task.cancellable) throw failure('wrong-state', { key: 'task.notCancellable' })
      entry.controller.abort()
    },
    clear: () => forget([...entries.values()].filter(isOver)),
    settled: (id) => entryOf(id).over,
    onChanged: changed.on,
    onCleared: cleared.on,
    async stop() {
      if (expiry !== null) clearTimeout(expiry)
      const running = [...entries.values()].filter((entry) => !isOver(entry))
      for (const { task, controller } of running) if (task.progress?.wait !== undefined) controller.abort()
      const lastWord = setTimeout(() => {
        for (const { controller } of running) controller.abort()
      }, stopMs)
      await Promise.race([Promise.all(running.map((entry) => entry.over)), after(2 * stopMs)])
      clearTimeout(lastWord)
    },
  }
}

function endOf(entry: Entry): number {
  return entry.endedMs ?? Number.POSITIVE_INFINITY
}

function denied(permission: Exclude<ReturnType<typeof permit>, { kind: 'allowed' }>, context: PermitContext): Failure {
  const { reason } = permission
  if (permission.kind === 'absent') return failure('unsupported', reason)
  if (reason.key.startsWith('why.task.')) return failure('busy', reason)
  if (reason.key === 'why.endpoint')
    return failure('unreachable', reason, { hint: context.endpoint.error?.hint ?? null })
  return failure(reason.key.startsWith('why.state.') ? 'wrong-state' : 'unsupported', reason)
}

const schedule: Schedule = (job, delayMs) => {
  const timer = setTimeout(job, delayMs)
  return () => clearTimeout(timer)
}

function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref()
  })
}
