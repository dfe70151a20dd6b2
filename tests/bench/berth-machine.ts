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

export async function berthWithMachine(imagePath: string | null): Promise<BerthMachine> {
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
    const created = await client.succeeded(
      await client.call('create.run', {
        spec: {
          kind: 'vm',
          endpointId: 'qemu:local',
          name: 'bench',
          arch: 'x86_64',
          cpus: 1,
          memoryBytes: 128 * MiB,
          disk:
            imagePath === null
              ? { from: 'blank', sizeBytes: GiB }
              : { from: 'image', path: imagePath, format: 'raw', use: 'copy' },
          isoPath: null,
          network: { mode: 'none' },
          firmware: 'bios',
          startAfter: false,
        },
      }),
    )
    const id = created.result.machineId ?? created.machineId
    if (id === null || id === undefined) throw new Error('create.run made no machine')
    return { client, id, close }
  } catch (error) {
    await close()
    throw error
  }
}
