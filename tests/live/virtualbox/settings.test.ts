import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { MiB } from '../../../app/domain/units.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import { errorFrom, facet as facetOf, op, readNow } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

describe.skipIf(missingVirtualBox !== null)('settings of VirtualBox machines', () => {
  let acts: Acts
  beforeAll(async () => {
    acts = await openActs('acts-settings')
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  const facet = <N extends Parameters<typeof facetOf>[1]>(name: N) =>
    facetOf({ provider: acts.provider() } as never, name)
  const capacity = async (name: string): Promise<number> => {
    const said = await acts.lab.manage('showmediuminfo', join(acts.lab.machineFolder, name, 'disk.vdi'))
    return Number(/^Capacity: +(\d+) MBytes$/m.exec(said)?.[1]) * MiB
  }

  it('makes a disk larger and leaves what is on it, and never smaller', async () => {
    const id = await acts.make('grows')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'before it grew')
    expect(await errorFrom(facet('configure').configure(id, { diskBytes: 8 * MiB }, op()))).toMatchObject({
      code: 'wrong-state',
    })
    await acts.provider().power.powerOff(id, op())
    const before = await facet('configure').read(id, op())
    expect(before.fields).toContain('diskBytes')
    expect(before.values.diskBytes).toBe(2 * MiB)
    await facet('configure').configure(id, { diskBytes: 8 * MiB }, op())
    expect(await capacity('grows')).toBe(8 * MiB)
    expect((await facet('configure').read(id, op())).values.diskBytes).toBe(8 * MiB)
    const smaller = await errorFrom(facet('configure').configure(id, { diskBytes: 4 * MiB }, op()))
    expect(smaller).toMatchObject({ code: 'invalid-input', field: 'diskBytes' })
    await acts.provider().power.start(id, op())
    expect(await acts.read(id)).toBe('before it grew')
    await acts.provider().power.powerOff(id, op())
  })

  it('gives a machine another graphics card while it is off', async () => {
    const id = await acts.make('card')
    const read = () => facet('configure').read(id, op())
    const before = await read()
    expect(before.graphics?.map((card) => card.id)).toContain(before.values.graphics)
    const other = before.values.graphics === 'vboxsvga' ? 'vmsvga' : 'vboxsvga'
    await facet('configure').configure(id, { graphics: other }, op())
    expect((await read()).values.graphics).toBe(other)
    expect(await errorFrom(facet('configure').configure(id, { graphics: 'cga' }, op()))).toMatchObject({
      code: 'invalid-input',
      field: 'graphics',
    })
    await acts.provider().power.start(id, op())
    expect(await acts.read(id)).toBe('')
    expect(await errorFrom(facet('configure').configure(id, { graphics: 'vboxvga' }, op()))).toMatchObject({
      code: 'wrong-state',
    })
    await acts.provider().power.powerOff(id, op())
  })

  it('says why a disk with snapshots, or one that stands on another machine’s, does not grow', async () => {
    const id = await acts.make('kept')
    const snapshotId = await facet('snapshots').take(id, { name: 'one', description: '', memory: false }, op())
    const { fields, withheld, values } = await facet('configure').read(id, op())
    expect(fields).not.toContain('diskBytes')
    expect(withheld?.diskBytes).toEqual({ key: 'virtualbox.why.growSnapshots' })
    expect(values.diskBytes).toBe(2 * MiB)
    const refused = await errorFrom(facet('configure').configure(id, { diskBytes: 8 * MiB }, op()))
    expect(refused).toMatchObject({ code: 'unsupported', message: { key: 'virtualbox.why.growSnapshots' } })
    expect(await capacity('kept')).toBe(2 * MiB)

    const clone = await facet('clone').clone(id, { name: 'linked', mode: 'linked', snapshotId }, op())
    expect((await facet('configure').read(clone, op())).withheld?.diskBytes).toEqual({
      key: 'virtualbox.why.growLinked',
    })
    await facet('remove').remove(clone, { volumes: [] }, op())
    for (const { id: trashId } of await facet('trash').list(op())) await facet('trash').purge(trashId, op())
    await facet('snapshots').delete(id, snapshotId, op())
    await facet('configure').configure(id, { diskBytes: 8 * MiB }, op())
    expect((await facet('configure').read(id, op())).values.diskBytes).toBe(8 * MiB)
  })

  it('throws a saved memory away and leaves the disk as the guest had it', async () => {
    const id = await acts.make('saved')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'on the disk')
    await acts.ask(id, 'count', /The counter is at 1\./)
    await facet('suspend').suspend(id, op())
    const closed = await errorFrom(facet('configure').configure(id, { diskBytes: 8 * MiB }, op()))
    expect(closed).toMatchObject({ code: 'wrong-state', message: { key: 'virtualbox.why.configureSuspended' } })
    await facet('suspend').discard(id, op())
    expect((await readNow({ provider: acts.provider() } as never, id)).state).toBe('stopped')
    await facet('suspend').discard(id, op())
    await facet('configure').configure(id, { diskBytes: 8 * MiB }, op())
    await acts.provider().power.start(id, op())
    expect(await acts.read(id)).toBe('on the disk')
    // It counts from its beginning again: the memory is gone.
    await acts.ask(id, 'count', /The counter is at 1\./)
    await acts.provider().power.powerOff(id, op())
  })

  it('lets a person choose between a window of its own and none, where a window can open', async () => {
    const id = await acts.make('windowed')
    const { host, uuidOf } = acts
    const read = () => facet('configure').read(id, op())
    const frontEnd = async (): Promise<string | undefined> =>
      /<Default type="(\w+)"\/>/.exec(
        await readFile(join(acts.lab.machineFolder, 'windowed', 'windowed.vbox'), 'utf8'),
      )?.[1]
    vi.stubEnv('DISPLAY', '')
    vi.stubEnv('WAYLAND_DISPLAY', '')
    // One of the two is missing here: the program where VirtualBox is without windows, the desktop everywhere else.
    const reasons = ['virtualbox.why.noWindowProgram', 'virtualbox.why.noDesktop']
    const closed = await read()
    expect(closed.fields).not.toContain('ownWindow')
    expect(closed.values.ownWindow).toBe(false)
    expect(reasons).toContain(closed.withheld?.ownWindow?.key)
    expect(await errorFrom(facet('configure').configure(id, { ownWindow: true }, op()))).toMatchObject({
      code: 'unsupported',
      field: 'ownWindow',
    })

    // As on a desktop with all of VirtualBox.
    const desktop = createVirtualBoxProvider({
      ...host,
      findTool: (name) => host.findTool(name === 'VirtualBoxVM' ? 'VBoxManage' : name),
    })
    vi.stubEnv('DISPLAY', ':99')
    await desktop.list('virtualbox:local', op())
    expect((await desktop.configure?.read(id, op()))?.fields).toContain('ownWindow')
    await desktop.configure?.configure(id, { ownWindow: true }, op())
    expect(await frontEnd()).toBe('gui')
    await desktop.dispose()

    // Where no window can open it starts without, and the choice can be taken back.
    vi.stubEnv('DISPLAY', '')
    expect((await read()).values.ownWindow).toBe(true)
    await acts.provider().power.start(id, op())
    expect(await acts.lab.pidOf(uuidOf(id))).not.toBeNull()
    await acts.provider().power.powerOff(id, op())
    expect((await read()).fields).toContain('ownWindow')
    await facet('configure').configure(id, { ownWindow: false }, op())
    expect(await frontEnd()).toBe('headless')
    expect((await read()).values.ownWindow).toBe(false)
  })
})
