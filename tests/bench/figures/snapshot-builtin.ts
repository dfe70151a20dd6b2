import { waitInFile } from '../../support/serial.ts'
import { bareMonitor } from '../bare-monitor.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

/** Enough that the middle one is of programs that have been compiled, on both sides. */
const rounds = 61

/**
 * A snapshot with memory of a running built-in machine: through Berth until its task is done, and v86's state in a file. Both are
 * on the disk by then: the bare job syncs its file and its folder too.
 */
export const figure: Figure = {
  name: 'snapshot.builtin',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithBuiltin()
    const values: number[] = []
    const floors: number[] = []
    const bare = await bareMonitor()
    try {
      const started = await client.call('machine.start', { id })
      await waitInFile(serialLog, 0, /\n> /)
      await client.succeeded(started)
      for (let round = 0; round < rounds; round += 1) {
        const request = { id, name: `moment ${round}`, description: '', memory: true }
        values.push(await timed(async () => client.succeeded(await client.call('snapshot.take', request))))
        // One after the other: what else this computer does then weighs on both alike.
        floors.push(await bare.save())
      }
      await client.succeeded(await client.call('machine.powerOff', { id }))
      say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
      return { value: median(values), floor: median(floors) }
    } finally {
      await bare.end()
      await close()
    }
  },
}
