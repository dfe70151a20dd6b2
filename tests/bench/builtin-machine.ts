import { join } from 'node:path'
import type { MachineId } from '../../app/domain/ids.ts'
import type { VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'
import { connectTo, type TestClient } from '../support/client.ts'
import { makeHome, removeHome, serve } from '../support/window.ts'

/** As the bare emulator is given it too. */
export const memoryBytes = 16 * MiB
export const diskBytes = MiB

const monitor: VmSpec = {
  kind: 'vm',
  endpointId: 'builtin:local' as VmSpec['endpointId'],
  name: 'bench',
  arch: 'i386',
  cpus: 1,
  memoryBytes,
  disk: { from: 'blank', sizeBytes: diskBytes },
  isoPath: null,
  network: { mode: 'none' },
  firmware: 'bios',
  startAfter: false,
}
/** As the first minute makes it. */
const linux: VmSpec = { ...monitor, guest: 'linux', memoryBytes: 32 * MiB, disk: { from: 'guest' } }

export interface Made {
  readonly id: MachineId
  readonly serialLog: string
}

/** A Berth with one built-in machine, stopped. */
export interface BuiltinMachine extends Made {
  readonly client: TestClient
  readonly pid: number
  /** Makes another, running where that is said. */
  make(change?: Partial<VmSpec>): Promise<Made>
  close(): Promise<void>
}

export function berthWithBuiltin(): Promise<BuiltinMachine> {
  return berthWith(monitor)
}

export function berthWithLinux(): Promise<BuiltinMachine> {
  return berthWith(linux)
}

async function berthWith(spec: VmSpec): Promise<BuiltinMachine> {
  const home = await makeHome()
  const berth = await serve({ home })
  const client = await connectTo(berth.address)
  const close = async (): Promise<void> => {
    client.close()
    berth.server.kill()
    await berth.exited
    await removeHome(home)
  }
  const make = async (change: Partial<VmSpec> = {}): Promise<Made> => {
    const task = await client.call('create.run', { spec: { ...spec, ...change } })
    const { result, machineId } = await client.succeeded(task)
    const id = result.machineId ?? machineId
    if (id === null) throw new Error('create.run made no machine')
    const folder = join(home, 'data/builtin/machines', id.slice(id.indexOf(':') + 1))
    return { id, serialLog: join(folder, 'serial0.log') }
  }
  try {
    await client.call('inventory.refresh')
    if (berth.server.pid === undefined) throw new Error('Berth has no process')
    return { client, ...(await make()), pid: berth.server.pid, make, close }
  } catch (error) {
    await close()
    throw error
  }
}
