import { waitInFile } from '../../support/serial.ts'
import { type BareLinux, bareLinux, promptInLog } from '../bare-linux.ts'
import { berthWithLinux } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const rounds = 7

/**
 * From the press of “Start Linux” to the prompt: the machine is made and started by one call, as the window does. Bare: a Node process
 * with v86, which unpacks the same disk and the same memory and goes on from them.
 */
export const figure: Figure = {
  name: 'first.minute',
  unit: 'ms',
  ...atMostTimes(1.5),
  async measure(say) {
    const { client, make, close } = await berthWithLinux()
    const values: number[] = []
    const floors: number[] = []
    try {
      for (let round = 0; round < rounds; round += 1) {
        const start = performance.now()
        const { id, serialLog } = await make({ name: `first ${round}`, startAfter: true })
        await waitInFile(serialLog, 0, promptInLog)
        values.push(performance.now() - start)
        await client.succeeded(await client.call('machine.powerOff', { id }))
        let bare: BareLinux | undefined
        floors.push(
          await timed(async () => {
            bare = await bareLinux('first')
          }),
        )
        await bare?.end()
      }
    } finally {
      await close()
    }
    say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
    return { value: median(values), floor: median(floors) }
  },
}
