import type { Text } from '../messages/text.ts'
import type { Task, TaskState, TaskVerb } from './task.ts'

/** The part of a task or activity entry that its sentence is written from. */
export type Told = Pick<Task, 'verb' | 'state' | 'machineName' | 'subject'>

/**
 * The sentence of a task as it stands. Cancelled and unknown outcomes keep the running form: what became of it is said
 * beside it (`task.state.*`), because neither "done" nor "failed" would be true.
 */
export function taskText(task: Told): Text {
  return {
    key: `task.${task.verb}.${phaseOf(task.state)}`,
    params: { name: task.machineName, subject: task.subject ?? task.machineName },
  }
}

/** The title of an error card: what did not happen, by verb and machine. */
export function failureTitle(verb: TaskVerb, machineName: string, subject: string | null): Text {
  return { key: `task.${verb}.failed`, params: { name: machineName, subject: subject ?? machineName } }
}

function phaseOf(state: TaskState): 'running' | 'done' | 'failed' {
  if (state === 'succeeded') return 'done'
  return state === 'failed' ? 'failed' : 'running'
}
