import type { Op } from '../provider.ts'
import { throwIfCancelled } from './op.ts'

/** A facet whose methods do nothing at all once they were called off. Every method takes its `op` last. */
export function guarded<F extends object>(facet: F): F {
  const methods = Object.entries(facet).map(([name, method]) => [
    name,
    async (...args: readonly unknown[]) => {
      throwIfCancelled(args.at(-1) as Op)
      return (method as (...args: readonly unknown[]) => unknown)(...args)
    },
  ])
  return Object.fromEntries(methods) as F
}
