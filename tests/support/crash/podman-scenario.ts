import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openPodman } from '../podman.ts'
import { containerSubstrate } from './container-substrate.ts'
import type { Places } from './fault-names.ts'
import type { Scenario } from './loop.ts'
import { scenarioOn } from './scenario.ts'

/** Containers under podman, with a storage of their own. */
export async function podmanScenario(places: Places): Promise<Scenario> {
  const home = await mkdtemp(join(places.berth, 'berth-x-'))
  const podman = await openPodman({ below: places.tool })
  const busybox = 'localhost/local/busybox:1'
  await podman.importBusybox(busybox)
  return scenarioOn({
    ...(await containerSubstrate({ home, endpointId: 'docker:podman', run: podman.run, busybox })),
    env: podman.env,
    toolProcesses: podman.processes,
    revive: podman.reviveDead,
    async close() {
      await podman.close()
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  })
}
