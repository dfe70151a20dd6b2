import { setTimeout as delay } from 'node:timers/promises'
import { waitInFile } from '../../support/serial.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import type { Figure } from '../figure.ts'
import { secondsOf, treeOf } from '../processes.ts'

const watchedMs = 20_000
const settlingMs = 3_000
const limitPercent = 2

/** What a built-in machine costs that waits for somebody to type: its Berth with it, less its Berth without it. */
export const figure: Figure = {
  name: 'idle.builtin',
  unit: '%',
  reach: `≤ ${limitPercent} % of a core`,
  isReached: ({ value }) => value <= limitPercent,
  async measure(say) {
    const { client, id, pid, serialLog, close } = await berthWithBuiltin()
    const share = async (): Promise<number> => {
      await delay(settlingMs)
      const before = secondsOf(await treeOf(pid))
      await delay(watchedMs)
      return (100 * (secondsOf(await treeOf(pid)) - before) * 1000) / watchedMs
    }
    try {
      const without = await share()
      const started = await client.call('machine.start', { id })
      await waitInFile(serialLog, 0, /\n> /)
      await client.succeeded(started)
      const together = await share()
      say(`with it ${together.toFixed(2)} %, without it ${without.toFixed(2)} %`)
      return { value: Math.max(0, together - without), floor: null }
    } finally {
      await close()
    }
  },
}
