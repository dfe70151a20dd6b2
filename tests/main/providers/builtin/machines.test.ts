import { cp, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import { MiB } from '../../../../app/domain/units.ts'
import type { SnapshotOps } from '../../../../main/providers/provider.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let ground: BuiltinGround
beforeEach(async () => {
  ground = await builtinGround()
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
})

const running = async (name: string): Promise<MachineId> => {
  const id = await ground.make(name)
  await ground.provider.power.start(id, op())
  return id
}
const counter = async (id: MachineId): Promise<number> =>
  Number((await ground.say(id, 'count', /The counter is at (\d+)\./))[1])
const snapshots = (): SnapshotOps => {
  const { snapshots } = ground.provider
  if (snapshots === undefined) throw new Error('no snapshots')
  return snapshots
}
const unseen = { text() {}, cells() {}, cursor() {}, pixels() {}, area() {}, picture() {}, takes() {}, ended() {} }
const openScreen = async (id: MachineId) =>
  ground.provider.screens?.open(id, 'screen0', { takeOver: false }, unseen, op())
const suspend = async (id: MachineId): Promise<void> => ground.provider.suspend?.suspend(id, op())
const change = async (path: string, edit: (text: string) => string): Promise<void> =>
  writeFile(path, edit(await readFile(path, 'utf8')))

describe('a built-in machine', () => {
  it('goes on counting after a snapshot is restored, from what its memory was', async () => {
    const id = await running('counted')
    expect(await counter(id)).toBe(1)
    const snapshotId = await snapshots().take(id, { name: 'at one', description: '', memory: true }, op())
    expect(await counter(id)).toBe(2)
    expect(await counter(id)).toBe(3)
    await snapshots().restore(id, snapshotId, op())
    expect(await counter(id)).toBe(2)
  })

  it('keeps its disk alone when asked to while it runs, and boots from that when it is restored', async () => {
    const id = await running('disk alone')
    await ground.say(id, 'write kept', /Written/)
    expect(await counter(id)).toBe(1)
    const snapshotId = await snapshots().take(id, { name: 'disk', description: '', memory: false }, op())
    expect((await snapshots().tree(id, op())).snapshots).toEqual([expect.objectContaining({ hasMemory: false })])
    await ground.say(id, 'write later', /Written/)
    expect(await counter(id)).toBe(2)
    await snapshots().restore(id, snapshotId, op())
    expect((await ground.machine(id)).state).toBe('running')
    expect(await counter(id)).toBe(1)
    await ground.say(id, 'read', /On the disk: kept/)
  })

  it('whose snapshot was cut to half is not restored, and stays as it is', async () => {
    const id = await running('cut')
    const snapshotId = await snapshots().take(id, { name: 'whole', description: '', memory: true }, op())
    const folder = join(ground.folderOf(id), 'snapshots')
    for (const name of (await readdir(folder)).filter((one) => one.startsWith(snapshotId))) {
      const path = join(folder, name)
      const { size } = await stat(path)
      const whole = await readFile(path)
      await truncate(path, Math.floor(size / 2))
      expect(await errorFrom(snapshots().restore(id, snapshotId, op())), name).toMatchObject({
        code: 'not-found',
        message: { key: 'builtin.error.snapshotDamaged' },
        detail: path,
      })
      await writeFile(path, whole)
    }
    expect((await snapshots().tree(id, op())).restores).toEqual([])
    expect((await ground.machine(id)).state).toBe('running')
    await snapshots().restore(id, snapshotId, op())
  })

  it('has the size that its disk has after a smaller snapshot was restored, and can be grown from there', async () => {
    const id = await ground.make('grown')
    const configure = ground.provider.configure
    const size = async (): Promise<number> => (await configure?.read(id, op()))?.values.diskBytes ?? 0
    const small = await size()
    const snapshotId = await snapshots().take(id, { name: 'small', description: '', memory: false }, op())
    await configure?.configure(id, { diskBytes: small * 4 }, op())
    const bigId = await snapshots().take(id, { name: 'big', description: '', memory: false }, op())
    await snapshots().restore(id, snapshotId, op())
    expect(await size()).toBe(small)
    await configure?.configure(id, { diskBytes: small * 2 }, op())
    expect(await size()).toBe(small * 2)
    const clone = await ground.provider.clone?.clone(id, { name: 'big one', mode: 'full', snapshotId: bigId }, op())
    expect((await configure?.read(clone ?? id, op()))?.values.diskBytes).toBe(small * 4)
  })

  it('that crashes takes nobody with it, and says why', async () => {
    const [id, other] = [await running('crashes'), await running('lives')]
    await ground.say(id, 'write kept', /Written/)
    const crashed = new Promise<void>((resolve) => {
      const stop = ground.provider.watch((change) => {
        if (change.kind !== 'upsert' || change.machine.id !== id || change.machine.state !== 'crashed') return
        stop()
        resolve()
      })
    })
    // What no page can send: the thread throws and nobody there catches it.
    const screen = await openScreen(id)
    screen?.type(null as unknown as string)
    await crashed
    expect(await ground.machine(id)).toMatchObject({ state: 'crashed', remark: { key: 'builtin.remark.crashed' } })
    expect(await counter(other)).toBe(1)
    await ground.provider.power.start(id, op())
    expect((await ground.machine(id)).state).toBe('running')
  })

  it('that is busy leaves the program its time', async () => {
    const id = await running('busy')
    await ground.type(id, 'busy\r')
    await vi.waitFor(async () => expect(await ground.provider.consoles?.tail(id, 3, op())).toContain('Busy.'), 60_000)
    // On one core and a half the program's own turns come when they are due: what delays them is not the guest.
    const late: number[] = []
    for (let turn = 0; turn < 20; turn += 1) {
      const due = performance.now() + 10
      await new Promise((resolve) => setTimeout(resolve, 10))
      late.push(performance.now() - due)
    }
    late.sort((a, b) => a - b)
    expect(late[5]).toBeLessThan(100)
    const [figures] = (await ground.provider.stats?.read([id], op())) ?? []
    // A guest that waits needs hardly any, and one that is busy gets little where much else runs.
    expect(figures?.cpuPercent).toBeGreaterThan(5)
    await ground.type(id, ' ')
    await vi.waitFor(async () => expect(await ground.provider.consoles?.tail(id, 3, op())).toContain('Done.'), 60_000)
  })

  it('has what its guest wrote after Berth ended without a word, and is found crashed', async () => {
    const id = await running('cut off')
    await ground.say(id, 'write still here', /Written/)
    const disk = await readFile(join(ground.folderOf(id), 'disk0.img'))
    expect(disk.subarray(63 * 512, 63 * 512 + 18).toString()).toBe('BerthOnestill here')
    const run = join(ground.folderOf(id), 'run.json')
    const asItRan = await readFile(run, 'utf8')
    await ground.again(() => writeFile(run, asItRan))
    expect(await ground.machine(id)).toMatchObject({ state: 'crashed', remark: { key: 'builtin.remark.berthEnded' } })
    await ground.provider.power.start(id, op())
    expect((await ground.say(id, 'read', /On the disk: ([^\r]*)/))[1]).toBe('still here')
  })

  it('that is suspended goes on in a later Berth', async () => {
    const id = await running('asleep')
    await counter(id)
    await suspend(id)
    await ground.again()
    expect((await ground.machine(id)).state).toBe('suspended')
    await ground.provider.power.start(id, op())
    expect(await counter(id)).toBe(2)
    expect(await readdir(ground.folderOf(id))).not.toContain('memory.bin')
  })

  it('has the snapshots that an earlier version kept in folders, in the trash too, and files that none names', async () => {
    const [id, removed] = [await running('folded'), await running('folded away')]
    const taken = new Map<MachineId, string>()
    const fold = async (folder: string): Promise<void> => {
      const files = await readdir(folder)
      for (const file of files) {
        const [id = '', ...rest] = file.split('.')
        await mkdir(join(folder, id), { recursive: true })
        await rename(join(folder, file), join(folder, id, rest.join('.')))
      }
      await cp(join(folder, files[0]?.split('.')[0] ?? ''), join(folder, 'berth-0000000000000000'), { recursive: true })
      await cp(join(folder, files[0]?.split('.')[0] ?? ''), join(folder, 'berth-1.part'), { recursive: true })
    }
    for (const one of [id, removed]) {
      taken.set(one, await snapshots().take(one, { name: 'old', description: '', memory: true }, op()))
      await counter(one)
      await ground.provider.power.powerOff(one, op())
    }
    await ground.provider.remove?.remove(removed, { volumes: [] }, op())
    const trashId = (await ground.provider.trash?.list(op()))?.[0]?.id ?? ''
    const folders = [ground.folderOf(id), join(ground.folderOf(id), '../../trash', removed.slice('builtin:'.length))]
    await ground.again(async () => {
      for (const folder of folders) await fold(join(folder, 'snapshots'))
    })
    expect((await readdir(join(ground.folderOf(id), 'snapshots'))).sort()).toEqual(
      ['berth-0000000000000000', taken.get(id)].flatMap((one) => [`${one}.disk0.img`, `${one}.memory.bin`]),
    )
    await ground.provider.trash?.recover(trashId, op())
    for (const one of [id, removed]) {
      await snapshots().restore(one, taken.get(one) ?? '', op())
      expect(await counter(one)).toBe(1)
    }
  })

  it('is not started from a memory of another emulator, of other hardware or that is damaged, and loses nothing', async () => {
    const id = await running('unfit')
    await ground.say(id, 'write safe', /Written/)
    await suspend(id)
    const folder = ground.folderOf(id)
    const [word, memory] = [join(folder, 'suspended.json'), join(folder, 'memory.bin')]
    const good = await readFile(word, 'utf8')
    const start = () => errorFrom(ground.provider.power.start(id, op()))

    await change(word, (text) => text.replace(/"emulator": "[^"]*"/, '"emulator": "0.4.1"'))
    expect((await start()).message.key).toBe('builtin.error.otherVersion')

    await writeFile(word, '{ "version": 1')
    expect((await start()).message.key).toBe('builtin.error.stateDamaged')
    await writeFile(word, good)
    const bytes = await readFile(memory)
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    await writeFile(memory, bytes)
    expect((await start()).message.key).toBe('builtin.error.stateDamaged')
    expect((await ground.machine(id)).state).toBe('suspended')

    await ground.provider.suspend?.discard(id, op())
    await ground.provider.power.start(id, op())
    expect((await ground.say(id, 'read', /On the disk: ([^\r]*)/))[1]).toBe('safe')
  })

  it('stays as it is when a snapshot’s files are gone', async () => {
    const id = await running('torn')
    const snapshotId = await snapshots().take(id, { name: 'torn', description: '', memory: true }, op())
    await rm(join(ground.folderOf(id), 'snapshots', `${snapshotId}.disk0.img`))
    const error = await errorFrom(snapshots().restore(id, snapshotId, op()))
    expect(error.message.key).toBe('builtin.error.snapshotDamaged')
    expect((await ground.machine(id)).state).toBe('running')
    expect((await snapshots().tree(id, op())).restores).toEqual([])
    expect(await counter(id)).toBe(1)
  })

  it('goes back to its present when what it was to become turns out to be damaged', async () => {
    const id = await running('rolled back')
    const snapshotId = await snapshots().take(id, { name: 'bad', description: '', memory: true }, op())
    await counter(id)
    const memory = join(ground.folderOf(id), 'snapshots', `${snapshotId}.memory.bin`)
    const bytes = await readFile(memory)
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    await writeFile(memory, bytes)
    expect((await errorFrom(snapshots().restore(id, snapshotId, op()))).message.key).toBe('builtin.error.stateDamaged')
    expect(await counter(id)).toBe(2)
    expect((await snapshots().tree(id, op())).restores).toEqual([])
  })

  it('takes only what it can run', async () => {
    const refused = async (change: Parameters<BuiltinGround['make']>[1]) => errorFrom(ground.make('refused', change))
    expect(await refused({ cpus: 2 })).toMatchObject({ code: 'invalid-input', field: 'cpus' })
    expect(await refused({ arch: 'x86_64' })).toMatchObject({ field: 'arch' })
    expect(await refused({ firmware: 'uefi' })).toMatchObject({ field: 'firmware' })
    expect(await refused({ network: { mode: 'user', forwards: [] } })).toMatchObject({ field: 'network' })
    const image = { from: 'image', path: '/nowhere.qcow2', format: 'qcow2', use: 'copy' } as const
    expect((await refused({ disk: image, guest: 'pc' })).message.key).toBe('builtin.error.diskFormat')
    const linux = { guest: 'linux', disk: { from: 'guest' }, memoryBytes: 32 * MiB } as const
    expect(await refused({ ...linux, memoryBytes: 8 * MiB })).toMatchObject({ field: 'memoryBytes' })
    expect(await refused({ ...linux, disk: { from: 'blank', sizeBytes: MiB } })).toMatchObject({ field: 'disk' })
    expect(await refused({ ...linux, isoPath: '/nowhere.iso' })).toMatchObject({ field: 'isoPath' })
    expect(await refused({ guest: 'pc', disk: { from: 'guest' } })).toMatchObject({ field: 'disk' })
    expect(await ground.provider.list('builtin:local', op())).toEqual([])
  })
})
