import { waitInFile } from '../../support/serial.ts'
import { bareMonitor } from '../bare-monitor.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import { atMostTimes, type Figure } from '../figure.ts'
import { takeSnapshots } from '../take-snapshots.ts'

/** Enough that the middle one is of programs that have been compiled, on both sides. */
const rounds = 61

/**
 * A snapshot with memory of a running built-in machine: through Berth until its task is done, and v86's state in a file, its guest
 * waiting for a line. Both are on the disk by then: the bare job syncs its file and its folder too.
 */
export const figure: Figure = {
  name: 'snapshot.builtin',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithBuiltin()
    const bare = await bareMonitor()
    try {
      const started = await client.call('machine.start', { id })
      await waitInFile(serialLog, 0, /\n> /)
      await client.succeeded(started)
      return await takeSnapshots({ client, id }, bare.save, rounds, say)
    } finally {
      await bare.end()
      await close()
    }
  },
}
