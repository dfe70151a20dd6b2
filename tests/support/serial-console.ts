import type { MachineId } from '../../app/domain/ids.ts'
import type { TestClient } from './client.ts'

export interface SerialConsole {
  readonly type: (text: string) => void
  readonly close: () => void
}

/** Opens a machine's serial console to type into it. What comes out is in the machine's serial log too. */
export async function openSerialConsole(
  client: TestClient,
  id: MachineId,
  heard: (bytes: Uint8Array) => void = () => {},
): Promise<SerialConsole> {
  const sessionId = await client.call('console.open', { id, consoleId: 'serial0', user: null, folder: null })
  const stream = client.open(
    'console.attach',
    { sessionId, columns: 200, rows: 50 },
    {
      down: (value) => {
        if (value.kind !== 'data') return
        stream.up({ kind: 'ack', bytes: value.data.length })
        heard(value.data)
      },
      closed: () => {},
    },
  )
  return { type: (data) => stream.up({ kind: 'input', data }), close: () => stream.close() }
}
