import { expect } from 'vitest'
import type { MachineId, SnapshotId } from '../../app/domain/ids.ts'
import type { Provider } from '../../main/providers/provider.ts'
import { errorFrom, op } from '../conformance/ground.ts'

/** Where a disk is nearly full, what needs room says so before it begins, and the running machine goes on with the snapshots it had. */
export async function expectNoRoom(provider: Provider, id: MachineId, snapshotId: SnapshotId): Promise<void> {
  const { snapshots, suspend } = provider
  const names = async () => (await snapshots?.tree(id, op()))?.snapshots.map(({ name }) => name)
  const before = await names()
  const another = { name: 'another', description: '', memory: true }
  const attempts = [
    () => snapshots?.take(id, another, op()),
    () => snapshots?.restore(id, snapshotId, op()),
    () => suspend?.suspend(id, op()),
  ]
  for (const attempt of attempts) {
    expect(await errorFrom(attempt() as Promise<unknown>)).toMatchObject({
      code: 'no-space',
      message: { key: 'kept.error.needsSpace' },
    })
    expect(await provider.read(id, op())).toMatchObject({ state: 'running' })
  }
  expect(await names()).toEqual(before)
}
