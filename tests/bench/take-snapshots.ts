import type { MachineId } from '../../app/domain/ids.ts'
import type { TestClient } from '../support/client.ts'
import { type Measured, median, timed } from './figure.ts'

/** The middle of so many snapshots with memory: through Berth until the task is done, and by `save` without Berth, in milliseconds. */
export async function takeSnapshots(
  { client, id }: { readonly client: TestClient; readonly id: MachineId },
  save: (round: number) => Promise<number>,
  rounds: number,
  say: (line: string) => void,
): Promise<Measured> {
  const values: number[] = []
  const floors: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const request = { id, name: `moment ${round}`, description: '', memory: true }
    values.push(await timed(async () => client.succeeded(await client.call('snapshot.take', request))))
    // One after the other: what else this computer does then weighs on both alike.
    floors.push(await save(round))
  }
  await client.succeeded(await client.call('machine.powerOff', { id }))
  say(`Berth: ${values.map(Math.round).join(' ')}; bare: ${floors.map(Math.round).join(' ')}`)
  return { value: median(values), floor: median(floors) }
}
