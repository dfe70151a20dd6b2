import { type Figure, p95 } from '../figure.ts'
import { timeEchoes } from '../terminal-page.ts'
import { openTerminals } from '../terminals.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz'.repeat(4)
const everyMs = 50
const allowedMs = 15

/** From a key to its letter on the screen in one terminal, alone and while the other one pours out lines without end. */
export const figure: Figure = {
  name: 'terminal.echo',
  unit: 'ms',
  reach: `≤ floor + ${allowedMs} ms, p95`,
  isReached: ({ value, floor }) => floor !== null && value <= floor + allowedMs,
  async measure() {
    const { berth, sessions, close } = await openTerminals()
    try {
      const [quiet, flood] = sessions
      // Echoed by the line itself: a shell would redraw its prompt.
      await berth.page.evaluate((id) => window.benches?.[id]?.terminal.input('cat\r'), quiet)
      const floors = await timeEchoes(berth.page, quiet, letters, everyMs)
      await berth.page.evaluate((id) => window.benches?.[id]?.terminal.input('yes flood\r'), flood)
      const values = await timeEchoes(berth.page, quiet, letters, everyMs)
      return { value: p95(values), floor: p95(floors) }
    } finally {
      await close()
    }
  },
}
