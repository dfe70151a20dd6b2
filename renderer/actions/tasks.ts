import type { Task } from '../../app/domain/task.ts'
import { store } from '../store/store.ts'
import { attempt, call } from './call.ts'
import { openMachine } from './navigate.ts'

export const cancelTask = (taskId: string): Promise<void | null> =>
  attempt('window', () => call('task.cancel', { taskId }))

export const clearTasks = (): Promise<void | null> => attempt('window', () => call('task.clear'))

/** Where a task's outcome is to be seen: its machine's page. Null when there is nothing to go to. */
export function whereOf(task: Task): (() => void) | null {
  const id = task.result.machineId ?? task.machineId
  if (id === null || id === undefined) return null
  return () => openMachine(id, task.verb === 'restore' || task.verb === 'undoRestore' ? 'snapshots' : undefined)
}

/** Shows the file that an export wrote, where the window can. */
export function revealOf(task: Task): (() => void) | null {
  const { path } = task.result
  if (task.state !== 'succeeded' || path === undefined) return null
  if (store.getState().system?.shell !== 'electron') return null
  return () => void attempt('window', () => call('files.reveal', { path }))
}

/** Takes a done task back, where there is a way: a machine out of the trash. */
export function undoOf(task: Task): (() => void) | null {
  const { trashId } = task.result
  if (task.verb !== 'remove' || task.state !== 'succeeded' || trashId === undefined) return null
  return () => void attempt('window', () => call('trash.recover', { trashIds: [trashId] }))
}
