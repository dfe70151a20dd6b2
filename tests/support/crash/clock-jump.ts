import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { endOf, type Fault, randomMoment } from './faults.ts'

const dayMs = 24 * 60 * 60_000
/** A list that stands still as long as the clock went back is one that nobody waits for. */
const answerMs = 20_000

/** The clock that Berth sees jumps, back or forth, by up to a year; sometimes Berth is killed and starts in the other time. */
export function clockJump(): Fault {
  const folder = mkdtempSync(join(tmpdir(), 'berth-clock-'))
  const file = join(folder, 'shift')
  writeFileSync(file, '0')
  process.env['BERTH_CLOCK_FILE'] = file
  return {
    nodeArguments: ['--import', fileURLToPath(new URL('shifted-clock.mjs', import.meta.url))],
    async strike(turn) {
      const { random, berth, ended, start } = turn
      const { atMs } = await randomMoment(turn)
      const days = Math.round((random() * 2 - 1) * 365)
      writeFileSync(file, String(days * dayMs))
      process.kill(berth.pid, 'SIGUSR2')
      const { done, findings } = await endOf(ended)
      const answered = await Promise.race([
        berth.client.call('inventory.refresh').then(() => true),
        delay(answerMs, false, { ref: false }),
      ])
      const title = `the clock set to ${days} days from now ${atMs} ms into it`
      const late = answered ? [] : [`does not list machines within ${answerMs / 1000} s`]
      if (random() < 0.7) return { title, berth, done, stopsMachines: false, findings: [...findings, ...late] }
      await berth.kill()
      return {
        title: `${title}, and killed`,
        berth: await start(),
        done,
        stopsMachines: false,
        findings: [...findings, ...late],
      }
    },
    async close() {
      delete process.env['BERTH_CLOCK_FILE']
      rmSync(folder, { recursive: true })
    },
  }
}
