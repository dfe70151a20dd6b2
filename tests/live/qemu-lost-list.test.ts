import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { SnapshotOps } from '../../main/providers/provider.ts'
import { op } from '../conformance/ground.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let ground: QemuGround
let id: MachineId
let list = ''
const snapshots = (): SnapshotOps => {
  const { snapshots } = ground.provider
  if (snapshots === undefined) throw new Error('no snapshots')
  return snapshots
}
const request = (name: string) => ({ name, description: '', memory: false })

describe.runIf(missingQemu === null)('a QEMU machine’s list of snapshots', () => {
  beforeEach(async () => {
    ground = await qemuGround()
    id = await ground.make('listed')
    list = join(ground.folderOf(id), 'snapshots.json')
    for (const name of ['one', 'two']) await snapshots().take(id, request(name), op())
  })
  afterEach(() => ground.leave())

  it.each([
    ['gone', null],
    ['empty', ''],
    ['cut', '{"version": 1, "snap'],
  ])('that is %s is made again from the tags in the disks, and takes the next', async (_how, text) => {
    const before = (await snapshots().tree(id, op())).snapshots.map((one) => one.id).sort()
    await rm(list)
    if (text !== null) await writeFile(list, text)
    await ground.crash()
    const after = await snapshots().tree(id, op())
    expect(after.snapshots.map((one) => one.id).sort()).toEqual(before)
    await snapshots().restore(id, before[0] ?? '', op())
    await snapshots().take(id, request('three'), op())
    // The copy that undoes the restore is one of them.
    expect((await snapshots().tree(id, op())).snapshots).toHaveLength(4)
    if (text === null) return
    const aside = (await readdir(ground.folderOf(id))).find((name) => name.startsWith('snapshots.json.damaged-'))
    expect(await readFile(join(ground.folderOf(id), aside ?? ''), 'utf8')).toBe(text)
  })
})
