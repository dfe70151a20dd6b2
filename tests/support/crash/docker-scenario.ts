import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Dockerd, startDockerd } from '../dockerd.ts'
import { containerSubstrate } from './container-substrate.ts'
import type { Places } from './fault-names.ts'
import { killed } from './faults.ts'
import type { Scenario } from './loop.ts'
import { scenarioOn } from './scenario.ts'

/** Containers under a Docker daemon of their own. */
export async function dockerScenario(places: Places): Promise<Scenario> {
  const home = await mkdtemp(join(places.berth, 'berth-x-'))
  const dockerd = await startDockerd({ below: places.tool })
  const { docker } = dockerd
  const busybox = 'local/busybox:1'
  await dockerd.importBusybox(busybox)
  const endpointId = `docker:${dockerd.context}` as const

  return scenarioOn({
    ...(await containerSubstrate({ home, endpointId, run: docker, busybox })),
    env: dockerd.env,

    async toolProcesses() {
      return [{ pid: Number(await readFile(join(dockerd.folder, 'pid'), 'utf8')), name: 'dockerd' }]
    },
    async revive() {
      const answers = await docker('version').then(
        () => true,
        () => false,
      )
      if (answers) return
      await dockerd.kill()
      await dockerd.start()
      await endLeftShims(dockerd)
    },

    async close() {
      await dockerd.close()
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  })
}

/**
 * As an administrator would: a dockerd that was killed while it started a container leaves the container's shim, which no restart of
 * dockerd ends and which keeps the container from starting.
 */
async function endLeftShims({ folder, docker }: Dockerd): Promise<void> {
  const running = await docker('ps', '--quiet', '--no-trunc')
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const words = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0')
    const isShim = words[0]?.includes('containerd-shim') === true && words.some((word) => word.startsWith(folder))
    const id = words[words.indexOf('-id') + 1] ?? ''
    if (isShim && !running.includes(id)) killed(Number(entry))
  }
}
