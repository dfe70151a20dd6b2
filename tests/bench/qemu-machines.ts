import type { MachineId } from '../../app/domain/ids.ts'
import { GiB, MiB } from '../../app/domain/units.ts'
import { connectTo, type TestClient } from '../support/client.ts'
import { makeHome, removeHome, serve } from '../support/window.ts'

/** A Berth on the real QEMU with one small machine, stopped. */
export interface BerthMachine {
  readonly client: TestClient
  readonly id: MachineId
  close(): Promise<void>
}

export async function berthWithMachine(): Promise<BerthMachine> {
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
    return { client, id: await createMachine(client, 'bench'), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Makes this many machines in a home, and leaves them stopped. */
export async function createMachines(home: string, count: number): Promise<void> {
  const berth = await serve({ home })
  const client = await connectTo(berth.address)
  await client.call('inventory.refresh')
  for (let number = 1; number <= count; number += 1) await createMachine(client, `machine ${number}`)
  client.close()
  berth.server.kill()
  await berth.exited
}

/** Makes one small machine, stopped. */
export async function createMachine(client: TestClient, name: string): Promise<MachineId> {
  const task = await client.call('create.run', {
    spec: {
      kind: 'vm',
      endpointId: 'qemu:local',
      name,
      arch: 'x86_64',
      cpus: 1,
      memoryBytes: 128 * MiB,
      disk: { from: 'blank', sizeBytes: GiB },
      isoPath: null,
      network: { mode: 'none' },
      firmware: 'bios',
      startAfter: false,
    },
  })
  const { result, machineId } = await client.succeeded(task)
  const id = result.machineId ?? machineId
  if (id === null) throw new Error('create.run made no machine')
  return id
}
