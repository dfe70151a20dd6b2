import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { type CreateSpec, diskFormats, type VmSpec } from '../../app/domain/spec.ts'
import { formatOf } from '../../main/images/chain.ts'
import type { MachineFiles, Provider } from '../../main/providers/provider.ts'
import { createFileGuard } from '../../main/services/file-guard.ts'
import { createFilesInUse } from '../../main/services/files-in-use.ts'
import { silent } from '../main/services/small-provider.ts'
import { errorFrom, facet, type Ground, make, op } from './ground.ts'

/** Which files a provider's machines use, and what other machines are kept from doing to them. */
export function describeUsedFiles(ground: () => Ground): void {
  const filesOf = async (id: MachineId): Promise<MachineFiles> => {
    const all = (await ground().provider.usedFiles?.(op())) ?? []
    const found = all.filter(({ machineId }) => machineId === id)
    expect(found, id).toHaveLength(1)
    return found[0] as MachineFiles
  }
  const writtenBy = ({ files }: MachineFiles): readonly string[] =>
    files.flatMap(({ path, access }) => (access === 'write' && existsSync(path) ? [path] : []))
  /** Asked anew each time, as after a change. */
  const guardOf = (...others: readonly Provider[]) =>
    createFileGuard(createFilesInUse([ground().provider, ...others], silent), () => null)
  const inPlace = async (path: string): Promise<CreateSpec> => {
    const found = await formatOf(path)
    const format = diskFormats.find((one) => one === found) ?? 'raw'
    const disk: VmSpec['disk'] = { from: 'image', path, format, use: 'in-place' }
    return { ...ground().spec('taker'), kind: 'vm', disk } as CreateSpec
  }
  /** A machine of another program that has a file as a disk. */
  const another = (path: string, access: 'write' | 'read'): Provider => {
    const machine: MachineFiles = {
      machineId: 'other:neighbour',
      name: 'neighbour',
      isInTrash: false,
      folder: null,
      files: [{ path, access, format: 'raw' }],
      isComplete: true,
    }
    return { id: 'other', label: 'Other', usedFiles: async () => [machine] } as unknown as Provider
  }

  describe('files', () => {
    it('names the files of each of two machines, and no disk for both', async () => {
      const [a, b] = [await make(ground(), 'one'), await make(ground(), 'two')]
      const [one, two] = [await filesOf(a), await filesOf(b)]
      for (const files of [one, two]) {
        expect(files).toMatchObject({ isComplete: true, isInTrash: false })
        expect(writtenBy(files).length).toBeGreaterThan(0)
      }
      expect(writtenBy(one).filter((path) => writtenBy(two).includes(path))).toEqual([])
    })

    it('keeps another machine from using a machine’s disk in place, in the list and in the trash', async () => {
      const id = await make(ground(), 'owner')
      const { name, files } = await filesOf(id)
      const taken = {
        code: 'in-use',
        message: { key: 'files.inUse', params: { machine: expect.stringContaining(name) } },
      }
      for (const path of writtenBy(await filesOf(id))) {
        expect(await errorFrom(guardOf().checkTaken(await inPlace(path)))).toMatchObject(taken)
      }
      await guardOf().checkRemoval(id)
      await facet(ground(), 'remove').remove(id, { volumes: [] }, op())
      const removed = await filesOf(id)
      expect(removed).toMatchObject({ name, isInTrash: true, isComplete: true })
      expect(removed.files.length).toBeGreaterThan(0)
      for (const path of writtenBy(removed)) {
        expect(await errorFrom(guardOf().checkTaken(await inPlace(path)))).toMatchObject(taken)
      }
      const [item] = (await facet(ground(), 'trash').list(op())).filter(({ machineId }) => machineId === id)
      await guardOf().checkPurge(id, [])
      await facet(ground(), 'trash').purge(item?.id ?? '', op())
      expect((await ground().provider.usedFiles?.(op()))?.filter(({ machineId }) => machineId === id)).toEqual([])
      expect([...files, ...removed.files].filter(({ path }) => existsSync(path))).toEqual([])
    })

    it('is kept from moving, purging, changing and starting a disk that another provider’s machine has', async () => {
      const id = await make(ground(), 'shared')
      const [disk = ''] = writtenBy(await filesOf(id))
      const neighbour = { code: 'in-use', message: { params: { machine: 'neighbour (Other)' } } }
      const reader = another(disk, 'read')
      expect(await guardOf(reader).blockingRemoval(id)).toEqual(['neighbour (Other)'])
      expect(await errorFrom(guardOf(reader).checkStart(id))).toMatchObject(neighbour)
      expect(await errorFrom(guardOf(another(disk, 'write')).checkWritten(id))).toMatchObject(neighbour)
      await guardOf(another(`${disk}.other`, 'write')).checkStart(id)
      await facet(ground(), 'remove').remove(id, { volumes: [] }, op())
      const [moved = ''] = writtenBy(await filesOf(id))
      expect(await errorFrom(guardOf(another(moved, 'read')).checkPurge(id, []))).toMatchObject({ code: 'in-use' })
    })
  })
}
