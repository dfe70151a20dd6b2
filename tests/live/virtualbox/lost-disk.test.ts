import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { MiB } from '../../../app/domain/units.ts'
import { errorFrom, facet, op } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type LabGround, labGround } from './base-ground.ts'

describe.skipIf(missingVirtualBox !== null)('a VirtualBox machine’s missing file', () => {
  let ground: LabGround
  let away = ''
  beforeAll(async () => {
    ground = await labGround('live-lost')
    away = join(ground.lab.folder, 'away')
    await mkdir(away)
  })
  afterAll(async () => {
    expect(await ground.leave()).toEqual([])
  })

  const locate = () => facet(ground as never, 'locate')
  const check = (id: MachineId, path: string) => errorFrom(locate().check(id, path, op()))
  const diskPath = (info: string): string => /="([^"]+\.(?:vdi|vmdk|vhd))"/.exec(info)?.[1] ?? ''

  it('is said and called for, told from another disk by its UUID, and found at its new place', async () => {
    const { lab } = ground
    const uuid = await lab.make('wandered')
    const id = ground.idOf(uuid)
    const path = diskPath(await lab.manage('showvminfo', uuid, '--machinereadable'))
    const moved = join(away, 'moved "1".vdi')
    await rename(path, moved)
    expect(await ground.machine(uuid)).toMatchObject({
      state: 'stopped',
      needsHelp: true,
      lostFile: { kind: 'disk', path },
      remark: { key: 'kept.remark.missing' },
    })
    expect(await errorFrom(ground.provider.power.start(id, op()))).toMatchObject({ code: 'not-found' })

    await lab.manage('createmedium', 'disk', '--filename', join(away, 'other.vdi'), '--size', '2', '--format', 'VDI')
    await lab.manage('closemedium', 'disk', join(away, 'other.vdi'))
    expect(await check(id, join(away, 'other.vdi'))).toMatchObject({
      code: 'invalid-input',
      field: 'path',
      message: { key: 'locate.error.uuid', params: { file: 'other.vdi' } },
    })
    await writeFile(join(away, 'text.vdi'), 'no disk')
    expect((await check(id, join(away, 'text.vdi'))).message.key).toBe('locate.error.format')
    expect((await ground.machine(uuid)).lostFile).not.toBeNull()

    await locate().locate(id, moved, op())
    expect(await ground.machine(uuid)).toMatchObject({ needsHelp: false, lostFile: null, remark: null })
    await ground.provider.power.start(id, op())
    expect(await lab.ask(uuid, 'read', /(?:On the disk|Nothing is on the disk)/)).toContain('disk')
    await ground.provider.power.powerOff(id, op())
  })

  it('is not taken while its description names extents elsewhere or missing ones', async () => {
    const { lab } = ground
    const uuid = await lab.make('described')
    const id = ground.idOf(uuid)
    const path = join(lab.folder, 'flat', 'flat.vmdk')
    await mkdir(join(lab.folder, 'flat'))
    await lab.manage('createmedium', 'disk', '--filename', path, '--size=4', '--format=VMDK', '--variant=Fixed')
    await lab.manage('storagectl', uuid, '--name', 'flat', '--add', 'sata')
    await lab.manage('storageattach', uuid, '--storagectl=flat', '--port=0', '--type=hdd', `--medium=${path}`)
    const moved = join(away, 'flat.vmdk')
    const extent = join(away, 'flat-flat.vmdk')
    await rename(path, moved)
    expect((await ground.machine(uuid)).lostFile).toEqual({ kind: 'disk', path })
    expect((await check(id, moved)).message).toMatchObject({ key: 'image.error.missing', params: { path: extent } })
    const text = await readFile(moved, 'latin1')
    const described = (name: string) => writeFile(moved, text.replace('"flat-flat.vmdk"', `"${name}"`), 'latin1')
    await described(join(lab.folder, 'flat', 'flat-flat.vmdk'))
    expect((await check(id, moved)).message.key).toBe('image.error.notAlone')
    await described('/etc/passwd')
    expect((await check(id, moved)).message.key).toBe('image.error.notAlone')
    await described('flat-flat.vmdk')
    await rename(join(lab.folder, 'flat', 'flat-flat.vmdk'), extent)
    await locate().locate(id, moved, op())
    expect((await ground.machine(uuid)).lostFile).toBeNull()
  })

  it('can be its disc', async () => {
    const { lab } = ground
    const uuid = await lab.make('with a disc')
    const iso = join(away, 'disc.iso')
    await writeFile(iso, Buffer.alloc(MiB))
    await lab.manage('storagectl', uuid, '--name', 'discs', '--add', 'sata')
    await lab.manage('storageattach', uuid, '--storagectl=discs', '--port=0', '--type=dvddrive', `--medium=${iso}`)
    await rename(iso, join(away, 'disc-2.iso'))
    expect((await ground.machine(uuid)).lostFile).toEqual({ kind: 'disc', path: iso })
    await locate().locate(ground.idOf(uuid), join(away, 'disc-2.iso'), op())
    expect((await ground.machine(uuid)).lostFile).toBeNull()
  })
})
