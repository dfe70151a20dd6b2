import { waitInFile } from '../../support/serial.ts'
import { bareLinux, promptInLog } from '../bare-linux.ts'
import { berthWithLinux } from '../builtin-machine.ts'
import { atMostTimes, type Figure } from '../figure.ts'
import { takeSnapshots } from '../take-snapshots.ts'

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
    const bare = await bareLinux('first')
    try {
      await client.succeeded(await client.call('machine.start', { id }))
      await waitInFile(serialLog, 0, promptInLog)
      return await takeSnapshots({ client, id }, bare.save, rounds, say)
    } finally {
      await bare.end()
      await close()
    }
  },
}
