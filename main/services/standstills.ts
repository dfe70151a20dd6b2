import type { InventoryChange } from '../../app/contract/views.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import { type Machine, standsStill } from '../../app/domain/machine.ts'

/** Tells of each machine that its tool stops, once until it goes on. */
export function watchStandstills(
  onChanged: (listener: (change: InventoryChange) => void) => () => void,
  tell: (machine: Machine) => void,
): () => void {
  const standing = new Set<MachineId>()
  return onChanged(({ upserts, removed }) => {
    for (const id of removed) standing.delete(id)
    for (const machine of upserts) {
      if (!standsStill(machine)) standing.delete(machine.id)
      else if (!standing.has(machine.id)) {
        standing.add(machine.id)
        tell(machine)
      }
    }
  })
}
