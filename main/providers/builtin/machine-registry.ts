import * as common from '../common/machine-registry.ts'
import type { Host, ProviderChange } from '../provider.ts'
import { type Definition, readDefinitionFile, writeDefinition } from './definitions.ts'
import type { Folder, Layout } from './layout.ts'
import { createSerialLine, type SerialLine } from './line.ts'
import type { Live } from './live.ts'
import { machineOf, providerId } from './machine.ts'
import { type RunRecord, readRun } from './run-record.ts'
import { createMachineScreen, type MachineScreen } from './screen.ts'

/** What an entry of this provider holds beside what every kept machine has: what outlives a thread that is replaced. */
interface Extras {
  readonly line: SerialLine
  readonly screen: MachineScreen
}

/** One machine as Berth knows it: what its folder says, and its thread if it is on. */
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
    extras: () => ({ line: createSerialLine(), screen: createMachineScreen() }),
    readDefinition: readDefinitionFile,
    writeDefinition,
    readRun,
    filesOf: ({ diskBytes, discPath }, folder) => [
      ...(diskBytes === null ? [] : [folder.disk]),
      ...(discPath === null ? [] : [discPath]),
    ],
    machineOf,
    changed,
  })
}
