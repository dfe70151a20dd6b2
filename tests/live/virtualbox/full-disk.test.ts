import { execFileSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'
import { readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

const canMount = process.getuid?.() === 0 && process.platform === 'linux'

/** VirtualBox's machines where the disk of this computer is full: on a file system of their own. */
describe.skipIf(missingVirtualBox !== null || !canMount)('a full disk under VirtualBox machines', () => {
  let acts: Acts
  let id: MachineId
  const places: string[] = []

  beforeAll(async () => {
    acts = await openActs('acts-full')
    const folder = acts.lab.machineFolder
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', folder])
    places.unshift(folder)
    // VirtualBox may see files from another root, where this mount is not.
    const [server] = execFileSync('pgrep', ['-n', '-x', 'VBoxSVC']).toString().split('\n')
    const root = await readlink(`/proc/${server}/root`)
    if (root !== '/') {
      execFileSync('mount', ['--bind', folder, join(root, folder)])
      places.unshift(join(root, folder))
    }
    id = await acts.make('full')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'before')
  })
  afterAll(async () => {
    await acts.provider().power.powerOff(id, op())
    for (const place of places) execFileSync('umount', ['--lazy', place])
    expect(await acts.leave()).toEqual([])
  })

  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(acts.lab.machineFolder)
    return bavail * bsize
  }
  const ballast = (): string => join(acts.lab.machineFolder, 'ballast')
  const fill = (leftBytes: number): void =>
    void execFileSync('fallocate', ['--length', String(freeBytes() - leftBytes), ballast()])
  const row = async () => acts.provider().read(id, op())

  it('has what needs room said before it begins, and the machine goes on', async () => {
    const { snapshots, suspend } = acts.provider()
    const taken = (await snapshots?.take(id, { name: 'one', description: '', memory: true }, op())) as string
    expect((await snapshots?.room?.(id, taken, op()))?.freeBytes).toBeGreaterThan(80_000_000)
    fill(1_000_000)
    const room = await snapshots?.room?.(id, taken, op())
    expect(room?.freeBytes).toBeLessThan(room?.neededBytes ?? 0)
    const again = { name: 'two', description: '', memory: true }
    const attempts = [
      () => snapshots?.take(id, again, op()),
      () => snapshots?.restore(id, taken, op()),
      () => suspend?.suspend(id, op()),
    ]
    for (const attempt of attempts) {
      expect(await errorFrom(attempt() as Promise<unknown>)).toMatchObject({
        code: 'no-space',
        message: { key: 'kept.error.needsSpace' },
      })
      expect(await row()).toMatchObject({ state: 'running' })
    }
    expect(await acts.read(id)).toBe('before')
    expect((await snapshots?.tree(id, op()))?.snapshots.map(({ name }) => name)).toEqual(['one'])
    await rm(ballast())
  })

  it('stops a guest that writes with its reason, and lets it go on once there is room', async () => {
    // The snapshot's disk holds what the guest writes from now on, and grows with it.
    fill(0)
    const writing = acts.write(id, 'after all')
    await expect.poll(row, { timeout: 20_000 }).toMatchObject({
      state: 'paused',
      remark: { key: 'virtualbox.remark.diskFull' },
    })
    expect(await errorFrom(acts.provider().pause?.resume(id, op()) as Promise<unknown>)).toMatchObject({
      code: 'no-space',
    })
    await rm(ballast())
    await acts.provider().pause?.resume(id, op())
    await writing
    expect(await row()).toMatchObject({ state: 'running', remark: null })
    expect(await acts.read(id)).toBe('after all')
  })
})
