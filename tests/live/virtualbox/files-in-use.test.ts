import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { createFileGuard } from '../../../main/services/file-guard.ts'
import { createFilesInUse } from '../../../main/services/files-in-use.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { silent } from '../../main/services/small-provider.ts'
import { vmdkText } from '../../support/images.ts'
import { ovfText } from '../../support/ovf.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { specOf } from '../qemu-ground.ts'
import { type Acts, openActs } from './acts-ground.ts'

describe.skipIf(missingVirtualBox !== null)('files of VirtualBox machines', () => {
  let acts: Acts
  beforeAll(async () => {
    acts = await openActs('uses')
  }, 120_000)
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })

  const guard = () => createFileGuard(createFilesInUse([acts.provider()], silent), () => null)
  const folderOf = async (uuid: string): Promise<string> => {
    const info = await acts.lab.manage('showvminfo', uuid, '--machinereadable')
    return dirname(/^CfgFile="(.*)"$/m.exec(info)?.[1] ?? '')
  }

  it('keeps a disk that another machine attaches where it is while its own machine is removed and purged', async () => {
    const [a, b] = await Promise.all([acts.make('A'), acts.make('B')])
    const data = join(await folderOf(acts.uuidOf(a)), 'data.vdi')
    await acts.lab.manage('createmedium', 'disk', '--filename', data, '--size', '8')
    for (const id of [a, b]) {
      await acts.lab.manage('storagectl', acts.uuidOf(id), '--name', 'Data', '--add', 'scsi')
      const slot = ['--storagectl', 'Data', '--port', '1', '--device', '0', '--type', 'hdd']
      await acts.lab.manage('storageattach', acts.uuidOf(id), ...slot, '--medium', data)
    }
    expect(await guard().blockingRemoval(a)).toEqual(['B (VirtualBox)'])
    expect(await errorFrom(guard().checkRemoval(a))).toMatchObject({ code: 'in-use' })
    // Even past the guard the provider leaves the folder where it is, and the disk in it.
    const trashId = await acts.provider().remove?.remove(a, { volumes: [] }, op())
    expect(existsSync(data)).toBe(true)
    await acts.provider().trash?.purge(trashId ?? '', op())
    expect(existsSync(data)).toBe(true)
    await rm(data)
    await acts.lab.manage('storagectl', acts.uuidOf(b), '--name', 'Data', '--remove')
  })

  it('says that a disk is a VirtualBox machine’s when a QEMU machine is to use it in place', async () => {
    const id: MachineId = await acts.make('owner')
    const path = join(await folderOf(acts.uuidOf(id)), 'disk.vdi')
    const disk = { from: 'image', path, format: 'vdi', use: 'in-place' } as const
    expect(await errorFrom(guard().checkTaken({ ...specOf('other', path), disk }))).toMatchObject({
      message: { key: 'files.inUse', params: { machine: 'owner (VirtualBox)' } },
    })
  })

  it('refuses a VMDK that names a file elsewhere before VirtualBox opens it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-vmdk-'))
    await mkdir(join(folder, 'downloads'))
    const secret = join(folder, 'secret.txt')
    await writeFile(secret, 'TOP-SECRET')
    await truncate(secret, 65_536)
    const path = join(folder, 'downloads', 'flat.vmdk')
    await writeFile(path, vmdkText([`RW 128 FLAT "${secret}" 0`]))
    for (const use of ['copy', 'in-place'] as const) {
      const disk = { from: 'image', path, format: 'vmdk', use } as const
      const create = acts.provider().create?.create(acts.spec(`thief-${use}`, { disk }), op())
      const error = await errorFrom(create ?? Promise.resolve())
      expect(error.message.params).toMatchObject({ path: secret })
    }
    expect((await readFile(secret)).subarray(0, 10).toString()).toBe('TOP-SECRET')
    await rm(folder, { recursive: true })
  })

  it('imports a compressed disk, and refuses an OVF whose disk would be read and written outside its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-ovf-'))
    await mkdir(join(folder, 'downloads'))
    const disk = join(folder, 'disk.vmdk')
    await acts.lab.manage('convertfromraw', acts.lab.guestDisk, disk, '--format', 'VMDK', '--variant', 'Stream')
    const importAs = (name: string) =>
      acts.provider().importing?.import('virtualbox:local', { path, name }, op()) ?? Promise.reject(new Error('none'))
    const path = join(folder, 'downloads', 'm.ovf')
    await writeFile(join(folder, 'downloads', 'disk.vmdk.gz'), gzipSync(await readFile(disk)))
    await writeFile(path, ovfText('disk.vmdk.gz', ' ovf:compression="gzip"'))
    const id = await importAs('unpacked')
    expect((await acts.provider().read(id, op()))?.state).toBe('stopped')

    await writeFile(path, ovfText('../disk.vmdk'))
    const above = join(await folderOf(acts.uuidOf(id)), '..')
    const before = await readdir(above)
    const refused = { code: 'unsupported', field: 'path', message: { key: 'image.error.outside' } }
    expect(await errorFrom(importAs('climber'))).toMatchObject(refused)
    expect(await errorFrom(acts.provider().importing?.inspect?.(path, op()) ?? Promise.resolve())).toMatchObject(
      refused,
    )
    expect(await readdir(above)).toEqual(before)
    await rm(folder, { recursive: true })
  })
})
