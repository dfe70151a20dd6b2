import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitInFile } from '../../support/serial.ts'
import { root } from '../../support/window.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const rounds = 21

/** A snapshot with memory of a running built-in machine: through Berth until its task is done, and v86's state in a file. */
export const figure: Figure = {
  name: 'snapshot.builtin',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithBuiltin()
    const folder = await mkdtemp(join(tmpdir(), 'berth-bare-'))
    const values: number[] = []
    try {
      const started = await client.call('machine.start', { id })
      await waitInFile(serialLog, 0, /\n> /)
      await client.succeeded(started)
      for (let round = 0; round < rounds; round += 1) {
        const request = { id, name: `moment ${round}`, description: '', memory: true }
        values.push(await timed(async () => client.succeeded(await client.call('snapshot.take', request))))
      }
      await client.succeeded(await client.call('machine.powerOff', { id }))
      const bare = join(root, 'tests/bench/bare-v86.mjs')
      const { stdout } = await promisify(execFile)(process.execPath, [bare, 'save', String(rounds), folder])
      const floors = stdout.trim().split('\n').slice(1).map(Number)
      say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
      return { value: median(values), floor: median(floors) }
    } finally {
      await close()
      await rm(folder, { recursive: true })
    }
  },
}
