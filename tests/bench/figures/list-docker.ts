import { createDockerProvider } from '../../../main/providers/docker/provider.ts'
import type { Op } from '../../../main/providers/provider.ts'
import { temporaryHost } from '../../conformance/ground.ts'
import { daemonWithContainers } from '../containers.ts'
import { atMostTimes, type Figure, median, timed } from '../figure.ts'

const count = 200
const rounds = 9

/** A provider that has seen nothing yet lists an endpoint with 200 containers; the bare client does the same beside it. */
export const figure: Figure = {
  name: 'list.docker',
  unit: 'ms',
  ...atMostTimes(1.3),
  async measure() {
    const dockerd = await daemonWithContainers(count, 20)
    process.env.DOCKER_CONFIG = dockerd.env.DOCKER_CONFIG
    try {
      const values: number[] = []
      const floors: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        floors.push(await timed(() => bareList(dockerd.docker)))
        values.push(await coldList(`docker:${dockerd.context}`))
      }
      return { value: median(values), floor: median(floors) }
    } finally {
      await dockerd.close()
    }
  },
}

async function bareList(docker: (...args: readonly string[]) => Promise<string>): Promise<void> {
  const rows = await docker('ps', '--all', '--no-trunc', '--format', 'json')
  const ids = rows.split('\n').map((row) => (JSON.parse(row) as { ID: string }).ID)
  const inspected: unknown = JSON.parse(await docker('inspect', ...ids))
  if (!Array.isArray(inspected) || inspected.length !== count) throw new Error('not all of them were there')
}

async function coldList(endpointId: `docker:${string}`): Promise<number> {
  const { host, remove } = await temporaryHost()
  // Itself, not from the table of all: others need what only the build can pack.
  const provider = createDockerProvider(host)
  const op: Op = { signal: AbortSignal.timeout(60_000), progress: () => {}, record: () => {} }
  try {
    await provider.probe(op)
    return await timed(async () => {
      const machines = await provider.list(endpointId, op)
      if (machines.length !== count) throw new Error(`${machines.length} of ${count} were listed`)
    })
  } finally {
    await provider.dispose()
    await remove()
  }
}
