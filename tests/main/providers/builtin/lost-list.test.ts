import { readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import type { SnapshotOps } from '../../../../main/providers/provider.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let ground: BuiltinGround
let id: MachineId
let list = ''
const files = async (): Promise<readonly string[]> => (await readdir(join(ground.folderOf(id), 'snapshots'))).sort()
const snapshots = (): SnapshotOps => {
  const { snapshots } = ground.provider
  if (snapshots === undefined) throw new Error('no snapshots')
  return snapshots
}
const counter = async (): Promise<number> => Number((await ground.say(id, 'count', /The counter is at (\d+)\./))[1])

/** Two of a machine that is off, two of one that runs. */
beforeEach(async () => {
  ground = await builtinGround()
  id = await ground.make('listed')
  list = join(ground.folderOf(id), 'snapshots.json')
  for (const name of ['one', 'two']) await snapshots().take(id, { name, description: '', memory: false }, op())
  await ground.provider.power.start(id, op())
  for (const name of ['three', 'four']) {
    await counter()
    await snapshots().take(id, { name, description: '', memory: true }, op())
  }
  await ground.provider.power.powerOff(id, op())
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
})

describe('a list of snapshots', () => {
  it('that is gone costs no file and no snapshot: each is found again, and its memory goes on', async () => {
    const before = await files()
    await ground.again(() => rm(list))
    expect(await files()).toEqual(before)
    const tree = await snapshots().tree(id, op())
    expect(tree.notice).toMatchObject({ key: 'kept.notice.listGone', params: { count: 4 } })
    expect(tree.snapshots.map(({ hasMemory }) => hasMemory).sort()).toEqual([false, false, true, true])
    const newest = tree.snapshots
      .filter(({ hasMemory }) => hasMemory)
      .sort((a, b) => String(b.createdAt).localeCompare(String(a.createdAt)))
    await snapshots().restore(id, newest[0]?.id ?? '', op())
    await ground.provider.pause?.resume(id, op())
    expect(await counter()).toBe(3)
  })

  it('that is cut in its last line does not cost the last snapshot', async () => {
    const before = await files()
    const whole = await readFile(list)
    await ground.again(() => truncate(list, whole.length - 20))
    expect(await files()).toEqual(before)
    const tree = await snapshots().tree(id, op())
    expect(tree.snapshots.map(({ name }) => name).sort()).toEqual(['four', 'one', 'three', 'two'])
  })

  it.each(['', '{"version": 1, "snap', '\0\0\0\0'])(
    'that holds %j is set aside, and every snapshot is found again',
    async (text) => {
      const before = await files()
      await ground.again(() => writeFile(list, text))
      const tree = await snapshots().tree(id, op())
      expect(tree.snapshots).toHaveLength(4)
      const aside = (await readdir(ground.folderOf(id))).find((name) => name.startsWith('snapshots.json.damaged-'))
      expect(await readFile(join(ground.folderOf(id), aside ?? ''), 'utf8')).toBe(text)
      expect(await files()).toEqual(before)
      await snapshots().take(id, { name: 'next', description: '', memory: false }, op())
      expect((await snapshots().tree(id, op())).snapshots).toHaveLength(5)
    },
  )

  it('that is a link to nowhere is not taken for empty', async () => {
    const before = await files()
    await ground.again(async () => {
      await rm(list)
      await symlink(join(ground.folderOf(id), 'not mounted'), list)
    })
    expect(await errorFrom(snapshots().tree(id, op()))).toMatchObject({ code: 'output-unreadable' })
    expect(await errorFrom(snapshots().take(id, { name: 'x', description: '', memory: false }, op()))).toMatchObject({
      code: 'output-unreadable',
    })
    expect(await files()).toEqual(before)
  })

  it('that names fewer than there are files says so, and leaves them', async () => {
    const before = await files()
    const text = await readFile(list, 'utf8')
    const { snapshots: named } = await snapshots().tree(id, op())
    const [first] = named
    await ground.again(() =>
      writeFile(list, `${JSON.stringify({ version: 1, currentId: null, snapshots: [], restores: [] })}\n`),
    )
    expect((await snapshots().tree(id, op())).notice).toMatchObject({
      key: 'kept.notice.unlisted',
      params: { count: 4 },
    })
    expect(await files()).toEqual(before)
    await ground.again(() => writeFile(list, text))
    expect((await snapshots().tree(id, op())).snapshots[0]?.id).toBe(first?.id)
  })
})
