import { setTimeout as delay } from 'node:timers/promises'
import { waitInFile } from '../support/serial.ts'
import type { BuiltinMachine } from './builtin-machine.ts'
import type { Figure } from './figure.ts'
import { secondsOf, treeOf } from './processes.ts'

const watchedMs = 20_000
// What its first prompt let be compiled has come to its end by then.
const settlingMs = 15_000

/** v86 by itself, its guest waiting for somebody to type. */
interface BareMachine {
  readonly pid: number
  end(): Promise<void>
}

/** What these processes and their children use of a core in the same span, in percent. */
async function sharesOf(...pids: readonly number[]): Promise<readonly number[]> {
  const look = (): Promise<readonly number[]> => Promise.all(pids.map(async (pid) => secondsOf(await treeOf(pid))))
  await delay(settlingMs)
  const before = await look()
  await delay(watchedMs)
  return (await look()).map((seconds, index) => (100_000 * (seconds - (before[index] ?? 0))) / watchedMs)
}

/**
 * What a built-in machine costs that waits for somebody to type: its Berth with it, less its Berth without it. The floor is v86 by
 * itself with the same guest, watched at the same time: a process that wakes on an idle virtual computer is charged for what its
 * host does to wake it.
 */
export function idleFigure(
  name: string,
  limitPercent: number,
  open: () => Promise<BuiltinMachine>,
  waiting: RegExp,
  openBare: () => Promise<BareMachine>,
): Figure {
  return {
    name,
    unit: '%',
    reach: `≤ ${limitPercent} % of a core, or the floor`,
    isReached: ({ value, floor }) => value <= Math.max(limitPercent, floor ?? 0),
    async measure(say) {
      const { client, id, pid, serialLog, close } = await open()
      try {
        const [without = 0] = await sharesOf(pid)
        const started = await client.call('machine.start', { id })
        await waitInFile(serialLog, 0, waiting)
        await client.succeeded(started)
        const bare = await openBare()
        try {
          const [together = 0, floor = 0] = await sharesOf(pid, bare.pid)
          say(`with it ${together.toFixed(2)} %, without it ${without.toFixed(2)} %`)
          return { value: Math.max(0, together - without), floor }
        } finally {
          await bare.end()
        }
      } finally {
        await close()
      }
    },
  }
}
