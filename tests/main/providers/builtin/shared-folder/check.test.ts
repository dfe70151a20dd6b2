import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkSharedFolder, isSharedFolderThere } from '../../../../../main/providers/builtin/shared-folder-check.ts'

let ground = ''
let data = ''
beforeEach(async () => {
  ground = await mkdtemp(join(tmpdir(), 'berth-share-check-'))
  data = join(ground, 'home/data')
  for (const folder of ['home/data/machines', 'home/data-other', 'home/documents']) {
    await mkdir(join(ground, folder), { recursive: true })
  }
})
afterEach(() => rm(ground, { recursive: true, force: true }))

const check = (path: string, readOnly = false): Promise<string> =>
  checkSharedFolder({ path, readOnly }, data).then(
    () => 'fine',
    (error: { readonly message: string; readonly error?: { readonly message: { readonly key: string } } }) =>
      JSON.stringify(error.error?.message ?? error),
  )

describe('a folder that is to be shared', () => {
  it('has to be there and be a folder', async () => {
    await writeFile(join(ground, 'file'), '')
    expect(await check(join(ground, 'home/documents'))).toBe('fine')
    for (const path of [join(ground, 'gone'), join(ground, 'file'), 'home/documents', '']) {
      expect(await check(path)).toContain('builtin.error.sharedFolder')
    }
    expect(await isSharedFolderThere({ path: join(ground, 'home'), readOnly: true })).toBe(true)
    expect(await isSharedFolderThere({ path: join(ground, 'file'), readOnly: true })).toBe(false)
  })

  it('is not Berth’s own, by whatever way it is named, and is only read where that is in it', async () => {
    await symlink(data, join(ground, 'link'))
    for (const path of [data, join(data, 'machines'), join(ground, 'link'), join(ground, 'home/documents/../data')]) {
      expect(await check(path, true), path).toContain('builtin.error.sharedOwn')
    }
    expect(await check(join(ground, 'home'))).toContain('builtin.error.sharedAround')
    expect(await check(join(ground, 'home'), true)).toBe('fine')
    expect(await check(join(ground, 'home/data-other'))).toBe('fine')
  })
})
