import { parseId } from '../../../app/domain/ids.ts'
import { commandLineOf, startBare } from '../bare-qemu.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'
import { berthWithMachine, createMachine } from '../qemu-machines.ts'

const rounds = 21

/**
 * A snapshot with memory of a running machine: through Berth until its task is done, and as the bare job of a QEMU that was
 * started with the same arguments for a machine just like it.
 */
export const figure: Figure = {
  name: 'snapshot.qemu',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, close } = await berthWithMachine()
    const values: number[] = []
    const floors: number[] = []
    try {
      const twin = await createMachine(client, 'twin')
      await client.succeeded(await client.call('machine.start', { id: twin }))
      const words = await commandLineOf(parseId(twin)?.key ?? twin)
      await client.succeeded(await client.call('machine.powerOff', { id: twin }))
      const bare = await startBare(words)
      await bare.execute('cont')
      await client.succeeded(await client.call('machine.start', { id }))
      for (let round = 0; round < rounds; round += 1) {
        const request = { id, name: `moment ${round}`, description: '', memory: true }
        values.push(await timed(async () => client.succeeded(await client.call('snapshot.take', request))))
        // One after the other: what else this computer does then weighs on both alike.
        const job = { 'job-id': `bare${round}`, tag: `bare${round}`, vmstate: 'disk0', devices: ['disk0'] }
        floors.push(
          await timed(async () => {
            const ended = bare.jobEnded(`bare${round}`)
            await bare.execute('snapshot-save', job)
            await ended
          }),
        )
      }
      await bare.end()
      await client.succeeded(await client.call('machine.powerOff', { id }))
    } finally {
      await close()
    }
    say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
    return { value: median(values), floor: median(floors) }
  },
}
