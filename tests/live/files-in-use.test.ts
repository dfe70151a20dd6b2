import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VmSpec } from '../../app/domain/spec.ts'
import { createFileGuard } from '../../main/services/file-guard.ts'
import { createFilesInUse } from '../../main/services/files-in-use.ts'
import { errorFrom } from '../conformance/ground.ts'
import { silent } from '../main/services/small-provider.ts'
import { missingQemu, type QemuGround, qemuGround, specOf } from './qemu-ground.ts'

describe.skipIf(missingQemu !== null)('a disk of one QEMU machine that another is to use in place', () => {
  let ground: QemuGround
  let base: string
  let over: string
  beforeAll(async () => {
    ground = await qemuGround()
    base = join(ground.folder, 'base.qcow2')
    over = join(ground.folder, 'over.qcow2')
    execFileSync('qemu-img', ['convert', '-O', 'qcow2', ground.guestDisk, base])
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, over])
  })
  afterAll(() => ground.leave())

  const inPlace = (path: string): VmSpec['disk'] => ({ from: 'image', path, format: 'qcow2', use: 'in-place' })
  const check = (path: string): Promise<void> =>
    createFileGuard(createFilesInUse([ground.provider], silent), () => null).checkTaken({
      ...specOf('second', ground.guestDisk),
      disk: inPlace(path),
    })

  it('is refused with the other machine’s name when it is the base of its disk', async () => {
    await ground.make('stands-on-it', { disk: inPlace(over) })
    expect(await errorFrom(check(base))).toMatchObject({
      code: 'in-use',
      message: { key: 'files.inUse', params: { machine: 'stands-on-it (QEMU)' } },
    })
  })

  it('is refused when what it stands on is the disk of a machine that Berth made itself', async () => {
    const id = await ground.make('own')
    const on = join(ground.folder, 'on-own.qcow2')
    const disk = join(ground.folderOf(id), 'disk0.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', disk, on])
    expect(await errorFrom(check(on))).toMatchObject({ message: { params: { machine: 'own (QEMU)' } } })
    expect(await errorFrom(check(disk))).toMatchObject({ message: { params: { machine: 'own (QEMU)' } } })
  })
})
