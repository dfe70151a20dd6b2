import { setTimeout as delay } from 'node:timers/promises'
import { waitInFile } from '../support/serial.ts'
import type { BuiltinMachine } from './builtin-machine.ts'
import type { Figure } from './figure.ts'
import { secondsOf, treeOf } from './processes.ts'

const watchedMs = 20_000
// What its first prompt let be compiled has come to its end by then.
const settlingMs = 15_000

/** What a built-in machine costs that waits for somebody to type: its Berth with it, less its Berth without it. */
export function idleFigure(
  name: string,
  limitPercent: number,
  open: () => Promise<BuiltinMachine>,
  waiting: RegExp,
): Figure {
  return {
    name,
    unit: '%',
    reach: `≤ ${limitPercent} % of a core`,
    isReached: ({ value }) => value <= limitPercent,
    async measure(say) {
      const { client, id, pid, serialLog, close } = await open()
      const share = async (): Promise<number> => {
        await delay(settlingMs)
        const before = secondsOf(await treeOf(pid))
        await delay(watchedMs)
        return (100 * (secondsOf(await treeOf(pid)) - before) * 1000) / watchedMs
      }
      try {
        const without = await share()
        const started = await client.call('machine.start', { id })
        await waitInFile(serialLog, 0, waiting)
        await client.succeeded(started)
        const together = await share()
        say(`with it ${together.toFixed(2)} %, without it ${without.toFixed(2)} %`)
        return { value: Math.max(0, together - without), floor: null }
      } finally {
        await close()
      }
    },
  }
}
