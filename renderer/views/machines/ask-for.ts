import type { MachineId } from '../../../app/domain/ids.ts'
import { showFailure } from '../../actions/call.ts'
import { placeOf } from '../../actions/machines.ts'
import { openDialog } from '../../actions/navigate.ts'
import { permissionOf } from '../../store/selectors.ts'
import { store } from '../../store/store.ts'

/**
 * Opens the dialog that a key asks for, for those of the machines that permit it. Where none does, the reason stands on the
 * machine's page: a key that seems dead explains nothing.
 */
export function askFor(verb: 'rename' | 'remove', ids: readonly MachineId[]): void {
  const state = store.getState()
  const able = ids.filter((id) => permissionOf(verb, id)(state).kind === 'allowed')
  const [first = null] = able
  if (first !== null) {
    openDialog(verb === 'rename' ? { kind: 'rename', machineId: first } : { kind: 'remove', machineIds: able })
    return
  }
  for (const id of ids) {
    const permission = permissionOf(verb, id)(state)
    if (permission.kind === 'allowed') continue
    showFailure(
      placeOf(id),
      { code: 'wrong-state', message: permission.reason, hint: null, detail: null, field: null },
      null,
      verb,
    )
  }
}
