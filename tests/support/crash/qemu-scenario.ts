import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { parseId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Places } from './fault-names.ts'
import type { Scenario } from './loop.ts'
import { damageOf, qemuProcesses, readPattern, tagsOf, toolProcesses, writePattern } from './qemu-disk.ts'
import { scenarioOn } from './scenario.ts'

const run = promisify(execFile)

/** Little machines with nothing to boot under real QEMU; what they hold is the byte their disk begins with. */
export async function qemuScenario(places: Pick<Places, 'berth'>): Promise<Scenario> {
  const home = await mkdtemp(join(places.berth, 'berth-x-'))
  const image = join(home, 'source.qcow2')
  await run('qemu-img', ['create', '-f', 'qcow2', image, '8M'])
  await writePattern(image, 1)
  const data = join(home, 'data/qemu')

  const keyOf = ({ id }: Pick<Machine, 'id'>): string => parseId(id)?.key ?? ''
  const isUp = ({ state }: Machine): boolean => state === 'running' || state === 'paused'
  const diskOf = async (machine: Machine): Promise<string> => {
    const folder = join(data, 'machines', keyOf(machine))
    const { disks } = JSON.parse(await readFile(join(folder, 'machine.json'), 'utf8')) as { disks: { file: string }[] }
    const file = disks[0]?.file ?? ''
    return isAbsolute(file) ? file : join(folder, file)
  }

  return scenarioOn({
    home,
    env: {},
    facets: ['suspend', 'clone', 'trash'],
    endpointId: () => 'qemu:local',
    spec: (name) => ({
      kind: 'vm',
      endpointId: 'qemu:local',
      name: `${name} --help, "가"`,
      arch: 'x86_64',
      cpus: 1,
      memoryBytes: 32 * MiB,
      disk: { from: 'image', path: image, format: 'qcow2', use: 'copy' },
      isoPath: null,
      network: { mode: 'none' },
      firmware: 'bios',
      startAfter: false,
    }),
    runs: async (machine) => (await qemuProcesses(keyOf(machine))).length,
    write: async (machine, value) => writePattern(await diskOf(machine), value),
    read: async (machine) => (isUp(machine) ? undefined : readPattern(await diskOf(machine))),

    async damage(machine, tree) {
      if (isUp(machine)) return []
      const disk = await diskOf(machine)
      const damage = await damageOf(disk)
      const tags = await tagsOf(disk)
      const shown = tree.snapshots.map(({ id }) => id)
      return [
        ...(damage === null ? [] : [`its disk is damaged: ${damage}`]),
        ...shown.filter((id) => !tags.includes(id)).map((id) => `its disk does not hold the snapshot ${id}`),
        ...tags.filter((tag) => !shown.includes(tag)).map((tag) => `its disk holds ${tag}, which nothing shows`),
      ]
    },

    async leftovers(machines) {
      const shown = machines.map(keyOf)
      const folders = await readdir(join(data, 'machines'))
      const staged = await readdir(join(data, 'staging')).catch(() => [])
      return [
        ...folders.filter((folder) => !shown.includes(folder)).map((folder) => `a folder nothing shows: ${folder}`),
        ...staged.map((folder) => `a half-made machine: ${folder}`),
      ]
    },

    toolProcesses: () => toolProcesses(home),

    async close() {
      for (const pid of await qemuProcesses(home)) process.kill(pid, 'SIGKILL')
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  })
}
