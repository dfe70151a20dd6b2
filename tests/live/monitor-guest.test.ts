import { copyFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { op } from '../conformance/ground.ts'
import { fileSize, waitInFile } from '../support/serial.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

const image = fileURLToPath(new URL('../../assets/guest/monitor.img', import.meta.url))

describe.skipIf(missingQemu !== null)('the guest that comes with Berth, under QEMU', () => {
  let ground: QemuGround
  let id: MachineId
  beforeAll(async () => {
    ground = await qemuGround()
    const path = join(ground.folder, 'monitor.img')
    await copyFile(image, path)
    await truncate(path, 8 * MiB)
    id = await ground.make('monitor', { disk: { from: 'image', path, format: 'raw', use: 'copy' } })
  })
  afterAll(() => ground.leave())

  const start = async (): Promise<void> => {
    const log = join(ground.folderOf(id), 'serial0.log')
    const from = await fileSize(log)
    await ground.provider.power.start(id, op())
    await waitInFile(log, from, /Type help for all there is\.\s+> /)
  }

  it('says what to try, counts, and keeps a line on whatever disk it booted from', async () => {
    await start()
    expect(await ground.ask(id, 'count\r', /The counter is at (\d+)\./)).toBe('1')
    expect(await ground.ask(id, 'nonsense x\r', /There is no command "(\w+)" here/)).toBe('nonsense')
    expect(await ground.ask(id, 'write onn\x7fe line\r', /(Written to the disk)\./)).toBe('Written to the disk')
    expect(await ground.ask(id, 'read\r', /On the disk: ([^\r]+)\r/)).toBe('one line')
    expect(await ground.ask(id, 'clock\r', /It is (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) by/)).toMatch(/^20/)
  })

  it('goes back to what its memory and disk were with a snapshot', async () => {
    const snapshotId =
      (await ground.provider.snapshots?.take(id, { name: 'x', description: '', memory: true }, op())) ?? ''
    await ground.ask(id, 'write another\r', /(Written)/)
    await ground.ask(id, 'count\r', /The counter is at (2)\./)
    await ground.provider.snapshots?.restore(id, snapshotId, op())
    expect(await ground.ask(id, 'read\r', /On the disk: ([^\r]+)\r/)).toBe('one line')
    expect(await ground.ask(id, 'count\r', /The counter is at (\d+)\./)).toBe('2')
  })

  it('switches off when its power button is pressed, and by itself', async () => {
    await ground.provider.power.shutDown(id, op())
    expect((await ground.machine(id)).state).toBe('stopped')
    await start()
    expect(await ground.ask(id, 'read\r', /On the disk: ([^\r]+)\r/)).toBe('one line')
    await ground.ask(id, 'halt\r', /(Switching off)/)
    while ((await ground.machine(id)).state !== 'stopped') await new Promise((resolve) => setTimeout(resolve, 50))
  })
})
