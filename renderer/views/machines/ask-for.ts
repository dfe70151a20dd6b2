import type { MachineId } from '../../../app/domain/ids.ts'
import { openDialog } from '../../actions/navigate.ts'
import { permissionOf } from '../../store/selectors.ts'
import { store } from '../../store/store.ts'
import { deleteMachines } from '../machine/delete-machines.ts'
import { explainRefusal } from './explain-refusal.ts'

/** Does what a key asks for, for those of the machines that permit it. Where none does, it says why at the row. */
export function askFor(verb: 'rename' | 'remove', ids: readonly MachineId[]): void {
  const state = store.getState()
  const able = ids.filter((id) => permissionOf(verb, id)(state).kind === 'allowed')
  const [first = null] = able
  if (first === null) explainRefusal([verb], ids)
  else if (verb === 'remove') void deleteMachines(able)
  else openDialog({ kind: 'rename', machineId: first })
}
