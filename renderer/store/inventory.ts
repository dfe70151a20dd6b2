import type { Inventory, InventoryChange } from '../../app/contract/views.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Annotation, Machine } from '../../app/domain/machine.ts'
import type { Endpoint, HostInfo, ProviderInfo } from '../../app/domain/provider.ts'

export interface InventoryState {
  /** -1 until the whole was read once. */
  readonly revision: number
  readonly hosts: readonly HostInfo[]
  readonly providers: readonly ProviderInfo[]
  readonly endpoints: readonly Endpoint[]
  /** By id. A machine that did not change is the same object as before. */
  readonly machines: ReadonlyMap<MachineId, Machine>
  readonly annotations: Readonly<Record<MachineId, Annotation>>
}

export const initialInventory: InventoryState = {
  revision: -1,
  hosts: [],
  providers: [],
  endpoints: [],
  machines: new Map(),
  annotations: {},
}

/** Takes the whole, keeping the identity of every part that reads the same as before. */
export function takeWhole(state: InventoryState, whole: Inventory): InventoryState {
  const machines = new Map<MachineId, Machine>()
  for (const machine of whole.machines) machines.set(machine.id, keep(state.machines.get(machine.id), machine))
  return {
    ...state,
    revision: whole.revision,
    hosts: keep(state.hosts, whole.hosts),
    providers: keep(state.providers, whole.providers),
    endpoints: keepEach(state.endpoints, whole.endpoints),
    machines,
    annotations: keep(state.annotations, whole.annotations),
  }
}

/**
 * Takes a change. Null when it does not follow on the present revision: the whole must be asked for again. A change that is
 * already in is no change.
 */
export function takeChange(state: InventoryState, change: InventoryChange): InventoryState | null {
  if (state.revision < 0) return null
  if (change.revision <= state.revision) return state
  if (change.revision !== state.revision + 1) return null
  let machines = state.machines
  if (change.upserts.length > 0 || change.removed.length > 0) {
    const next = new Map(state.machines)
    for (const machine of change.upserts) next.set(machine.id, keep(next.get(machine.id), machine))
    for (const id of change.removed) next.delete(id)
    machines = next
  }
  return {
    ...state,
    revision: change.revision,
    machines,
    hosts: change.hosts === undefined ? state.hosts : keep(state.hosts, change.hosts),
    providers: change.providers === undefined ? state.providers : keep(state.providers, change.providers),
    endpoints: change.endpoints === undefined ? state.endpoints : keepEach(state.endpoints, change.endpoints),
    annotations: change.annotations === undefined ? state.annotations : keep(state.annotations, change.annotations),
  }
}

/** `before` when both read the same, so that what depends on it is not drawn again. */
function keep<T>(before: T | undefined, now: T): T {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now
}

function keepEach<T extends { readonly id: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  const byId = new Map(before.map((item) => [item.id, item]))
  const kept = now.map((item) => keep(byId.get(item.id), item))
  return kept.length === before.length && kept.every((item, index) => item === before[index]) ? before : kept
}
