import { fileSize, waitInFile } from '../../support/serial.ts'
import { type BareLinux, bareLinux, promptInLog } from '../bare-linux.ts'
import { berthWithLinux } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const rounds = 3

/** A Linux from its disk to its prompt, from the call on; and v86 alone, from the start of its process on. */
export const figure: Figure = {
  name: 'start.linux',
  unit: 'ms',
  ...atMostTimes(1.5),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithLinux()
    const values: number[] = []
    const floors: number[] = []
    const off = async () => client.succeeded(await client.call('machine.powerOff', { id }))
    try {
      // Its very first start goes on from the memory that comes with it.
      await client.succeeded(await client.call('machine.start', { id }))
      await waitInFile(serialLog, 0, promptInLog)
      await off()
      for (let round = 0; round < rounds; round += 1) {
        const from = await fileSize(serialLog)
        values.push(
          await timed(async () => {
            const task = client.call('machine.start', { id })
            await waitInFile(serialLog, from, promptInLog)
            await task
          }),
        )
        await off()
        let bare: BareLinux | undefined
        floors.push(
          await timed(async () => {
            bare = await bareLinux('cold')
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
