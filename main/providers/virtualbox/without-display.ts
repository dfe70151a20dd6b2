import type { MachineId } from '../../../app/domain/ids.ts'
import type { RemoteDisplays } from './remote-display.ts'

/**
 * A facet of which the methods that are named end, save or copy a machine: they do so while its remote display is off. Every method
 * takes its machine first.
 */
export function withoutDisplay<F extends object>(displays: RemoteDisplays, facet: F, names: readonly (keyof F)[]): F {
  const wrapped = names.map((name) => {
    const method = facet[name] as (id: MachineId, ...rest: readonly unknown[]) => Promise<unknown>
    return [name, (id: MachineId, ...rest: readonly unknown[]) => displays.without(id, () => method(id, ...rest))]
  })
  return { ...facet, ...Object.fromEntries(wrapped) }
}
