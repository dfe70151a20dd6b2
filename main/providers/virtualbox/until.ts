import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import type { Entry, ObservedState } from './entry.ts'
import type { Inventory } from './inventory.ts'

/** Should no file tell of a change, it is looked for this often while something waits for it. */
const pollMs = 1_000
/** How often the tool is asked about a machine that keeps no log, while something waits for it. */
const askMs = 5_000

interface Looks extends Pick<Inventory, 'find' | 'observedState' | 'onTouched'> {
  /** Nothing but the tool says what its process does. */
  isBlind(entry: Entry): boolean
  /** Asks the tool for the machine's state. */
  askByName(entry: Entry, op: Op): Promise<void>
}

/** Waits for a state of a machine. */
export function createUntil(looks: Looks): Inventory['until'] {
  const { find, observedState, isBlind, askByName, onTouched } = looks

  /** Settles when something of this machine is different, when it is time to look again anyway, or when it is called off. */
  function nextTouch(entry: Entry, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        stop()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, pollMs)
      const stop = onTouched((one) => {
        if (one === entry) end()
      })
      signal.addEventListener('abort', end, { once: true })
    })
  }

  return async (id: MachineId, isThere: (state: ObservedState) => boolean, op: Op, timeoutMs: number | null) => {
    const deadline = timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
    let askAt = performance.now() + askMs
    for (;;) {
      const entry = await find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      const isLast = performance.now() > deadline
      if (!isThere(observedState(entry)) && (isLast || (isBlind(entry) && performance.now() > askAt))) {
        await askByName(entry, op)
        askAt = performance.now() + askMs
      }
      if (isThere(observedState(entry))) return observedState(entry)
      if (isLast) {
        const params = { tool: 'VirtualBox', seconds: Math.round((timeoutMs ?? 0) / 1000) }
        throw failure('timeout', { key: 'error.timeout', params }, { hint: { key: 'error.timeout.hint' } })
      }
      await nextTouch(entry, op.signal)
      throwIfCancelled(op)
    }
  }
}
