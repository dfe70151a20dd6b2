import type { Op } from '../provider.ts'
import { throwIfCancelled } from './op.ts'

/** A facet whose methods do nothing at all once they were called off. Every method takes its `op` last. */
export function guarded<F extends object>(facet: F): F {
  const members = Object.entries(facet).map(([name, member]) => [
    name,
    typeof member !== 'function'
      ? member
      : async (...args: readonly unknown[]) => {
          throwIfCancelled(args.at(-1) as Op)
          return member(...args)
        },
  ])
  return Object.fromEntries(members) as F
}
