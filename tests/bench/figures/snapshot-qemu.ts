import { parseId } from '../../../app/domain/ids.ts'
import { commandLineOf, startBare } from '../bare-qemu.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'
import { berthWithMachine } from '../qemu-machines.ts'

const rounds = 11

/** A snapshot with memory of a running machine: through Berth until its task is done, and as the bare job. */
export const figure: Figure = {
  name: 'snapshot.qemu',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, close } = await berthWithMachine()
    const values: number[] = []
    const floors: number[] = []
    try {
      await client.succeeded(await client.call('machine.start', { id }))
      const words = await commandLineOf(parseId(id)?.key ?? id)
      for (let round = 0; round < rounds; round += 1) {
        const request = { id, name: `moment ${round}`, description: '', memory: true }
        values.push(await timed(async () => client.succeeded(await client.call('snapshot.take', request))))
      }
      await client.succeeded(await client.call('machine.powerOff', { id }))

      const bare = await startBare(words)
      await bare.execute('cont')
      for (let round = 0; round < rounds; round += 1) {
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
    } finally {
      await close()
    }
    say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
    return { value: median(values), floor: median(floors) }
  },
}
