import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Substrate } from './substrate.ts'

/** Of what Berth names in the engine: `berth-kept.HANDLE.name`. */
const asideName = /^berth-(new|kept|trash)\.[0-9a-f]+\./

export interface ContainerTool {
  readonly home: string
  readonly endpointId: EndpointId
  /** Runs the client to its end; its standard output, trimmed. */
  readonly run: (...args: readonly string[]) => Promise<string>
  /** An image of busybox: what is made of it gets a first value. */
  readonly busybox: string
}

/** Busybox containers; what they hold is written in one file. */
export async function containerSubstrate({
  home,
  endpointId,
  run,
  busybox,
}: ContainerTool): Promise<Omit<Substrate, 'env' | 'close'>> {
  const image = 'local/holds-one:1'
  const file = join(home, 'value')
  const write = async (container: string, value: number): Promise<void> => {
    await writeFile(file, String(value))
    await run('cp', file, `${container}:/value`)
  }
  await run('create', '--name', 'seed', busybox)
  await write('seed', 1)
  await run('commit', 'seed', image)
  await run('rm', 'seed')
  const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')
  const names = async (...filters: readonly string[]): Promise<readonly string[]> =>
    lines(await run('ps', '--all', '--no-trunc', '--format', '{{.Names}}', ...filters))

  return {
    home,
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
      // Podman keeps a container with a restart policy as an image, and another as it is.
      restart: Number(name.slice(1)) % 2 === 0 ? 'no' : 'unless-stopped',
      startAfter: false,
    }),

    async runs({ name }) {
      const running = await names('--filter', 'status=running', '--filter', 'status=paused')
      return running.filter((one) => one.replace(asideName, '') === name).length
    },
    write: ({ name }, value) => write(name, value),
    async read({ name }) {
      const isThere = await run('cp', `${name}:/value`, file).then(
        () => true,
        () => false,
      )
      if (!isThere) return null
      const value = Number.parseInt(await readFile(file, 'utf8'), 10)
      return Number.isNaN(value) ? null : value
    },

    async damage(_machine, tree) {
      const all = await names()
      const images = lines(await run('images', '--format', '{{.Repository}}:{{.Tag}}'))
      const isThere = (id: string): boolean =>
        images.some((one) => one.replace(/^localhost\//, '') === `berth-snapshot:${id}`) ||
        all.some((name) => name.startsWith(`berth-kept.${id.replace(/^kept-/, '')}.`)) ||
        // A copy that is an image has a holder, named by the image.
        images.some((one) => one.replace(/^localhost\//, '').startsWith('berth-kept:'))
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
  }
}
