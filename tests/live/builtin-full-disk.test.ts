import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { errorFrom, op } from '../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../support/builtin-ground.ts'
import { linuxPrompt, shellOf } from '../support/linux-shell.ts'
import { missingMount, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { expectNoRoom } from './no-room.ts'

/** Built-in machines where the disk of this computer is full: on a file system of their own. */
describe.skipIf(missingMount !== null)('a full disk under built-in machines', () => {
  let ground: BuiltinGround
  let id: MachineId
  let disk: SmallDisk
  beforeAll(async () => {
    ground = await builtinGround()
    disk = mountSmallDisk(ground.host.dataDir, 64)
    id = await ground.make('full', { disk: { from: 'blank', sizeBytes: 8 * MiB } })
    await ground.provider.power.start(id, op())
  })
  afterAll(async () => {
    await ground.provider.power.powerOff(id, op())
    disk.unmount()
    expect(await ground.leave()).toEqual([])
  })

  const row = () => ground.machine(id)
  const counter = async (): Promise<string> => (await ground.say(id, 'count', /The counter is at (\d+)\./))[1] ?? ''

  it('has what needs room said before it begins, and the machine goes on', async () => {
    expect(await counter()).toBe('1')
    const { snapshots } = ground.provider
    const taken = (await snapshots?.take(id, { name: 'one', description: '', memory: true }, op())) as string
    // Less than its whole memory, and enough for what of it was ever written.
    disk.fill(6 * MiB)
    await snapshots?.take(id, { name: 'two', description: '', memory: true }, op())
    disk.clear()
    disk.fill(500_000)
    await expectNoRoom(ground.provider, id, taken)
    disk.clear()
    expect(await counter()).toBe('2')
  })

  it('stops a guest that writes with its reason, and lets it go on once there is room', async () => {
    disk.fill(0)
    await ground.type(id, 'write after all\r')
    await expect.poll(row, { timeout: 20_000 }).toMatchObject({
      state: 'paused',
      remark: { key: 'builtin.remark.noSpace' },
      needsHelp: true,
    })
    for (const goOn of [ground.provider.pause?.resume, ground.provider.power.start]) {
      expect(await errorFrom(goOn?.(id, op()) as Promise<unknown>)).toMatchObject({ code: 'no-space' })
      expect(await row()).toMatchObject({ state: 'paused', needsHelp: true })
    }
    disk.clear()
    await ground.provider.pause?.resume(id, op())
    expect(await row()).toMatchObject({ state: 'running', remark: null, needsHelp: false })
    expect((await ground.say(id, 'read', /On the disk: ([^\r]+)\r/))[1]).toBe('after all')
    expect(await counter()).toBe('3')
  })
})

describe.skipIf(missingMount !== null)('a full disk under a Linux that comes with Berth', () => {
  let ground: BuiltinGround
  let id: MachineId
  let disk: SmallDisk
  beforeAll(async () => {
    ground = await builtinGround()
    disk = mountSmallDisk(ground.host.dataDir, 64)
    id = await ground.make('full linux', { guest: 'linux', disk: { from: 'guest' }, memoryBytes: 32 * MiB })
    await ground.provider.power.start(id, op())
  })
  afterAll(async () => {
    await ground.provider.power.powerOff(id, op())
    disk.unmount()
    expect(await ground.leave()).toEqual([])
  })

  it('pauses the Linux in the middle of its writing, and then nothing of what it wrote is missing', async () => {
    const row = () => ground.machine(id)
    const shell = await shellOf(ground.provider, id)
    await shell.until(linuxPrompt, 120_000)
    await shell.run('head -c 2000000 /dev/urandom > /dev/shm/source')
    disk.fill(0)
    const copied = shell.run(
      'cp /dev/shm/source copy && sync && echo 3 > /proc/sys/vm/drop_caches && cmp /dev/shm/source copy; echo $?',
    )
    await expect.poll(row, { timeout: 60_000 }).toMatchObject({
      state: 'paused',
      remark: { key: 'builtin.remark.noSpace' },
      needsHelp: true,
    })
    expect(await errorFrom(ground.provider.power.start(id, op()))).toMatchObject({ code: 'no-space' })
    expect(await row()).toMatchObject({ state: 'paused', needsHelp: true })
    disk.clear()
    await ground.provider.pause?.resume(id, op())
    expect(await copied).toBe('0')
    expect(await row()).toMatchObject({ state: 'running', remark: null, needsHelp: false })
    expect(await shell.run('dmesg | grep -ci "error"')).toBe('0')
    shell.end()
  }, 300_000)
})
