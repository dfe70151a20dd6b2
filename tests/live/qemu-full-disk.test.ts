import { execFileSync } from 'node:child_process'
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { errorFrom, op } from '../conformance/ground.ts'
import { waitInFile } from '../support/serial.ts'
import { missingMount, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { expectNoRoom } from './no-room.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

const image = fileURLToPath(new URL('../../assets/guest/monitor.img', import.meta.url))

/** QEMU's machines where the disk of this computer is full: on a file system of their own. */
describe.skipIf(missingQemu !== null || missingMount !== null)('a full disk under QEMU machines', () => {
  let ground: QemuGround
  let id: MachineId
  let disk: SmallDisk
  let other: SmallDisk
  beforeAll(async () => {
    ground = await qemuGround()
    disk = mountSmallDisk(ground.host.dataDir, 160)
    const path = join(ground.folder, 'monitor.img')
    await copyFile(image, path)
    await truncate(path, 8 * MiB)
    id = await ground.make('full', { disk: { from: 'image', path, format: 'raw', use: 'copy' } })
    await addDisk(join(ground.folder, 'other'))
    await ground.provider.power.start(id, op())
    await waitInFile(join(ground.folderOf(id), 'serial0.log'), 0, /Type help for all there is\.\s+> /)
  })
  afterAll(async () => {
    await ground.provider.power.powerOff(id, op())
    disk.unmount()
    other.unmount()
    await ground.leave()
  })

  /** A second disk, in a place of its own. */
  async function addDisk(place: string): Promise<void> {
    other = mountSmallDisk(place, 8)
    const file = join(place, 'second.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '1M'])
    const definition = join(ground.folderOf(id), 'machine.json')
    const { disks, ...rest } = JSON.parse(await readFile(definition, 'utf8'))
    const second = { file, format: 'qcow2', sizeBytes: MiB }
    await writeFile(definition, JSON.stringify({ ...rest, disks: [...disks, second] }))
  }
  const row = () => ground.machine(id)

  it('has what needs room said before it begins, and the machine goes on', async () => {
    const { snapshots } = ground.provider
    const taken = (await snapshots?.take(id, { name: 'one', description: '', memory: true }, op())) as string
    disk.fill(1_000_000)
    await expectNoRoom(ground.provider, id, taken)
    disk.clear()
  })

  it('stops a guest that writes with its reason, and lets it go on once there is room where that disk is', async () => {
    disk.fill(0)
    other.fill(0)
    const writing = ground.ask(id, 'write after all\r', /(Written to the disk)\./, 60_000)
    await expect.poll(row, { timeout: 20_000 }).toMatchObject({
      state: 'paused',
      remark: { key: 'qemu.remark.noSpace' },
      needsHelp: true,
    })
    for (const goOn of [ground.provider.pause?.resume, ground.provider.power.start]) {
      expect(await errorFrom(goOn?.(id, op()) as Promise<unknown>)).toMatchObject({
        code: 'no-space',
        message: { key: 'kept.error.needsSpace' },
      })
      expect(await row()).toMatchObject({ state: 'paused', needsHelp: true })
    }
    disk.clear()
    await ground.provider.pause?.resume(id, op())
    expect(await writing).toBe('Written to the disk')
    expect(await row()).toMatchObject({ state: 'running', remark: null, needsHelp: false })
    expect(await ground.ask(id, 'read\r', /On the disk: ([^\r]+)\r/)).toBe('after all')
  })
})
