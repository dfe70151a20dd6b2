import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { browse, existing } from '../../../main/services/files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-files-'))
  await mkdir(join(folder, 'disks'))
  for (const name of ['debian 13.qcow2', '한글.ISO', 'notes.txt', '.hidden.iso'])
    await writeFile(join(folder, name), 'x')
  await writeFile(join(folder, 'qemu-run'), '#!/bin/sh')
  await chmod(join(folder, 'qemu-run'), 0o755)
  await symlink('/nowhere', join(folder, 'broken.iso'))
})
afterEach(() => rm(folder, { recursive: true }))

const names = async (purpose: 'disk-image' | 'iso' | 'folder' | 'tool'): Promise<readonly string[]> =>
  (await browse(folder, purpose)).entries.map(({ name }) => name)

describe('browsing', () => {
  it('shows folders first, and of the files those that the purpose may need', async () => {
    expect(await names('disk-image')).toEqual(['disks', 'debian 13.qcow2'])
    expect(await names('iso')).toEqual(['disks', '한글.ISO'])
    expect(await names('folder')).toEqual(['disks'])
    expect(await names('tool')).toEqual(['disks', 'qemu-run'])
  })

  it('begins at home, says the way up, and none above the root', async () => {
    expect((await browse(null, 'folder')).path.length).toBeGreaterThan(1)
    expect((await browse(folder, 'folder')).parent).toBe(dirname(folder))
    expect((await browse('/', 'folder')).parent).toBeNull()
  })

  it.each([
    ['relative/path', 'invalid-input'],
    ['/no/such/folder', 'not-found'],
  ])('of %s says what is wrong with it, at the field', async (path, code) => {
    await expect(browse(path, 'iso')).rejects.toMatchObject({ error: { code, field: 'path' } })
  })

  it('of a file says that it is none', async () => {
    await expect(browse(join(folder, 'notes.txt'), 'iso')).rejects.toMatchObject({ error: { code: 'invalid-input' } })
    expect(await existing(join(folder, 'notes.txt'))).toBe(join(folder, 'notes.txt'))
  })
})
