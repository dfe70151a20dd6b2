import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { connectTo } from '../../support/client.ts'
import { makeHome, removeHome, serve } from '../../support/window.ts'
import { type Figure, median } from '../figure.ts'

const machines = 1_000
const rounds = 3
const limitMb = 30
/** What starting leaves behind is gone by then. */
const settlingMs = 5_000

/** What main holds in memory for a thousand machines: its own and what a client has been told. */
export const figure: Figure = {
  name: 'memory.main',
  unit: 'MB',
  reach: `≤ ${limitMb} MB`,
  isReached: ({ value }) => value <= limitMb,
  async measure(say) {
    const differences: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      // The pretended machines bring a few of their own, and the rest of their world with them: it counts.
      const withMany = await residentBytes({
        BERTH_MOCK: '1',
        BERTH_MOCK_STILL: '1',
        BERTH_MOCK_MACHINES: `${machines}`,
      })
      const withNone = await residentBytes({ PATH: '/nowhere' })
      say(`${Math.round(withMany / 1e6)} MB with ${machines}, ${Math.round(withNone / 1e6)} MB with none`)
      differences.push((withMany - withNone) / 1e6)
    }
    return { value: median(differences), floor: null }
  },
}

async function residentBytes(env: Readonly<Record<string, string>>): Promise<number> {
  const home = await makeHome()
  const berth = await serve({ home, env })
  const client = await connectTo(berth.address)
  try {
    await client.call('inventory.refresh')
    await client.call('inventory.get')
    await delay(settlingMs)
    const status = await readFile(`/proc/${berth.server.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
  } finally {
    client.close()
    berth.server.kill()
    await berth.exited
    await removeHome(home)
  }
}
