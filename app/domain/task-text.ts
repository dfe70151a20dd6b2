import type { Text } from '../messages/text.ts'
import type { MachineKind } from './machine.ts'
import type { Task, TaskState, TaskVerb } from './task.ts'

/** The part of a task or activity entry that its sentence is written from. */
export type Told = Pick<Task, 'verb' | 'state' | 'machineName' | 'machineKind' | 'subject'> &
  Partial<Pick<Task, 'result'>>

/**
 * The sentence of a task as it stands. Cancelled and unknown outcomes keep the running form: what became of it is said
 * beside it (`task.state.*`), because neither "done" nor "failed" would be true.
 */
export function taskText(task: Told): Text {
  if (task.verb === 'remove' && task.state === 'succeeded' && task.result?.trashId !== undefined) {
    return { key: 'task.remove.toTrash', params: { name: task.machineName, subject: task.machineName } }
  }
  return sentence(task, phaseOf(task.state))
}

/** The title of an error card: what did not happen, by verb and machine. */
export function failureTitle(task: Omit<Told, 'state'>): Text {
  return sentence(task, 'failed')
}

/** A container is stopped and killed where a virtual machine is shut down and powered off. */
export function spokenVerb(
  verb: TaskVerb,
  kind: MachineKind | undefined,
): TaskVerb | 'stopContainer' | 'killContainer' {
  if (kind !== 'container') return verb
  if (verb === 'shutDown') return 'stopContainer'
  return verb === 'powerOff' ? 'killContainer' : verb
}

type Phase = 'running' | 'done' | 'failed'

function sentence({ verb, machineName, machineKind, subject }: Omit<Told, 'state'>, phase: Phase): Text {
  return {
    key: `task.${spokenVerb(verb, machineKind)}.${phase}`,
    params: { name: machineName, subject: subject ?? machineName },
  }
}

function phaseOf(state: TaskState): Phase {
  if (state === 'succeeded') return 'done'
  return state === 'failed' ? 'failed' : 'running'
}
