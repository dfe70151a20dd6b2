import { setTimeout as delay } from 'node:timers/promises'
import { createSerial, type Serial } from '../../../app/util/serial.ts'

/** VirtualBox gives a machine to one client at a time, and answers the others with an error instead of waiting. */
export interface MachineQueue {
  /** Runs a job that takes the machine, after those that came before it. */
  readonly run: Serial['run']
  readonly isBusy: Serial['isBusy']
}

export function createMachineQueue(): MachineQueue {
  return createSerial()
}

/** How long another program's lock is waited for. A lock that is let go takes VirtualBox up to ten seconds to be seen. */
const patienceMs = 15_000
const firstPauseMs = 100
const maxPauseMs = 1_500

/** Repeats `attempt` while it says `again` and patience lasts; returns the last answer. */
export async function withPatience<T>(
  attempt: () => Promise<T>,
  again: (answer: T) => boolean | Promise<boolean>,
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<T> {
  const until = now() + patienceMs
  let pauseMs = firstPauseMs
  for (;;) {
    const answer = await attempt()
    if (signal.aborted || now() + pauseMs > until || !(await again(answer))) return answer
    await delay(pauseMs, undefined, { signal }).catch(() => {})
    pauseMs = Math.min(pauseMs * 2, maxPauseMs)
  }
}
