import { parseId } from '../../../app/domain/ids.ts'
import { commandLineOf, startBare } from '../bare-qemu.ts'
import { atMostTimes, type Figure, timed } from '../figure.ts'
import { berthWithMachine, createMachine } from '../qemu-machines.ts'
import { takeSnapshots } from '../take-snapshots.ts'

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
    try {
      const twin = await createMachine(client, 'twin')
      await client.succeeded(await client.call('machine.start', { id: twin }))
      const words = await commandLineOf(parseId(twin)?.key ?? twin)
      await client.succeeded(await client.call('machine.powerOff', { id: twin }))
      const bare = await startBare(words)
      await bare.execute('cont')
      await client.succeeded(await client.call('machine.start', { id }))
      const save = (round: number): Promise<number> =>
        timed(async () => {
          const ended = bare.jobEnded(`bare${round}`)
          const job = { 'job-id': `bare${round}`, tag: `bare${round}`, vmstate: 'disk0', devices: ['disk0'] }
          await bare.execute('snapshot-save', job)
          await ended
        })
      const measured = await takeSnapshots({ client, id }, save, rounds, say)
      await bare.end()
      return measured
    } finally {
      await close()
    }
  },
}
