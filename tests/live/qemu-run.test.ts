import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { op } from '../conformance/ground.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

describe.skipIf(missingQemu !== null)('a QEMU machine', () => {
  let ground: QemuGround
  beforeAll(async () => {
    ground = await qemuGround()
  })
  afterAll(async () => {
    await ground.leave()
    expect(ground.processesLeft()).toEqual([])
  })

  it('starts, says what is typed back and is off once it was asked to shut down', async () => {
    const id = await ground.make('first')
    await ground.start(id)
    expect(await ground.machine(id)).toMatchObject({ state: 'running', nativeState: 'running' })
    await ground.ask(id, 'hello', /hello/)
    await ground.provider.power.shutDown(id, op())
    expect(await ground.machine(id)).toMatchObject({ state: 'stopped', nativeState: 'off', remark: null })
  })

  it('goes back to a snapshot with memory, undoes it and redoes it', async () => {
    const { snapshots } = ground.provider
    if (snapshots === undefined) throw new Error('none')
    const id = await ground.make('tree')
    await ground.start(id)
    await ground.ask(id, '=one\n', /OK/)
    const first = await snapshots.take(id, { name: 'one', description: '', memory: true }, op())
    await ground.ask(id, '=two\n', /OK/)
    await snapshots.restore(id, first, op())
    expect(await ground.ask(id, '?!', /(\[.*\]\s*\{.*\})/)).toBe('[one]\r\n{one}')
    const [record] = (await snapshots.tree(id, op())).restores
    await snapshots.undo(id, record?.id ?? '', op())
    expect(await ground.ask(id, '?!', /(\[.*\]\s*\{.*\})/)).toBe('[two]\r\n{two}')
    console.log(JSON.stringify(await snapshots.tree(id, op()), null, 1))
  })
})
