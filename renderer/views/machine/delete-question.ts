import type { MachineId } from '../../../app/domain/ids.ts'
import { isOff } from '../../../app/domain/machine.ts'
import type { RemovalPlan } from '../../../app/domain/trash.ts'
import type { State } from '../../store/store.ts'
import { maxUnasked } from './power-verbs.ts'

/** Whether it is known before looking that a question will come: menus then have the dots. */
export function asksBeforeDeleting({ inventory }: Pick<State, 'inventory'>, ids: readonly MachineId[]): boolean {
  return ids.length > maxUnasked || ids.some((id) => !isOff(inventory.machines.get(id)?.state ?? 'unknown'))
}

/** A volume is a person's choice: it stays, or goes along for good. */
export function isUndoable({ way, blockedBy, volumes }: RemovalPlan): boolean {
  return way === 'trash' && blockedBy.length === 0 && volumes.length === 0
}
