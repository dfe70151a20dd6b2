import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileSize, waitInFile } from '../../support/serial.ts'
import { root } from '../../support/window.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const rounds = 11

/** A built-in machine from the call to the first byte its guest says; and v86 alone, from the start of its process to that. */
export const figure: Figure = {
  name: 'start.builtin',
  unit: 'ms',
  ...atMostTimes(1.5),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithBuiltin()
    const values: number[] = []
    const floors: number[] = []
    try {
      for (let round = 0; round < rounds; round += 1) {
        const from = await fileSize(serialLog)
        values.push(
          await timed(async () => {
            const task = client.call('machine.start', { id })
            await waitInFile(serialLog, from, /\S/)
            await task
          }),
        )
        await client.succeeded(await client.call('machine.powerOff', { id }))
        floors.push(await timed(firstByteOfBare))
      }
    } finally {
      await close()
    }
    say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
    return { value: median(values), floor: median(floors) }
  },
}

async function firstByteOfBare(): Promise<void> {
  const bare = spawn(process.execPath, [join(root, 'tests/bench/bare-v86.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(bare.stdout, 'data')
  bare.kill('SIGKILL')
}
