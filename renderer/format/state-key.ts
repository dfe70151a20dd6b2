import type { Machine, MachineState } from '../../app/domain/machine.ts'
import type { MessageKey } from '../../app/messages/text.ts'

/** The word for a state: a container is stopped where a virtual machine is shut down. */
export function stateKey(state: MachineState, machine: Pick<Machine, 'kind'>): MessageKey {
  return state === 'stopping' && machine.kind === 'container' ? 'state.stoppingContainer' : `state.${state}`
}
