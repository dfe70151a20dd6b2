import { crc32 } from 'node:zlib'
import { type MachineId, parseId } from '../../../app/domain/ids.ts'
import { type Definition, makeOf } from '../../../main/providers/builtin/definitions.ts'
import { layoutOf as builtinLayout } from '../../../main/providers/builtin/layout.ts'
import { createMachineRegistry as createBuiltinRegistry } from '../../../main/providers/builtin/machine-registry.ts'
import { emulator } from '../../../main/providers/builtin/program.ts'
import { readSuspended } from '../../../main/providers/builtin/suspend.ts'
import { layoutOf as qemuLayout } from '../../../main/providers/qemu/layout.ts'
import { createMachineRegistry as createQemuRegistry } from '../../../main/providers/qemu/machine-registry.ts'
import { readMarker } from '../../../main/providers/qemu/suspend.ts'
import { filesOfThree, hostIn, type RecordHost } from './record-owners.ts'
import { accepted, at, type Opened, type Owner, texts } from './state-owners.ts'

const memory = 'what a machine remembers'

/** What every registry of machines in folders of Berth's tells here. */
interface MachineRegistry<E> {
  all(): Promise<readonly E[]>
  machine(entry: E): { readonly id: MachineId; readonly state: string }
}

/** Suspended machines: that each of them is one, and what its marker says. The first one's is damaged. */
async function opened<E>(
  host: RecordHost,
  registry: MachineRegistry<E>,
  first: string,
  read: (entry: E) => unknown,
): Promise<Opened> {
  const entries = await registry.all()
  const keyOf = (entry: E): string => parseId(registry.machine(entry).id)?.key ?? ''
  const tryToRead = async (entry: E): Promise<unknown> => read(entry)
  const said = await Promise.all(
    entries.map(async (entry) => [keyOf(entry), await tryToRead(entry).catch(() => 'refused')]),
  )
  const states = entries.map((entry) => [keyOf(entry), registry.machine(entry).state])
  return {
    entries: texts([...states, ...said]),
    notices: host.problems.notices(),
    write: () => accepted(Promise.all(entries.filter((entry) => keyOf(entry) === first).map(tryToRead))),
  }
}

const builtinDefinition = (uuid: string): Definition => ({
  ...{ version: 1, uuid, name: '가', createdAt: at, system: 'monitor', memoryBytes: 4_194_304, diskBytes: null },
  ...{ discPath: null, sharedFolder: null, network: { mode: 'none' }, prepared: null },
})
const builtinFiles = filesOfThree('suspended.json', 'machines', (uuid) => ({
  'machine.json': builtinDefinition(uuid),
  'suspended.json': {
    version: 1,
    at,
    memory: {
      make: makeOf(builtinDefinition(uuid), emulator),
      sizeBytes: Buffer.byteLength(memory),
      checksum: crc32(memory),
    },
  },
  'memory.bin': memory,
}))
const builtinMarker: Owner = {
  ...builtinFiles,
  async open(folder) {
    const host = hostIn(folder)
    const registry = createBuiltinRegistry(host, builtinLayout(folder), () => {})
    return opened(host, registry, builtinFiles.first, (entry) => {
      if (entry.definition === null) throw new Error('no definition')
      return readSuspended({ host } as never, { entry, definition: entry.definition })
    })
  },
}

const accelerator = { name: 'tcg', cpu: null }
const qemuFiles = filesOfThree('suspended.json', 'machines', (uuid) => ({
  'machine.json': {
    ...{ version: 1, uuid, name: '가', createdAt: at, arch: 'x86_64', machine: 'pc-q35-7.2', cpus: 1 },
    ...{ memoryBytes: 33_554_432, disks: [], isoPath: null, network: { mode: 'none' }, mac: '52:54:00:00:00:01' },
    ...{ firmware: { kind: 'bios' }, graphics: 'none', bases: [] },
  },
  'suspended.json': {
    ...{ version: 1, at, accelerator, wasRunning: true },
    hardware: {
      ...{ arch: 'x86_64', machine: 'pc-q35-7.2', cpus: 1, memoryBytes: 33_554_432, diskCount: 0 },
      ...{ network: 'none', firmware: 'bios', graphics: 'none' },
    },
  },
  'memory.bin': memory,
}))
const qemuMarker: Owner = {
  ...qemuFiles,
  async open(folder) {
    const host = hostIn(folder)
    const registry = createQemuRegistry(host, qemuLayout(folder, host.runtimeDir), () => {})
    return opened(host, registry, qemuFiles.first, (entry) => readMarker({ host }, entry.folder.suspended, entry))
  },
}

/** What is said of kept memories: without it they cannot be gone on from. */
export const markerFiles: readonly Owner[] = [builtinMarker, qemuMarker]
