import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import { MiB } from '../../../app/domain/units.ts'
import { parseSettings, type Settings } from '../../../main/providers/virtualbox/settings-file.ts'
import { presentPath } from '../../../main/providers/virtualbox/trash-store.ts'
import { openLab } from '../virtualbox-lab.ts'
import type { Places } from './fault-names.ts'
import type { Scenario } from './loop.ts'
import { scenarioOn } from './scenario.ts'

/** Of a machine that holds 0: VirtualBox gives no less than four. */
const minMegabytes = 8

/**
 * Little machines under the real VirtualBox. What they hold is how much memory they have: VirtualBox keeps a machine's hardware in its
 * snapshots as it keeps its disks.
 */
export async function virtualboxScenario(places: Pick<Places, 'berth'>): Promise<Scenario> {
  const home = await mkdtemp(join(places.berth, 'berth-x-'))
  const lab = await openLab('crash')
  const keyOf = ({ id }: Pick<Machine, 'id'>): string => parseId(id)?.key ?? ''

  const settingsOf = async (machine: Pick<Machine, 'id'>): Promise<Settings> => {
    const registry = await readFile(join(lab.home, 'VirtualBox.xml'), 'utf8')
    const entry = new RegExp(`uuid="\\{${keyOf(machine)}\\}" src="([^"]*)"`).exec(registry)
    const path = (entry?.[1] ?? '').replace(/&#x([0-9A-Fa-f]+);|&quot;/g, (_all, code: string | undefined) =>
      code === undefined ? '"' : String.fromCodePoint(Number.parseInt(code, 16)),
    )
    return parseSettings(await readFile(path, 'utf8'), path)
  }

  return scenarioOn({
    home,
    env: { BERTH_VBOX_LAB: lab.name, VBOX_USER_HOME: lab.home },
    facets: ['suspend', 'clone', 'trash'],
    // A linked clone of the present leaves a snapshot in its parent; a snapshot from which two states grew stays.
    withholds: ['linked clone', 'delete of a snapshot'],
    endpointId: () => 'virtualbox:local',
    spec: (name) => ({
      kind: 'vm',
      endpointId: 'virtualbox:local',
      name: `${name} --help, "가"`,
      arch: 'x86_64',
      osType: 'Other',
      cpus: 1,
      memoryBytes: (minMegabytes + 1) * MiB,
      disk: { from: 'image', path: lab.guestDisk, format: 'raw', use: 'copy' },
      isoPath: null,
      network: { mode: 'none' },
      firmware: 'bios',
      // The VirtualBox of these tests sees no file system that was mounted after it was set up.
      serialConsole: false,
      startAfter: false,
    }),
    runs: async (machine) => ((await lab.pidOf(keyOf(machine))) === null ? 0 : 1),
    write: async (machine, value) => {
      await lab.manage('modifyvm', keyOf(machine), '--memory', String(minMegabytes + value))
    },
    read: async (machine) => ((await settingsOf(machine)).hardware.memoryBytes ?? 0) / MiB - minMegabytes,

    async damage(machine, tree) {
      const { snapshots } = await settingsOf(machine)
      const shown = new Set(tree.snapshots.map(({ id }) => id))
      return snapshots
        .filter(({ uuid }) => !shown.has(uuid))
        .map(({ uuid, name }) => `VirtualBox has a snapshot that nothing shows: ${uuid} ${name}`)
    },

    async leftovers(machines) {
      const folders = await readdir(lab.machineFolder).catch(() => [])
      const paths = await Promise.all(machines.map(async (machine) => (await settingsOf(machine)).logFolder))
      const trash = join(home, 'data/virtualbox/trash')
      const items = (await readdir(trash).catch(() => [])).filter((name) => name.endsWith('.json'))
      // One whose folder has not its name stays where it is while it is in the trash.
      const removed = items.map(async (name) => presentPath(JSON.parse(await readFile(join(trash, name), 'utf8'))))
      const shown = new Set([...paths, ...(await Promise.all(removed))].map((path) => dirname(path)))
      const making = await readdir(join(home, 'data/virtualbox/making')).catch(() => [])
      return [
        ...folders
          .filter((folder) => folder !== '.berth-trash' && !shown.has(join(lab.machineFolder, folder)))
          .map((folder) => `a folder nothing shows: ${folder}`),
        ...making.map((name) => `something half made: ${name}`),
      ]
    },

    toolProcesses: lab.processes,

    async close() {
      await lab.leave()
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  })
}
