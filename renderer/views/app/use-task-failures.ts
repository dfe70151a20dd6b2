import { useEffect } from 'react'
import { clearFailure, showFailure } from '../../actions/call.ts'
import { placeOf } from '../../actions/machines.ts'
import { onTaskChanged } from '../../store/connect.ts'
import { isOver } from '../../store/tasks.ts'

/** A task that fails puts its card on its machine's page; the next one that succeeds there takes the card away. */
export function useTaskFailures(): void {
  useEffect(
    () =>
      onTaskChanged((task, before) => {
        if (task.machineId === null || !isOver(task) || (before !== undefined && isOver(before))) return
        const place = placeOf(task.machineId)
        if ((task.state === 'failed' || task.state === 'unknown') && task.error !== null) {
          showFailure(place, task.error, task.id)
        } else if (task.state === 'succeeded') clearFailure(place)
      }),
    [],
  )
}
