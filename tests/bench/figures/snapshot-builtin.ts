import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { waitInFile } from '../../support/serial.ts'
import { root } from '../../support/window.ts'
import { berthWithBuiltin } from '../builtin-machine.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

/** Enough that the middle one is of programs that have been compiled, on both sides. */
const rounds = 61

/** v86 by itself, with Berth's guest waiting for a line. */
async function bareMachine(folder: string) {
  const program = join(root, 'tests/bench/bare-v86.mjs')
  const bare = spawn(process.execPath, [program, 'save', folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: bare.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the bare emulator ended')
    return value
  }
  while ((await next()) !== 'waiting');
  return {
    async save(): Promise<number> {
      bare.stdin.write('save\n')
      return Number(await next())
    },
    end: () => bare.kill(),
  }
}

/**
 * A snapshot with memory of a running built-in machine: through Berth until its task is done, and v86's state in a file. Both are
 * on the disk by then: the bare job syncs its file and its folder too.
 */
export const figure: Figure = {
  name: 'snapshot.builtin',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure(say) {
    const { client, id, serialLog, close } = await berthWithBuiltin()
    const folder = await mkdtemp(join(tmpdir(), 'berth-bare-'))
    const values: number[] = []
    const floors: number[] = []
    const bare = await bareMachine(folder)
    try {
      const started = await client.call('machine.start', { id })
      await waitInFile(serialLog, 0, /\n> /)
      await client.succeeded(started)
      for (let round = 0; round < rounds; round += 1) {
        const request = { id, name: `moment ${round}`, description: '', memory: true }
        values.push(await timed(async () => client.succeeded(await client.call('snapshot.take', request))))
        // One after the other: what else this computer does then weighs on both alike.
        floors.push(await bare.save())
      }
      await client.succeeded(await client.call('machine.powerOff', { id }))
      say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
      return { value: median(values), floor: median(floors) }
    } finally {
      bare.end()
      await close()
      await rm(folder, { recursive: true })
    }
  },
}
