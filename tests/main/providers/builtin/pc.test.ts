import { copyFile, mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { VmSpec } from '../../../../app/domain/spec.ts'
import { MiB } from '../../../../app/domain/units.ts'
import { op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const image = fileURLToPath(new URL('../../../../assets/guest/monitor.img', import.meta.url))

describe('a built-in machine with the BIOS that comes with Berth', () => {
  let ground: BuiltinGround
  let folder = ''
  beforeAll(async () => {
    ground = await builtinGround()
    folder = await mkdtemp(join(tmpdir(), 'berth-pc-'))
  })
  afterAll(async () => {
    await ground.leave()
    await rm(folder, { recursive: true })
  })

  const disk = async (name: string, sizeBytes: number): Promise<string> => {
    const path = join(folder, name)
    await copyFile(image, path)
    await truncate(path, sizeBytes)
    return path
  }
  const base = { memoryBytes: 32 * MiB, guest: 'pc' } as const

  it('boots a disk, keeps what is written there, and switches off when it is asked to', async () => {
    const path = await disk('disk.img', 8 * MiB)
    const source: VmSpec['disk'] = { from: 'image', path, format: 'raw', use: 'copy' }
    const id = await ground.make('from a disk', { ...base, disk: source })
    await ground.provider.power.start(id, op())
    await ground.say(id, 'write on a disk', /Written to the disk\./)
    await ground.provider.power.shutDown(id, op())
    expect((await ground.machine(id)).state).toBe('stopped')
    await ground.provider.power.start(id, op())
    expect((await ground.say(id, 'read', /On the disk: ([^\r]*)/))[1]).toBe('on a disk')
  })

  it('restores a snapshot, memory and disk', async () => {
    const path = await disk('snap.img', 8 * MiB)
    const id = await ground.make('kept', { ...base, disk: { from: 'image', path, format: 'raw', use: 'copy' } })
    await ground.provider.power.start(id, op())
    await ground.say(id, 'count', /The counter is at 1\./)
    const { snapshots } = ground.provider
    const snapshotId = (await snapshots?.take(id, { name: 'one', description: '', memory: true }, op())) ?? ''
    await ground.say(id, 'count', /The counter is at 2\./)
    await snapshots?.restore(id, snapshotId, op())
    await ground.say(id, 'count', /The counter is at 2\./)
  })

  it('boots a floppy', async () => {
    const isoPath = await disk('floppy.img', 1_474_560)
    const id = await ground.make('from a floppy', { ...base, disk: { from: 'none' }, isoPath })
    await ground.provider.power.start(id, op())
    await ground.say(id, 'echo from a floppy', /from a floppy/)
  })
})
