import { execFileSync } from 'node:child_process'
import type { EndpointId, MachineId } from '../../app/domain/ids.ts'
import type { ContainerSpec } from '../../app/domain/spec.ts'
import { createDockerProvider } from '../../main/providers/docker/provider.ts'
import { startDockerd } from '../support/dockerd.ts'
import { type Ground, op, temporaryHost } from './ground.ts'
import { describeProvider } from './provider-suite.ts'

const image = 'local/busybox:1'
const notePath = '/note'

/** Why no daemon of our own can be started here; null when one can. */
function missing(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  for (const tool of ['dockerd', 'docker', 'busybox']) {
    try {
      execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', tool], { stdio: 'ignore' })
    } catch {
      return `${tool} is not installed`
    }
  }
  return null
}

async function startDocker(): Promise<Ground> {
  const dockerd = await startDockerd()
  await dockerd.importBusybox(image)
  const given = process.env['DOCKER_CONFIG']
  process.env['DOCKER_CONFIG'] = dockerd.env.DOCKER_CONFIG
  const { host, remove } = await temporaryHost()
  const provider = createDockerProvider(host)
  const { endpoints } = await provider.probe(op())
  const endpointId: EndpointId = endpoints.find((one) => one.id.endsWith(dockerd.context))?.id ?? 'docker:none'
  await provider.recover(op())
  let count = 0

  const nameOf = async (id: MachineId): Promise<string> => (await provider.read(id, op()))?.name ?? ''

  return {
    provider,
    endpointId,
    spec(name): ContainerSpec {
      count += 1
      return {
        kind: 'container',
        endpointId,
        image,
        pull: 'never',
        name: `${name}-${count}`,
        // Ends when it is asked to.
        command: ['/bin/sh', '-c', 'trap "exit 0" TERM; echo up; while :; do sleep 0.1; done'],
        ports: [],
        mounts: [],
        environment: [],
        restart: 'no',
        startAfter: false,
      }
    },
    write: async (id, text) =>
      void (await dockerd.docker('exec', await nameOf(id), '/bin/sh', '-c', `echo "$1" > ${notePath}`, 'sh', text)),
    read: async (id) =>
      dockerd.docker('exec', await nameOf(id), '/bin/sh', '-c', `if [ -e ${notePath} ]; then cat ${notePath}; fi`),
    stopOutside: async (id) => void (await dockerd.docker('kill', await nameOf(id))),
    async leave() {
      await provider.dispose()
      if (given === undefined) delete process.env['DOCKER_CONFIG']
      else process.env['DOCKER_CONFIG'] = given
      await dockerd.close()
      await remove()
      return []
    },
  }
}

describeProvider('Docker', {
  missing: missing(),
  facets: [
    'restart',
    'pause',
    'snapshots',
    'consoles',
    'create',
    'rename',
    'configure',
    'remove',
    'trash',
    'stats',
    'files',
  ],
  start: startDocker,
  promptMs: 20_000,
})
