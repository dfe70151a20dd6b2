import type { Task } from '../../../app/domain/task.ts'
import type { Text } from '../../../app/messages/text.ts'
import { isOver } from '../../store/tasks.ts'

/** A task's own sentence, as it stands: running, done or failed. */
export function taskText(task: Task): Text {
  const form = !isOver(task) ? 'running' : task.state === 'succeeded' ? 'done' : 'failed'
  return {
    key: `task.${task.verb}.${form}`,
    params: { name: task.machineName, subject: task.subject ?? '' },
  }
}
