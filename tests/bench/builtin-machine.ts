import { join } from 'node:path'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { connectTo, type TestClient } from '../support/client.ts'
import { makeHome, removeHome, serve } from '../support/window.ts'

/** As the bare emulator is given it too. */
export const memoryBytes = 16 * MiB
export const diskBytes = MiB

/** A Berth with one built-in machine, stopped. */
export interface BuiltinMachine {
  readonly client: TestClient
  readonly id: MachineId
  readonly pid: number
  readonly serialLog: string
  close(): Promise<void>
}

export async function berthWithBuiltin(): Promise<BuiltinMachine> {
  const home = await makeHome()
  const berth = await serve({ home })
  const client = await connectTo(berth.address)
  const close = async (): Promise<void> => {
    client.close()
    berth.server.kill()
    await berth.exited
    await removeHome(home)
  }
  try {
    await client.call('inventory.refresh')
    const task = await client.call('create.run', {
      spec: {
        kind: 'vm',
        endpointId: 'builtin:local',
        name: 'bench',
        arch: 'i386',
        cpus: 1,
        memoryBytes,
        disk: { from: 'blank', sizeBytes: diskBytes },
        isoPath: null,
        network: { mode: 'none' },
        firmware: 'bios',
        startAfter: false,
      },
    })
    const { result, machineId } = await client.succeeded(task)
    const id = result.machineId ?? machineId
    if (id === null || berth.server.pid === undefined) throw new Error('create.run made no machine')
    const folder = join(home, 'data/builtin/machines', id.slice(id.indexOf(':') + 1))
    return { client, id, pid: berth.server.pid, serialLog: join(folder, 'serial0.log'), close }
  } catch (error) {
    await close()
    throw error
  }
}
