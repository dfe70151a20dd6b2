import { link, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../../../app/domain/errors.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { askedFile } from '../../../main/images/agreed.ts'
import type { MachineFiles, Provider } from '../../../main/providers/provider.ts'
import { createFileGuard } from '../../../main/services/file-guard.ts'
import { createFilesInUse } from '../../../main/services/files-in-use.ts'
import { qcow2Header } from '../../support/images.ts'
import { silent } from './small-provider.ts'

let folder: string
let asked: number
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-uses-')))
  asked = 0
})
afterEach(() => rm(folder, { recursive: true }))

const machine = (name: string, rest: Partial<MachineFiles> = {}): MachineFiles => ({
  machineId: `other:${name}`,
  name,
  isInTrash: false,
  folder: null,
  files: [],
  isComplete: true,
  ...rest,
})
const disk = (path: string, access: 'write' | 'read' = 'write', format: 'raw' | 'qcow2' = 'raw') =>
  ({ path, access, format }) as const
function guardOf(list: () => Promise<readonly MachineFiles[]> | readonly MachineFiles[]) {
  const provider = {
    id: 'other',
    label: 'Other',
    async usedFiles() {
      asked += 1
      return list()
    },
  } as unknown as Provider
  const files = createFilesInUse([provider], silent)
  return { files, guard: createFileGuard(files, () => null) }
}
const spec = (path: string, rest: Partial<Extract<VmSpec['disk'], { from: 'image' }>> = {}) =>
  ({ kind: 'vm', disk: { from: 'image', path, format: 'raw', use: 'in-place', ...rest } }) as unknown as VmSpec
async function put(name: string, content: string | Buffer = 'x'): Promise<string> {
  const path = join(folder, name)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, content)
  return path
}
const errorFrom = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => errorOf(error),
  )

describe('a file taken for one that a machine misses', () => {
  it('is refused when another machine uses it, but not for the machine’s own uses', async () => {
    const path = await put('disk.img')
    const { guard } = guardOf(() => [machine('web', { files: [disk(path)] })])
    expect((await errorFrom(guard.checkLocated('other:db', 'disk', path)))?.message.key).toBe('files.inUse')
    expect(await guard.checkLocated('other:web', 'disk', path)).toEqual([])
  })

  it('is a disc that others may read, but that none writes to', async () => {
    const path = await put('disc.iso')
    const read = guardOf(() => [machine('web', { files: [disk(path, 'read')] })])
    expect(await read.guard.checkLocated('other:db', 'disc', path)).toEqual([])
    const written = guardOf(() => [machine('web', { files: [disk(path)] })])
    expect((await errorFrom(written.guard.checkLocated('other:db', 'disc', path)))?.message.key).toBe('files.inUse')
  })

  it('names who could not be asked', async () => {
    const path = await put('disk.img')
    const { guard } = guardOf(() => [machine('web', { isComplete: false })])
    expect(await guard.checkLocated('other:db', 'disk', path)).toEqual(['web (Other)'])
  })
})

