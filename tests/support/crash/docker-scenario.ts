import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EndpointId } from '../../../app/domain/ids.ts'
import { type Dockerd, startDockerd } from '../dockerd.ts'
import type { Places } from './fault-names.ts'
import { killed } from './faults.ts'
import type { Scenario } from './loop.ts'
import { scenarioOn } from './scenario.ts'

const image = 'local/holds-one:1'
/** Of what Berth names in the engine: `berth-kept.HANDLE.name`. */
const asideName = /^berth-(new|kept|trash)\.[0-9a-f]+\./

/** Busybox containers under a Docker daemon of their own; what they hold is written in one file. */
export async function dockerScenario(places: Places): Promise<Scenario> {
  const home = await mkdtemp(join(places.berth, 'berth-x-'))
  const dockerd = await startDockerd({ below: places.tool })
  const { docker } = dockerd
  const file = join(home, 'value')
  const write = async (container: string, value: number): Promise<void> => {
    await writeFile(file, String(value))
    await docker('cp', file, `${container}:/value`)
  }
  await dockerd.importBusybox('local/busybox:1')
  await docker('create', '--name', 'seed', 'local/busybox:1')
  await write('seed', 1)
  await docker('commit', 'seed', image)
  await docker('rm', 'seed')
  const endpointId: EndpointId = `docker:${dockerd.context}`
  const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
  const names = async (...filters: readonly string[]): Promise<readonly string[]> =>
    lines(await docker('ps', '--all', '--no-trunc', '--format', '{{.Names}}', ...filters))

  return scenarioOn({
    home,
    env: dockerd.env,
    facets: ['trash'],
    endpointId: () => endpointId,
    spec: (name) => ({
      kind: 'container',
      endpointId,
      image,
      pull: 'never',
      name,
      command: ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done'],
      ports: [],
      mounts: [],
      environment: [{ name: 'GREETING', value: 'it\'s "here"\n--help' }],
      restart: 'unless-stopped',
      startAfter: false,
    }),

    async runs({ name }) {
      const running = await names('--filter', 'status=running', '--filter', 'status=paused')
      return running.filter((one) => one.replace(asideName, '') === name).length
    },
    write: ({ name }, value) => write(name, value),
    async read({ name }) {
      const isThere = await docker('cp', `${name}:/value`, file).then(
        () => true,
        () => false,
      )
      if (!isThere) return null
      const value = Number.parseInt(await readFile(file, 'utf8'), 10)
      return Number.isNaN(value) ? null : value
    },

    async damage(_machine, tree) {
      const all = await names()
      const images = lines(await docker('images', '--format', '{{.Repository}}:{{.Tag}}'))
      const isThere = (id: string): boolean =>
        images.includes(`berth-snapshot:${id}`) ||
        all.some((name) => name.startsWith(`berth-kept.${id.replace(/^kept-/, '')}.`))
      return tree.snapshots.filter(({ id }) => !isThere(id)).map(({ id }) => `the engine does not hold ${id}`)
    },

    async leftovers(machines, trees, trash) {
      const all = await names()
      const shown = machines.map(({ name }) => name)
      const kept = [...trees.values()].reduce((sum, tree) => sum + tree.restores.length, 0)
      const count = (role: string): number => all.filter((name) => name.startsWith(`berth-${role}.`)).length
      const wrong = all
        .filter((name) => !asideName.test(name) && !shown.includes(name))
        .map((name) => `a container nothing shows: ${name}`)
      if (count('new') > 0) wrong.push(`half-made containers: ${count('new')}`)
      if (count('trash') !== trash.length) wrong.push(`${count('trash')} in the engine’s trash, ${trash.length} shown`)
      // A machine in the trash keeps its copies, and is not asked for its tree.
      if (trash.length === 0 && count('kept') !== kept) wrong.push(`${count('kept')} kept copies, ${kept} shown`)
      return wrong
    },

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
