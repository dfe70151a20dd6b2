import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import { MiB } from '../../../../app/domain/units.ts'
import type { LocateOps } from '../../../../main/providers/provider.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'
import { qcow2Header } from '../../../support/images.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let ground: BuiltinGround
beforeEach(async () => {
  ground = await builtinGround()
  await mkdir(ground.host.dataDir, { recursive: true })
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
})

const locate = (): LocateOps => {
  const { locate: found } = ground.provider
  if (found === undefined) throw new Error('no locate')
  return found
}
const elsewhere = (name: string): string => join(ground.host.dataDir, name)
const diskOf = (id: MachineId): string => join(ground.folderOf(id), 'disk0.img')
const check = (id: MachineId, name: string) => errorFrom(locate().check(id, elsewhere(name), op()))
const raised = (start: Buffer, length: number): Buffer => Buffer.concat([start, Buffer.alloc(length)], length)

it('the missing disk of a built-in machine is said, found by hand and copied into the machine’s folder', async () => {
  const id = await ground.make('wandered')
  await writeFile(diskOf(id), raised(Buffer.from('its work'), MiB))
  await rename(diskOf(id), elsewhere('moved.img'))
  expect(await ground.machine(id)).toMatchObject({ needsHelp: true, lostFile: { kind: 'disk', path: diskOf(id) } })
  await locate().check(id, elsewhere('moved.img'), op())
  await locate().locate(id, elsewhere('moved.img'), op())
  expect(await ground.machine(id)).toMatchObject({ needsHelp: false, lostFile: null })
  expect((await readFile(diskOf(id))).toString('latin1', 0, 8)).toBe('its work')
  expect((await readFile(elsewhere('moved.img'))).length).toBe(MiB)
  await ground.provider.power.start(id, op())
  expect((await errorFrom(locate().locate(id, elsewhere('moved.img'), op()))).code).toBe('wrong-state')
})

it('the missing disk of a built-in machine is no compressed, encrypted, qcow2 or larger file', async () => {
  const id = await ground.make('wandered')
  await rename(diskOf(id), elsewhere('moved.img'))
  for (const [name, content, key] of [
    ['disk.img.gz', raised(Buffer.from('\x1f\x8b\x08', 'latin1'), 4096), 'image.error.packed'],
    ['luks.img', raised(Buffer.from('LUKS\xba\xbe', 'latin1'), 4096), 'image.error.encrypted'],
    ['disk.qcow2', qcow2Header({}), 'locate.error.format'],
    ['larger.img', Buffer.alloc(2 * MiB), 'locate.error.size'],
  ] as const) {
    await writeFile(elsewhere(name), content)
    expect((await check(id, name)).message.key, name).toBe(key)
  }
  expect((await ground.machine(id)).lostFile).not.toBeNull()
})

it('a disk image is no disk of a new built-in machine when it is compressed, encrypted or qcow2', async () => {
  for (const [name, content, key] of [
    ['disk.img.gz', raised(Buffer.from('\x1f\x8b\x08', 'latin1'), 4096), 'image.error.packed'],
    ['luks.img', raised(Buffer.from('LUKS\xba\xbe', 'latin1'), 4096), 'image.error.encrypted'],
    ['disk.qcow2', qcow2Header({}), 'image.error.format'],
  ] as const) {
    await writeFile(elsewhere(name), content)
    const disk = { from: 'image', path: elsewhere(name), format: 'raw', use: 'copy' } as const
    expect((await errorFrom(ground.make(name, { disk, guest: 'monitor' }))).message.key, name).toBe(key)
  }
})

it('a disk image with a format of its own is no disc of a built-in machine', async () => {
  await writeFile(elsewhere('disk.iso'), qcow2Header({}))
  const error = await errorFrom(ground.make('disc', { isoPath: elsewhere('disk.iso'), guest: 'monitor' }))
  expect(error).toMatchObject({ message: { key: 'image.error.notDisc' }, field: 'isoPath' })
})
