import { once } from 'node:events'
import { createServer } from 'node:http'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { fileSize, waitInFile } from '../../support/serial.ts'
import { openSerialConsole } from '../../support/serial-console.ts'
import { bareLinux, promptInLog } from '../bare-linux.ts'
import { berthWithLinux } from '../builtin-machine.ts'
import { type Figure, median, timed } from '../figure.ts'

const rounds = 5
const size = 4 * MiB
const least = 0.9

/**
 * How fast a Linux gets a file of this computer's through its network; and through v86's own adapter, without Berth. The first round
 * of each is not counted: what is new to the guest is compiled first.
 */
export const figure: Figure = {
  name: 'network.linux',
  unit: 'MB/s',
  reach: `≥ ${least} ×`,
  isReached: ({ value, floor }) => floor !== null && value >= least * floor,
  async measure(say) {
    const server = createServer((_request, response) => response.end(Buffer.alloc(size, 'berth'))).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    let count = 0
    // Put together by the shell, so that the line that is typed does not have the word.
    const line = (address: string): string => {
      count += 1
      return `wget -q -O /dev/null http://${address}:${port}/ && echo do""ne-${count}`
    }
    const online = (): string => {
      count += 1
      return `while ! ip address show eth0 | grep -q "inet "; do usleep 100000; done; echo do""ne-${count}`
    }
    const speeds = async (run: (line: string) => Promise<unknown>, address: string): Promise<readonly number[]> => {
      await run(online())
      const found: number[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const milliseconds = await timed(() => run(line(address)))
        if (round > 0) found.push(size / 1000 / milliseconds)
      }
      return found
    }
    const { client, make, close } = await berthWithLinux()
    try {
      const network: VmSpec['network'] = { mode: 'user', forwards: [], hostPorts: [port], localNetwork: false }
      const { id, serialLog } = await make({ name: 'network', network, startAfter: true })
      await waitInFile(serialLog, 0, promptInLog)
      const console = await openSerialConsole(client, id)
      const values = await speeds(async (typed) => {
        const from = await fileSize(serialLog)
        console.type(`${typed}\r`)
        await waitInFile(serialLog, from, new RegExp(`done-${count}\\r\\n`))
      }, 'host.internal')
      console.close()
      await client.succeeded(await client.call('machine.powerOff', { id }))

      const bare = await bareLinux('first', port)
      bare.online()
      const floors = await speeds(bare.run, '192.168.86.1')
      await bare.end()
      say(
        `Berth: ${values.map((speed) => speed.toFixed(2)).join(' ')}; bare: ${floors.map((speed) => speed.toFixed(2)).join(' ')}`,
      )
      return { value: median(values), floor: median(floors) }
    } finally {
      await close()
      server.close()
    }
  },
}
