import { waitInFile } from '../../support/serial.ts'
import { bareLinux, promptInLog } from '../bare-linux.ts'
import { berthWithLinux } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const rounds = 15

/**
 * A snapshot with memory and disk of a running Linux: through Berth until its task is done; and v86's `save_state` in a file with a copy
 * of the disk that keeps the holes. All of it is on the disk by then, on both sides.
 */
export const figure: Figure = {
  name: 'snapshot.linux',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithLinux()
    const values: number[] = []
    const floors: number[] = []
    const bare = await bareLinux('first')
    try {
      await client.succeeded(await client.call('machine.start', { id }))
      await waitInFile(serialLog, 0, promptInLog)
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
