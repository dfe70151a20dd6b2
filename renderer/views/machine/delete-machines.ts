import type { MachineId } from '../../../app/domain/ids.ts'
import { removalPlan, removeMachine } from '../../actions/machines.ts'
import { openDialog } from '../../actions/navigate.ts'
import { store } from '../../store/store.ts'
import { asksBeforeDeleting, isUndoable } from './delete-question.ts'

/** How long what deleting would do may take to be found out before the dialog shows that it is being looked at, in ms. */
const maxLookMs = 400

/** Machines whose plan is being looked at: a second press is no second wish. */
const looking = new Set<MachineId>()

/**
 * Deletes a few machines at once where each goes to the trash whole and nothing that runs is ended: Undo brings them back. All
 * else is asked first: what is gone for good, ends what runs, is in the way, leaves a choice, or is more than a few.
 */
export async function deleteMachines(ids: readonly MachineId[]): Promise<void> {
  if (asksBeforeDeleting(store.getState(), ids)) return ask(ids)
  if (ids.some((id) => looking.has(id))) return
  for (const id of ids) looking.add(id)
  try {
    const plans = await Promise.race([Promise.all(ids.map(removalPlan)), later(maxLookMs)])
    if (plans === null || !plans.every(isUndoable)) ask(ids)
    else for (const { machineId } of plans) void removeMachine(machineId, [], null)
  } catch {
    // The dialog looks once more and shows what is wrong.
    ask(ids)
  } finally {
    for (const id of ids) looking.delete(id)
  }
}

function ask(machineIds: readonly MachineId[]): void {
  openDialog({ kind: 'remove', machineIds })
}

function later(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms))
}
