import { parseId } from '../../../app/domain/ids.ts'
import { commandLineOf, startBare } from '../bare-qemu.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'
import { berthWithMachine } from '../qemu-machines.ts'

const rounds = 11

/**
 * A machine is started through Berth until its task is done, and by its bare command line until its monitor greets. QEMU's
 * monitor greets from a thread of its own before the machine is made; a task is done only when the guest runs. How long the bare
 * QEMU takes to that is said beside it: what is above that is Berth's own.
 */
export const figure: Figure = {
  name: 'start.qemu',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, close } = await berthWithMachine()
    const values: number[] = []
    const floors: number[] = []
    const running: number[] = []
    try {
      for (let round = 0; round < rounds; round += 1) {
        values.push(await timed(async () => client.succeeded(await client.call('machine.start', { id }))))
        const words = await commandLineOf(parseId(id)?.key ?? id)
        await client.succeeded(await client.call('machine.powerOff', { id }))
        const bare = await startBare(words)
        floors.push(bare.greetedMs)
        await bare.execute('cont')
        running.push(bare.sinceStartMs())
        await bare.end()
      }
    } finally {
      await close()
    }
    say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
    const toRunning = median(running)
    say(
      `bare until the guest runs: ${toRunning.toFixed(0)} ms; Berth: ${(median(values) / toRunning).toFixed(2)} × of that`,
    )
    return { value: median(values), floor: median(floors) }
  },
}
