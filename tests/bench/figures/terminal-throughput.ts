import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Figure, median } from '../figure.ts'
import { timeOutput, timeStraight } from '../terminal-page.ts'
import { openTerminals } from '../terminals.ts'

const bytes = 50_000_000
const rounds = 3
/** As a terminal gets it: a line's end is two characters. */
const line = `${'the quick brown fox jumps over the lazy dog '.repeat(2).slice(0, 78)}\r\n`

/** 50 MB out of a pty until they stand in the window, and the same written straight to that terminal. */
export const figure: Figure = {
  name: 'terminal.throughput',
  unit: 'MB/s',
  reach: '≥ 0.7 ×',
  isReached: ({ value, floor }) => floor !== null && value >= 0.7 * floor,
  async measure(say) {
    const { berth, home, sessions, close } = await openTerminals()
    try {
      const [, session] = sessions
      const path = join(home, 'flood')
      await writeFile(path, line.replace('\r\n', '\n').repeat(bytes / line.length))
      const values: number[] = []
      const floors: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        values.push(bytes / 1000 / (await timeOutput(berth.page, session, `cat ${path}`, bytes)))
        floors.push(bytes / 1000 / (await timeStraight(berth.page, session, line, bytes)))
      }
      say(
        `pty: ${values.map((value) => value.toFixed(1)).join(' ')}; straight: ${floors.map((floor) => floor.toFixed(1)).join(' ')}`,
      )
      return { value: median(values), floor: median(floors) }
    } finally {
      await close()
    }
  },
}