describe('who uses a file', () => {
  it('finds another machine’s disk under a hard link and a symbolic link, and names machine and provider', async () => {
    const path = await put('disk.img')
    await link(path, join(folder, 'hard.img'))
    await symlink(path, join(folder, 'soft.img'))
    const { guard } = guardOf(() => [machine('web', { files: [disk(path)] })])
    for (const name of ['disk.img', 'hard.img', 'soft.img']) {
      expect(await errorFrom(guard.checkTaken(spec(join(folder, name))))).toMatchObject({
        code: 'in-use',
        message: { key: 'files.inUse', params: { machine: 'web (Other)' } },
        field: 'disk.path',
      })
    }
    expect(await errorFrom(guard.checkTaken(spec(await put('free.img'))))).toBeNull()
  })

  it('refuses a disk that another machine’s disk stands on, and one that stands on another’s disk', async () => {
    const base = await put('base.qcow2', qcow2Header({}))
    const over = await put('over.qcow2', qcow2Header({ backing: base, backingFormat: 'qcow2' }))
    const onBase = guardOf(() => [machine('a', { files: [disk(over, 'write', 'qcow2')] })])
    expect((await errorFrom(onBase.guard.checkTaken(spec(base, { format: 'qcow2' }))))?.message.key).toBe('files.inUse')
    const onOver = guardOf(() => [machine('a', { files: [disk(base, 'write', 'qcow2')] })])
    expect((await errorFrom(onOver.guard.checkTaken(spec(over, { format: 'qcow2' }))))?.message.key).toBe('files.inUse')
    const beside = await put('beside.qcow2', qcow2Header({ backing: base, backingFormat: 'qcow2' }))
    expect(await errorFrom(onBase.guard.checkTaken(spec(beside, { format: 'qcow2' })))).toBeNull()
  })

  it('says who can’t be asked, and takes the disk once the person agreed to that', async () => {
    const path = await put('disk.img')
    for (const list of [() => Promise.reject(new Error('away')), () => [machine('lost', { isComplete: false })]]) {
      const { guard } = guardOf(list)
      expect((await errorFrom(guard.checkTaken(spec(path))))?.message.key).toBe('files.inUse.unknown')
      expect(await errorFrom(guard.checkTaken(spec(path, { allowedFiles: [await askedFile(path)] })))).toBeNull()
    }
  })

  it('asks again about a file that was replaced or written to since the person agreed', async () => {
    const path = await put('disk.img')
    const { guard } = guardOf(() => [machine('lost', { isComplete: false })])
    const wish = { path, format: 'raw', use: 'in-place' } as const
    const { asks } = await guard.inspectImage(wish)
    const [{ path: asked = '', identity = '' } = {}] = asks
    const agreed = () => errorFrom(guard.checkTaken(spec(path, { allowedFiles: [{ path: asked, identity }] })))
    expect(await agreed()).toBeNull()
    // Of the same size, under the same path.
    await rename(path, `${path}.before`)
    await put('disk.img')
    expect((await agreed())?.message.key).toBe('files.inUse.unknown')
    expect((await guard.inspectImage(wish)).asks).not.toEqual(asks)
    await rename(`${path}.before`, path)
    expect(await agreed()).toBeNull()
    await writeFile(path, 'longer than before', { flag: 'a' })
    expect((await agreed())?.message.key).toBe('files.inUse.unknown')
  })

  it('refuses to move or purge a folder with a disk of another machine, and to purge while one can’t be read', async () => {
    const own = join(folder, 'A')
    const shared = await put('A/data.vdi')
    const list = [
      machine('A', { folder: own, files: [disk(shared)] }),
      machine('A', { folder: own, files: [disk(shared)], isInTrash: true }),
      machine('B', { files: [disk(shared)] }),
    ]
    const { guard } = guardOf(() => list)
    expect(await guard.blockingRemoval('other:A')).toEqual(['B (Other)'])
    expect((await errorFrom(guard.checkPurge('other:A', [])))?.message.key).toBe('remove.blocked')
    expect((await errorFrom(guard.checkWritten('other:A')))?.message.key).toBe('files.inUse.shared')
    const lost = guardOf(() => [...list.slice(0, 2), machine('C', { isComplete: false })])
    expect(await errorFrom(lost.guard.checkRemoval('other:A'))).toBeNull()
    expect((await errorFrom(lost.guard.checkPurge('other:A', [])))?.message.key).toBe('files.inUse.purge')
    expect(await errorFrom(lost.guard.checkPurge('other:A', ['C (Other)']))).toBeNull()
  })

  it('asks a provider again only once something of it changed', async () => {
    const { files } = guardOf(() => [machine('a', { files: [disk(join(folder, 'gone.img'))] })])
    for (let time = 0; time < 5; time += 1) await files.usersOf([join(folder, 'gone.img')], null)
    expect(asked).toBe(1)
    files.changed('other')
    const { uses } = await files.usersOf([join(folder, 'gone.img')], null)
    expect(uses).toHaveLength(1)
    expect(asked).toBe(2)
  })
})
