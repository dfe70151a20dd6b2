import { type Failure, failure } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Facets, Op, Provider } from '../providers/provider.ts'
import type { InventoryService } from '../services/inventory.ts'
import { withLimit } from '../services/limit.ts'

/** A window that waits longer for an answer looks broken. */
const answerMs = 30_000

/** A facet that the provider must have for what is asked. Throws `unsupported`, with the provider's own sentence if any. */
export function facetOf<N extends keyof Facets>(provider: Provider, name: N): Facets[N] {
  const facet = provider[name] as Facets[N] | undefined
  if (facet === undefined) {
    throw failure('unsupported', { key: 'why.unsupported', params: { provider: provider.label } })
  }
  return facet
}

/** Asks a provider something that changes nothing. */
export function askProvider<T>(provider: Provider, question: (op: Op) => Promise<T>): Promise<T> {
  return withLimit(question, { tool: provider.label, limitMs: answerMs, stop: never })
}

const never = new AbortController().signal

export function machineGone(): Failure {
  return failure('not-found', { key: 'error.machineGone' })
}

/** The name of a machine there is. Throws `not-found`. */
export function nameOf(inventory: Pick<InventoryService, 'machine'>, id: MachineId): string {
  const machine = inventory.machine(id)
  if (machine === null) throw machineGone()
  return machine.name
}
