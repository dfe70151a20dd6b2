import { failure } from '../../app/domain/errors.ts'
import type { Op } from './provider.ts'

/** A facet whose methods do nothing at all once they were called off. Every method takes its `op` last. */
export function guarded<F extends object>(facet: F): F {
  const methods = Object.entries(facet).map(([name, member]) => [
    name,
    typeof member !== 'function'
      ? member
      : async (...args: readonly unknown[]) => {
          const op = args.at(-1) as Op
          if (op.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
          return member(...args)
        },
  ])
  return Object.fromEntries(methods) as F
}
