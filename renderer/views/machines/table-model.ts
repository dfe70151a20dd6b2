import type { MachineId } from '../../../app/domain/ids.ts'
import { type Machine, reachableAt } from '../../../app/domain/machine.ts'
import type { UiState } from '../../store/ui.ts'

export const columns = ['name', 'state', 'system', 'provider', 'cpu', 'memory', 'address', 'since'] as const
export type Column = (typeof columns)[number]

/** Whoever sorts by a figure looks for the largest. */
export function isLargestFirst(column: Column): boolean {
  return column === 'cpu' || column === 'memory' || column === 'since'
}

export interface TableFacts {
  readonly locale: string
  readonly provider: (machine: Machine) => string
  readonly state: (machine: Machine) => string
  readonly cpu: (machine: Machine) => number | null
  readonly memory: (machine: Machine) => number | null
}

/**
 * The order of the table at this moment. Empty values stand last in both directions; the same values by name. Kept by the
 * caller until it is asked for again, so that figures do not move rows.
 */
export function sortTable(
  machines: readonly Machine[],
  { key, isDescending }: UiState['tableSort'],
  facts: TableFacts,
): readonly MachineId[] {
  const collator = new Intl.Collator(facts.locale, { numeric: true, sensitivity: 'base' })
  const value: Record<Column, (machine: Machine) => string | number | null> = {
    name: (machine) => machine.name,
    state: facts.state,
    system: (machine) => machine.os,
    provider: facts.provider,
    cpu: facts.cpu,
    memory: facts.memory,
    address: (machine) => reachableAt(machine)[0] ?? null,
    // Longest first reads as ascending age: the earlier the moment, the longer it is up.
    since: (machine) => (machine.state === 'running' && machine.since !== null ? -Date.parse(machine.since) : null),
  }
  const read = value[key]
  const sign = isDescending ? -1 : 1
  return [...machines]
    .map((machine) => ({ machine, value: read(machine) }))
    .sort((one, other) => {
      if (one.value === null || other.value === null) {
        if (one.value !== other.value) return one.value === null ? 1 : -1
      } else {
        const order =
          typeof one.value === 'number' && typeof other.value === 'number'
            ? one.value - other.value
            : collator.compare(String(one.value), String(other.value))
        if (order !== 0) return sign * order
      }
      return collator.compare(one.machine.name, other.machine.name) || (one.machine.id < other.machine.id ? -1 : 1)
    })
    .map(({ machine }) => machine.id)
}
