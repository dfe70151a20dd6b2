import type { TaskId } from '../../app/domain/ids.ts'
import { wishToType } from '../screen/wish.ts'
import { store } from '../store/store.ts'
import { isOver } from '../store/tasks.ts'
import type { DetailTab } from '../store/ui.ts'
import { openMachine } from './navigate.ts'

/**
 * Shows the machine that a task makes or brings back as soon as it is there, unless the person has gone elsewhere meanwhile. One
 * that starts shows its console, which takes the keyboard: an installer may wait for a key for some seconds only.
 */
export function openWhenMade(taskId: TaskId, tab?: DetailTab): void {
  const { selection, view } = store.getState().ui
  const stop = store.subscribe((state) => {
    const task = state.tasks.byId.get(taskId)
    // A clone's task is about the machine that it clones.
    const id = task?.result.machineId ?? null
    if (id !== null && state.inventory.machines.has(id)) {
      stop()
      if (state.ui.selection !== selection || state.ui.view !== view) return
      if (tab === 'console') wishToType(id)
      openMachine(id, tab)
    } else if (task !== undefined && isOver(task) && task.state !== 'succeeded') stop()
  })
}
