import type { Task } from '../../../app/domain/task.ts'
import { isOver, type TasksState } from '../../store/tasks.ts'

/** What the strip shows: the newest running task, else one that has just ended; how many more run; failures not seen. */
export function stripTasks(
  tasks: TasksState,
  recentlyDone: ReadonlySet<string>,
): { readonly shown: Task | null; readonly more: number; readonly failed: number } {
  const all = [...tasks.byId.values()]
  const running = all.filter((task) => !isOver(task))
  const done = all.filter((task) => recentlyDone.has(task.id))
  const shown = running.findLast((task) => task.state === 'running') ?? running.at(-1) ?? done.at(-1) ?? null
  return { shown, more: Math.max(0, running.length - 1), failed: tasks.unseen.size }
}

/** The Tasks list: running first, then failed, then done; newest first in each. */
export function orderTasks(tasks: Iterable<Task>): readonly Task[] {
  const rank = (task: Task): number => {
    if (!isOver(task)) return 0
    return task.state === 'failed' || task.state === 'unknown' ? 1 : 2
  }
  const when = (task: Task): string => task.endedAt ?? task.startedAt ?? task.createdAt
  return [...tasks].sort((one, other) => rank(one) - rank(other) || (when(one) < when(other) ? 1 : -1))
}
