import { execFileSync } from 'node:child_process'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { missingMount, mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { expectNoRoom } from '../no-room.ts'
import { type Acts, openActs } from './acts-ground.ts'

/** VirtualBox's machines where the disk of this computer is full: on a file system of their own. */
describe.skipIf(missingVirtualBox !== null || missingMount !== null)('a full disk under VirtualBox machines', () => {
  let acts: Acts
  let id: MachineId
  let disk: SmallDisk

  beforeAll(async () => {
    acts = await openActs('acts-full')
    const folder = acts.lab.machineFolder
    // VirtualBox may see files from another root, where this mount is not.
    const [server] = execFileSync('pgrep', ['-n', '-x', 'VBoxSVC']).toString().split('\n')
    const root = await readlink(`/proc/${server}/root`)
    disk = mountSmallDisk(folder, 160, root === '/' ? [] : [join(root, folder)])
    id = await acts.make('full')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'before')
  })
  afterAll(async () => {
    await acts.provider().power.powerOff(id, op())
    disk.unmount()
    expect(await acts.leave()).toEqual([])
  })

  const row = async () => acts.provider().read(id, op())

  it('has what needs room said before it begins, and the machine goes on', async () => {
    const { snapshots } = acts.provider()
    const taken = (await snapshots?.take(id, { name: 'one', description: '', memory: true }, op())) as string
    expect((await snapshots?.room?.(id, taken, op()))?.freeBytes).toBeGreaterThan(80_000_000)
    disk.fill(1_000_000)
    const room = await snapshots?.room?.(id, taken, op())
    expect(room?.freeBytes).toBeLessThan(room?.neededBytes ?? 0)
    await expectNoRoom(acts.provider(), id, taken)
    expect(await acts.read(id)).toBe('before')
    disk.clear()
  })

  it('stops a guest that writes with its reason, and lets it go on once there is room', async () => {
    // The snapshot's disk holds what the guest writes from now on, and grows with it.
    disk.fill(0)
    const writing = acts.write(id, 'after all')
    await expect.poll(row, { timeout: 20_000 }).toMatchObject({
      state: 'paused',
      remark: { key: 'virtualbox.remark.diskFull' },
      needsHelp: true,
    })
    expect(await errorFrom(acts.provider().pause?.resume(id, op()) as Promise<unknown>)).toMatchObject({
      code: 'no-space',
    })
    disk.clear()
    await acts.provider().pause?.resume(id, op())
    await writing
    expect(await row()).toMatchObject({ state: 'running', remark: null })
    expect(await acts.read(id)).toBe('after all')
  })
})
