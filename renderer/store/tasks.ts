import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import type { Task } from '../../app/domain/task.ts'

export interface TasksState {
  /** By id, in the order they were made. */
  readonly byId: ReadonlyMap<TaskId, Task>
  /** The task each machine is busy with: the running one, else the one waiting longest. */
  readonly byMachine: ReadonlyMap<MachineId, Task>
  /** Failures the person has not looked at yet. */
  readonly unseen: ReadonlySet<TaskId>
}

export const initialTasks: TasksState = { byId: new Map(), byMachine: new Map(), unseen: new Set() }

export function isOver(task: Task): boolean {
  return task.state !== 'queued' && task.state !== 'running'
}

/** Takes the whole list, as after a reconnect. What failed while we were away counts as unseen only if it ran before. */
export function takeTasks(state: TasksState, tasks: readonly Task[]): TasksState {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const unseen = new Set([...state.unseen].filter((id) => byId.has(id)))
  for (const task of tasks) {
    const before = state.byId.get(task.id)
    if (task.state === 'failed' && before !== undefined && !isOver(before)) unseen.add(task.id)
  }
  return { byId, byMachine: index(byId), unseen }
}

export function takeTask(state: TasksState, task: Task): TasksState {
  const byId = new Map(state.byId).set(task.id, task)
  const before = state.byId.get(task.id)
  const isNewFailure = (task.state === 'failed' || task.state === 'unknown') && before?.state !== task.state
  return {
    byId,
    byMachine: index(byId),
    unseen: isNewFailure ? new Set(state.unseen).add(task.id) : state.unseen,
  }
}

export function forgetTasks(state: TasksState, ids: readonly TaskId[]): TasksState {
  const byId = new Map(state.byId)
  for (const id of ids) byId.delete(id)
  return { byId, byMachine: index(byId), unseen: new Set([...state.unseen].filter((id) => byId.has(id))) }
}

export function seeAll(state: TasksState): TasksState {
  return state.unseen.size === 0 ? state : { ...state, unseen: new Set() }
}

/** Whether what was deleted is still in the trash, as far as is known. */
export function canRecover(
  { verb, state, machineId, result, createdAt }: Task,
  tasks: readonly Task[],
  machines: ReadonlyMap<MachineId, unknown>,
): boolean {
  const { trashId } = result
  if (verb !== 'remove' || state !== 'succeeded' || trashId === undefined) return false
  const isPurged = tasks.some((other) => other.result.purgedIds?.includes(trashId) === true)
  // Deleted again after it was brought back: what is in the trash is of the later deletion.
  const isOld =
    machineId !== null &&
    tasks.some(
      (other) =>
        other.verb === 'remove' &&
        other.result.trashId !== undefined &&
        other.machineId === machineId &&
        other.createdAt > createdAt,
    )
  return !isPurged && !isOld && (machineId === null || !machines.has(machineId))
}

function index(byId: ReadonlyMap<TaskId, Task>): ReadonlyMap<MachineId, Task> {
  const byMachine = new Map<MachineId, Task>()
  for (const task of byId.values()) {
    if (task.machineId === null || isOver(task)) continue
    const known = byMachine.get(task.machineId)
    if (known === undefined || (known.state === 'queued' && task.state === 'running'))
      byMachine.set(task.machineId, task)
  }
  return byMachine
}
