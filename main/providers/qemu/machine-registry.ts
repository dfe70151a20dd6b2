import * as common from '../common/machine-registry.ts'
import type { Host, ProviderChange } from '../provider.ts'
import { type Definition, diskPath, readDefinitionFile, writeDefinition } from './definitions.ts'
import type { Folder, Layout, Sockets } from './layout.ts'
import type { Live } from './live.ts'
import { machineOf, providerId } from './machine.ts'
import { type RunRecord, readRun } from './run-record.ts'

/** What an entry of this provider holds beside what every kept machine has. */
interface Extras {
  readonly sockets: Sockets
  /** Its process is gone but somebody still holds its disk. */
  isLocked: boolean
}

/** One machine as Berth knows it: what its folder says, and its process if there is one. */
export type Entry = common.MachineRecord<Definition, Folder, RunRecord, Live> & Extras

/** The definition and the entry of a machine that can be read. */
export interface Known {
  readonly entry: Entry
  readonly definition: Definition
}

export type MachineRegistry = common.MachineRegistry<Entry, Definition>

export function createMachineRegistry(
  host: Host,
  layout: Layout,
  changed: (change: ProviderChange) => void,
): MachineRegistry {
  return common.createMachineRegistry<Definition, Folder, RunRecord, Live, Extras>({
    providerId,
    host,
    machines: layout.machines,
    folder: layout.machine,
    extras: (uuid) => ({ sockets: layout.sockets(uuid), isLocked: false }),
    readDefinition: readDefinitionFile,
    writeDefinition,
    readRun,
    filesOf: ({ disks, isoPath }, folder) => [
      ...disks.map((disk) => diskPath(disk, folder)),
      ...(isoPath === null ? [] : [isoPath]),
    ],
    machineOf,
    changed,
  })
}
