import { failure } from '../../../app/domain/errors.ts'
import type { Op } from '../provider.ts'

/** To be asked between two steps, where stopping leaves nothing half done. */
export function throwIfCancelled(op: Pick<Op, 'signal'>): void {
  if (op.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
}

/** For what Berth does by itself: no task shows it, nobody cancels it. */
export const quietOp: Op = { signal: new AbortController().signal, progress: () => {}, record: () => {} }

/** Of a step that is carried out to its end, because stopping in between would be worse than waiting. */
export function unstoppable(op: Op): Op {
  return { ...op, signal: quietOp.signal }
}
