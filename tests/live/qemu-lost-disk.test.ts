import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { errorFrom, facet, op } from '../conformance/ground.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

describe.skipIf(missingQemu !== null)('a QEMU machine’s missing file', () => {
  let ground: QemuGround
  let away = ''
  beforeAll(async () => {
    ground = await qemuGround()
    away = join(ground.folder, 'away')
    await mkdir(away)
  })
  afterAll(() => ground.leave())

  const locate = () => facet(ground as never, 'locate')
  const qemuImg = (...args: readonly string[]): string => execFileSync('qemu-img', args).toString()
  const check = (id: MachineId, path: string) => errorFrom(locate().check(id, path, op()))
  const diskOf = (id: MachineId): string => join(ground.folderOf(id), 'disk0.qcow2')

  it('is said with its path and called for, and the disk is found elsewhere by its snapshots', async () => {
    const id = await ground.make('wandered')
    const snapshots = facet(ground as never, 'snapshots')
    const tag = await snapshots.take(id, { name: 'kept', description: '', memory: false }, op())
    const moved = join(away, 'moved, "1".qcow2')
    await rename(diskOf(id), moved)
    expect(await ground.machine(id)).toMatchObject({
      state: 'stopped',
      needsHelp: true,
      lostFile: { kind: 'disk', path: diskOf(id) },
      remark: { key: 'kept.remark.missing', params: { file: 'disk0.qcow2' } },
    })
    expect(await errorFrom(ground.provider.power.start(id, op()))).toMatchObject({ code: 'not-found' })

    const stranger = join(away, 'stranger.qcow2')
    qemuImg('create', '-q', '-f', 'qcow2', stranger, qemuSize(moved))
    expect(await check(id, stranger)).toMatchObject({
      code: 'invalid-input',
      field: 'path',
      message: { key: 'locate.error.snapshots', params: { file: 'stranger.qcow2', name: 'kept' } },
    })
    await writeFile(join(away, 'text'), 'no disk')
    expect((await check(id, join(away, 'text'))).message.key).toBe('locate.error.format')
    expect((await check(id, away)).message.key).toBe('locate.error.noFile')
    expect((await ground.machine(id)).lostFile).not.toBeNull()

    await locate().locate(id, moved, op())
    expect(await ground.machine(id)).toMatchObject({ needsHelp: false, lostFile: null, remark: null })
    expect((await snapshots.tree(id, op())).snapshots.map((one) => one.id)).toEqual([tag])
    await ground.start(id)
    await ground.provider.power.powerOff(id, op())
    expect((await errorFrom(locate().locate(id, moved, op()))).code).toBe('wrong-state')
  })

  it('of a disk without snapshots is told by its size, and a raw disk used in place is found again', async () => {
    const path = join(away, 'raw.img')
    await writeFile(path, Buffer.alloc(4 * MiB))
    const id = await ground.make('in place', { disk: { from: 'image', path, format: 'raw', use: 'in-place' } })
    const moved = join(away, 'raw-2.img')
    await rename(path, moved)
    await writeFile(join(away, 'larger.img'), Buffer.alloc(5 * MiB))
    expect((await check(id, join(away, 'larger.img'))).message).toEqual({
      key: 'locate.error.size',
      params: { file: 'larger.img', size: '5.2 MB', wanted: '4.2 MB' },
    })
    await locate().locate(id, moved, op())
    expect(await ground.machine(id)).toMatchObject({ lostFile: null, needsHelp: false })
    const { disks } = JSON.parse(await readFile(join(ground.folderOf(id), 'machine.json'), 'utf8'))
    expect(disks[0].file).toBe(moved)
  })

  it('of a linked clone has to go back into its folder, where it is the machine’s own again', async () => {
    const origin = await ground.make('origin')
    const clone = facet(ground as never, 'clone')
    const id = await clone.clone(origin, { name: 'linked', mode: 'linked', snapshotId: null }, op())
    const moved = join(away, 'linked.qcow2')
    await rename(diskOf(id), moved)
    expect(await check(id, moved)).toMatchObject({
      code: 'unsupported',
      message: { key: 'qemu.error.standsOnBase' },
      hint: { params: { folder: ground.folderOf(id) } },
    })
    const other = await ground.make('renamed inside')
    await rename(diskOf(other), join(ground.folderOf(other), 'other.qcow2'))
    await locate().locate(other, join(ground.folderOf(other), 'other.qcow2'), op())
    const { disks } = JSON.parse(await readFile(join(ground.folderOf(other), 'machine.json'), 'utf8'))
    expect(disks[0].file).toBe('other.qcow2')
  })

  it('of a VMDK used in place is not taken while its description names extents elsewhere or missing ones', async () => {
    const beside = join(ground.folder, 'flat')
    await mkdir(beside)
    const path = join(beside, 'flat.vmdk')
    qemuImg('create', '-q', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', path, '4M')
    const id = await ground.make('described', { disk: { from: 'image', path, format: 'vmdk', use: 'in-place' } })
    const moved = join(away, 'flat.vmdk')
    const extent = join(away, 'flat-flat.vmdk')
    await rename(path, moved)
    expect((await check(id, moved)).message).toMatchObject({ key: 'image.error.missing', params: { path: extent } })
    const text = await readFile(moved, 'latin1')
    await writeFile(moved, text.replace('"flat-flat.vmdk"', `"${join(beside, 'flat-flat.vmdk')}"`), 'latin1')
    expect((await check(id, moved)).message.key).toBe('image.error.notAlone')
    await writeFile(moved, text, 'latin1')
    await rename(join(beside, 'flat-flat.vmdk'), extent)
    await locate().locate(id, moved, op())
    expect(await ground.machine(id)).toMatchObject({ lostFile: null, needsHelp: false })
    await ground.provider.power.start(id, op())
    await ground.provider.power.powerOff(id, op())
  })

  it('can be its disc', async () => {
    const isoPath = join(away, 'disc.iso')
    await writeFile(isoPath, Buffer.alloc(MiB))
    const id = await ground.make('with a disc', { isoPath })
    await rename(isoPath, join(away, 'disc-2.iso'))
    expect((await ground.machine(id)).lostFile).toEqual({ kind: 'disc', path: isoPath })
    await locate().locate(id, join(away, 'disc-2.iso'), op())
    expect((await ground.machine(id)).lostFile).toBeNull()
  })

  function qemuSize(path: string): string {
    return String(JSON.parse(qemuImg('info', '-U', '--output=json', path))['virtual-size'])
  }
})
