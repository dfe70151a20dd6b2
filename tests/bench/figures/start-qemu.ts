import { parseId } from '../../../app/domain/ids.ts'
import { commandLineOf, startBare } from '../bare-qemu.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'
import { berthWithMachine } from '../qemu-machines.ts'

const rounds = 11

/**
 * A machine is started through Berth until its task is done, and by its bare command line until its guest runs, by turns. The
 * monitor greets earlier, from a thread of its own before the machine is made, so that its greeting is no floor of a start.
 */
export const figure: Figure = {
  name: 'start.qemu',
  unit: 'ms',
  ...atMostTimes(1.1),
  async measure(say) {
    const { client, id, close } = await berthWithMachine()
    const values: number[] = []
    const floors: number[] = []
    try {
      for (let round = 0; round < rounds; round += 1) {
        values.push(await timed(async () => client.succeeded(await client.call('machine.start', { id }))))
        const words = await commandLineOf(parseId(id)?.key ?? id)
        await client.succeeded(await client.call('machine.powerOff', { id }))
        const bare = await startBare(words)
        await bare.execute('cont')
        floors.push(bare.sinceStartMs())
        await bare.end()
      }
    } finally {
      await close()
    }
    say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
    return { value: median(values), floor: median(floors) }
  },
}
