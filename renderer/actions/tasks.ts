import type { MachineId } from '../../app/domain/ids.ts'
import type { Task } from '../../app/domain/task.ts'
import { store } from '../store/store.ts'
import { canRecover } from '../store/tasks.ts'
import { attempt, call } from './call.ts'
import { placeOf } from './machines.ts'
import { openMachine } from './navigate.ts'
import { openWhenMade } from './open-when-made.ts'

export const cancelTask = (taskId: string): Promise<void | null> =>
  attempt('window', () => call('task.cancel', { taskId }))

export const clearTasks = (): Promise<void | null> => attempt('window', () => call('task.clear'))

const goesBack: readonly Task['verb'][] = ['restore', 'undoRestore', 'redoRestore']

/** Where a task's outcome is to be seen: its machine's page. Null when there is nothing to go to. */
export function whereOf(task: Task): (() => void) | null {
  const id = task.result.machineId ?? task.machineId
  if (id === null || id === undefined) return null
  return () => openMachine(id, goesBack.includes(task.verb) ? 'snapshots' : undefined)
}

/** Shows the file that an export wrote, where the window can. */
export function revealOf(task: Task): (() => void) | null {
  const { path } = task.result
  if (task.state !== 'succeeded' || path === undefined) return null
  if (store.getState().system?.shell !== 'electron') return null
  return () => void attempt('window', () => call('files.reveal', { path }))
}

/**
 * Takes a done task back, where there is a way: a machine out of the trash, a machine's newest restore. `tasks` and `machines`
 * are all that are known: what came afterwards decides whether there still is one.
 */
export function undoOf(
  task: Task,
  tasks: readonly Task[],
  machines: ReadonlyMap<MachineId, unknown>,
): (() => void) | null {
  if (task.state !== 'succeeded') return null
  const { machineId } = task
  if (canRecover(task, tasks, machines)) return () => void recoverMachines([task])
  if (task.verb !== 'restore' || machineId === null) return null
  const isNewest = !tasks.some(
    (other) =>
      other.machineId === machineId && other.createdAt > task.createdAt && changesRestores.includes(other.verb),
  )
  return isNewest ? () => void undoNewest(machineId) : null
}

/** Brings what these tasks deleted back, and shows it. */
export async function recoverMachines(removals: readonly Task[]): Promise<void> {
  const trashIds = removals.flatMap(({ result }) => result.trashId ?? [])
  const taskId = await attempt('window', () => call('trash.recover', { trashIds }))
  if (taskId !== null) openWhenMade(taskId)
}

const changesRestores: readonly Task['verb'][] = [...goesBack, 'keepRestore', 'letGoRestore', 'remove']

async function undoNewest(id: MachineId): Promise<void> {
  await attempt(placeOf(id), async () => {
    const { restores } = await call('snapshot.tree', { id })
    const [newest] = restores
    if (newest !== undefined) await call('restore.undo', { id, restoreId: newest.id })
  })
}
