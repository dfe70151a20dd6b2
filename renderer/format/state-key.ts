import type { Machine, MachineState } from '../../app/domain/machine.ts'
import type { Task, TaskVerb } from '../../app/domain/task.ts'
import type { MessageKey } from '../../app/messages/text.ts'

/** Tasks that are a change of state themselves: they have the state's word. */
type StateVerb = 'start' | 'shutDown' | 'powerOff' | 'resume' | 'suspend' | 'restore' | 'undoRestore' | 'redoRestore'

/**
 * The word for a state: a container is stopped where a virtual machine is shut down, and a machine that is worked on says by
 * its task at what.
 */
export function stateKey(
  state: MachineState,
  machine: Pick<Machine, 'kind'>,
  task: Pick<Task, 'verb'> | null = null,
): MessageKey {
  if (state === 'working' && task !== null && !hasStateWord(task.verb)) return `busy.${task.verb}`
  return state === 'stopping' && machine.kind === 'container' ? 'state.stoppingContainer' : `state.${state}`
}

const stateVerbs: Readonly<Record<StateVerb, true>> = {
  start: true,
  shutDown: true,
  powerOff: true,
  resume: true,
  suspend: true,
  restore: true,
  undoRestore: true,
  redoRestore: true,
}

function hasStateWord(verb: TaskVerb): verb is StateVerb {
  return verb in stateVerbs
}
