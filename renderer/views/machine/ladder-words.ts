import type { Task } from '../../../app/domain/task.ts'
import type { MessageKey } from '../../../app/messages/text.ts'

/** Containers are stopped where virtual machines are shut down. */
export function isOfContainer({ machineKind }: Pick<Task, 'machineKind'>): boolean {
  return machineKind === 'container'
}

export function noAnswerKey(task: Pick<Task, 'machineKind'>): MessageKey {
  return isOfContainer(task) ? 'stop.noAnswerContainer' : 'stop.noAnswer'
}
