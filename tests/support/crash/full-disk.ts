import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountSmallDisk } from '../small-disk.ts'
import { endOf, type Fault, randomMoment } from './faults.ts'

const diskMiB = 512
/** What is left: nothing, a block, a little, and enough for the first steps only. */
const leftBytes = [0, 4_096, 65_536, 1_048_576] as const

/** The disk runs full in the middle, and is emptied again; every other time Berth is killed while it is full. */
export function fullDisk(): Fault {
  const folder = mkdtempSync(join(tmpdir(), 'berth-full-'))
  const disk = mountSmallDisk(folder, diskMiB)
  return {
    folder,
    strikesTool: true,
    async strike(turn) {
      const { random, berth, ended, start } = turn
      // Every step of an act meets the full disk, and half of them from the first on.
      const { atMs } = random() < 0.5 ? { atMs: 0 } : await randomMoment(turn)
      const left = leftBytes[Math.floor(random() * leftBytes.length)] ?? 0
      disk.fill(left)
      const title = `disk full but for ${left} bytes ${atMs} ms into it`
      if (random() < 0.5) {
        const { done, findings } = await endOf(ended)
        disk.clear()
        await berth.client.call('inventory.refresh')
        return { title, berth, done, stopsMachines: false, findings }
      }
      await berth.kill()
      const done = await Promise.race([ended, Promise.resolve(null)])
      // It starts on the full disk, to make room with.
      const full = await start()
      await full.kill()
      disk.clear()
      return { title: `${title}, and killed`, berth: await start(), done, stopsMachines: false, findings: [] }
    },
    async close() {
      disk.unmount()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
