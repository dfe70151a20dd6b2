import { mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Places } from './fault-names.ts'
import type { Scenario } from './loop.ts'
import { scenarioOn } from './scenario.ts'
import type { Substrate } from './substrate.ts'

/** Of a disk, what is filled with one byte: its guest writes nothing by itself. */
const patternBytes = 512 * 1024

/** What every scenario of built-in machines has, whatever their guest is. */
export interface BuiltinSubstrate {
  readonly folderOf: (machine: Machine) => string
  readonly spec: (name: string) => VmSpec
  readonly substrate: Omit<Substrate, 'spec' | 'write' | 'read'>
}

/** Built-in machines of the test guest, which end with Berth; what they hold is the byte their disk begins with, 0 being 1. */
export async function builtinScenario(places: Pick<Places, 'berth'>): Promise<Scenario> {
  const { folderOf, spec, substrate } = await builtinSubstrate(places)
  return scenarioOn({
    ...substrate,
    spec,
    async write(machine, value) {
      const file = await open(join(folderOf(machine), 'disk0.img'), 'r+')
      try {
        await file.write(Buffer.alloc(patternBytes, value - 1), 0, patternBytes, 0)
      } finally {
        await file.close()
      }
    },
    async read(machine) {
      const file = await open(join(folderOf(machine), 'disk0.img'), 'r')
      try {
        const bytes = Buffer.alloc(patternBytes)
        await file.read(bytes, 0, patternBytes, 0)
        const [first = 0] = bytes
        return bytes.equals(Buffer.alloc(patternBytes, first)) ? first + 1 : null
      } finally {
        await file.close()
      }
    },
  })
}

export async function builtinSubstrate(places: Pick<Places, 'berth'>): Promise<BuiltinSubstrate> {
  const home = await mkdtemp(join(places.berth, 'berth-x-'))
  const data = join(home, 'data/builtin')
  const keyOf = ({ id }: Pick<Machine, 'id'>): string => parseId(id)?.key ?? ''
  const folderOf = (machine: Machine): string => join(data, 'machines', keyOf(machine))
  const isUp = ({ state }: Machine): boolean => state === 'running' || state === 'paused'

  return {
    folderOf,
    spec: (name) => ({
      kind: 'vm',
      endpointId: 'builtin:local',
      name: `${name} --help, "가"`,
      arch: 'i386',
      cpus: 1,
      memoryBytes: 4 * MiB,
      disk: { from: 'blank', sizeBytes: MiB },
      isoPath: null,
      network: { mode: 'none' },
      firmware: 'bios',
      startAfter: false,
    }),
    substrate: {
      home,
      env: {},
      facets: ['suspend', 'clone', 'trash'],
      endsWithBerth: true,
      // A clone is always whole.
      withholds: ['linked clone'],
      endpointId: () => 'builtin:local',
      // They are threads of the one Berth there is.
      runs: async (machine) => (isUp(machine) ? 1 : 0),

      async damage(machine, tree) {
        const kept: readonly string[] = await readdir(join(folderOf(machine), 'snapshots')).catch(() => [])
        const shown = tree.snapshots.map(({ id }) => id)
        const wrong = kept
          .filter((file) => !shown.some((id) => file === `${id}.disk0.img` || file === `${id}.memory.bin`))
          .map((file) => `its folder holds ${file}, which nothing shows`)
        for (const { id, hasMemory } of tree.snapshots) {
          if (!kept.includes(`${id}.disk0.img`)) wrong.push(`the snapshot ${id} has no disk`)
          if (hasMemory === true && !kept.includes(`${id}.memory.bin`)) wrong.push(`the snapshot ${id} has no memory`)
        }
        return wrong
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

      close: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
    },
  }
}
