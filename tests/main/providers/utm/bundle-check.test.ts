import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'plist'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../../../../app/domain/errors.ts'
import { checkBundle } from '../../../../main/providers/utm/bundle-check.ts'
import { qcow2Header, vmdkText } from '../../../support/images.ts'
import { writeBundle } from './bundles.ts'

let folder: string
let secret: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-bundle-')))
  secret = join(folder, 'secret.qcow2')
  await writeFile(secret, qcow2Header({}))
})
afterEach(() => rm(folder, { recursive: true }))

const verdict = (path: string): Promise<string | null> =>
  checkBundle(path).then(
    () => null,
    (error: unknown) => errorOf(error).message.key,
  )
async function bundle(content: string | Buffer, image = 'disk.qcow2'): Promise<string | null> {
  const path = await writeBundle(folder, { image })
  await writeFile(join(path, 'Data/disk.qcow2'), content)
  return verdict(path)
}

describe('a UTM bundle from elsewhere', () => {
  it('is taken when its disks stand alone or on disks in the bundle', async () => {
    expect(await bundle(qcow2Header({}))).toBeNull()
    await writeFile(join(folder, 'web.utm/Data/base.qcow2'), qcow2Header({}))
    expect(await bundle(qcow2Header({ backing: 'base.qcow2', backingFormat: 'qcow2' }))).toBeNull()
    expect(await bundle(qcow2Header({}), 'not-there.qcow2')).toBeNull()
  })

  it('is refused when a disk names a file elsewhere, something that is no file, or cannot be read', async () => {
    expect(await bundle(qcow2Header({ backing: '/etc/passwd', backingFormat: 'raw' }))).toBe('image.error.notAlone')
    expect(await bundle(qcow2Header({ backing: '../../secret.qcow2', backingFormat: 'qcow2' }))).toBe(
      'image.error.notAlone',
    )
    expect(await bundle(qcow2Header({ dataFile: secret }))).toBe('image.error.notAlone')
    expect(await bundle(vmdkText([`RW 128 FLAT "${secret}" 0`]))).toBe('image.error.notAlone')
    expect(await bundle(qcow2Header({ backing: 'nbd://10.0.0.1/x' }))).toBe('image.error.protocol')
    expect(await bundle(qcow2Header({ cryptMethod: 2 }))).toBe('image.error.encrypted')
    expect(await bundle(gzipSync(qcow2Header({})))).toBe('image.error.packed')
  })

  it('is refused when the name of a disk, or a link, leads out of the bundle', async () => {
    expect(await bundle(qcow2Header({}), '../../secret.qcow2')).toBe('image.error.outside')
    expect(await bundle(qcow2Header({}), secret)).toBe('image.error.outside')
    await symlink(secret, join(folder, 'web.utm/Data/link.qcow2'))
    expect(await bundle(qcow2Header({}), 'link.qcow2')).toBe('image.error.outside')
  })

  it('is looked at in the notation of before UTM 4, where a compressed initial RAM disk is none to refuse', async () => {
    const path = join(folder, 'old.utm')
    await mkdir(join(path, 'Images'), { recursive: true })
    const drives = [
      { ImagePath: 'data.qcow2', ImageType: 'disk' },
      { ImagePath: 'initrd.gz', ImageType: 'initrd' },
    ]
    await writeFile(join(path, 'config.plist'), build({ ConfigurationVersion: 2, Drives: drives }))
    await writeFile(join(path, 'Images/initrd.gz'), gzipSync('files'))
    await writeFile(join(path, 'Images/data.qcow2'), qcow2Header({}))
    expect(await verdict(path)).toBeNull()
    await writeFile(join(path, 'Images/data.qcow2'), qcow2Header({ backing: secret, backingFormat: 'qcow2' }))
    expect(await verdict(path)).toBe('image.error.notAlone')
  })
})
