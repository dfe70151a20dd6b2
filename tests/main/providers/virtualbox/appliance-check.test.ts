import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../../../../app/domain/errors.ts'
import { checkAppliance } from '../../../../main/providers/virtualbox/appliance-check.ts'
import { qcow2Header, vmdkSparse, vmdkText } from '../../../support/images.ts'
import { ovfText } from '../../../support/ovf.ts'

let root: string
let folder: string
let secret: string
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'berth-appliance-')))
  folder = join(root, 'downloads')
  secret = join(root, 'secret.vmdk')
  await mkdir(folder)
  await writeFile(secret, vmdkSparse('', 2048))
})
afterEach(() => rm(root, { recursive: true }))

const whole = (): Buffer => vmdkSparse(vmdkText(['RW 2048 SPARSE "disk.vmdk"']), 2048)
const hostile = (): string => vmdkText([`RW 128 FLAT "${secret}" 0`])
const put = (name: string, content: string | Buffer): Promise<void> => writeFile(join(folder, name), content)
/** The key of what is said of a file; null when nothing speaks against it. */
const verdict = (name: string): Promise<string | null> =>
  checkAppliance(join(folder, name)).then(
    () => null,
    (error: unknown) => errorOf(error).message.key,
  )
async function ovf(href: string, more = ''): Promise<string | null> {
  await put('m.ovf', ovfText(href, more))
  return verdict('m.ovf')
}
async function ova(members: readonly string[], ...options: readonly string[]): Promise<string | null> {
  execFileSync('tar', ['--format=ustar', ...options, '-cPf', join(folder, 'm.ova'), '-C', folder, ...members])
  return verdict('m.ova')
}

describe('an OVF in a folder', () => {
  it('is taken when its disks stand alone, in a folder below and compressed too', async () => {
    await put('disk.vmdk', whole())
    expect(await ovf('disk.vmdk')).toBeNull()
    await mkdir(join(folder, 'disks'))
    await put('disks/disk.vmdk', whole())
    expect(await ovf('./disks/disk.vmdk')).toBeNull()
    await put('disk.vmdk.gz', gzipSync(whole()))
    expect(await ovf('disk.vmdk.gz', ' ovf:compression="gzip"')).toBeNull()
    // VBoxManage says which file it misses.
    expect(await ovf('missing.vmdk')).toBeNull()
  })

  it('is refused when a disk beside it names a file elsewhere, compressed too', async () => {
    await put('disk.vmdk', hostile())
    expect(await ovf('disk.vmdk')).toBe('image.error.notAlone')
    await put('disk.qcow2', qcow2Header({ backing: '/etc/passwd', backingFormat: 'raw' }))
    expect(await ovf('disk.qcow2')).toBe('image.error.notAlone')
    await put('disk.vmdk.gz', gzipSync(hostile()))
    expect(await ovf('disk.vmdk.gz', ' ovf:compression="gzip"')).toBe('image.error.notAlone')
  })

  it('is refused when a name or a link leads out of its folder', async () => {
    for (const href of [
      '../secret.vmdk',
      secret,
      'a/../../secret.vmdk',
      '&#46;./secret.vmdk',
      '..\\secret.vmdk',
      'C:\\x',
      'file:///etc/passwd',
    ]) {
      expect(await ovf(href), href).toBe('image.error.outside')
    }
    await symlink('../secret.vmdk', join(folder, 'link.vmdk'))
    expect(await ovf('link.vmdk')).toBe('image.error.outside')
    await symlink('../not-yet.vmdk', join(folder, 'later.vmdk'))
    expect(await ovf('later.vmdk')).toBe('image.error.link')
  })

  it('is refused when any of several attributes could be the name', async () => {
    await put('disk.vmdk', whole())
    expect(await ovf('disk.vmdk', ' href="../secret.vmdk"')).toBe('image.error.outside')
  })

  it('is refused with an encrypted disk, and with a compressed one that is not said to be', async () => {
    await put('disk.qcow2', qcow2Header({ cryptMethod: 2 }))
    expect(await ovf('disk.qcow2')).toBe('image.error.encrypted')
    await put('disk.vmdk', gzipSync(whole()))
    expect(await ovf('disk.vmdk')).toBe('image.error.packed')
    await put('disk.vmdk', gzipSync(gzipSync(whole())))
    expect(await ovf('disk.vmdk', ' ovf:compression="gzip"')).toBe('image.error.packed')
  })

  it('is refused when what it names cannot be read', async () => {
    await put('m.ovf', ovfText('disk.vmdk').slice(0, 300))
    expect(await verdict('m.ovf')).toBe('virtualbox.error.notOva')
    await put('m.ovf', `<!DOCTYPE x [<!ENTITY up "..">]>${ovfText('&up;/secret.vmdk').replace(/^<\?xml[^>]*>/, '')}`)
    expect(await verdict('m.ovf')).toBe('virtualbox.error.notOva')
  })

  it('is refused when a compressed disk’s header cannot be unpacked', async () => {
    await put('disk.vmdk.gz', gzipSync(hostile()).subarray(0, 40))
    expect(await ovf('disk.vmdk.gz', ' ovf:compression="gzip"')).toBe('image.error.damaged')
  })
})

describe('an OVA', () => {
  beforeEach(() => put('m.ovf', ovfText('disk.vmdk')))

  it('is taken when its disks stand alone, in every kind of tar archive', async () => {
    await put('disk.vmdk', whole())
    expect(await ova(['m.ovf', 'disk.vmdk'])).toBeNull()
    const long = `${'long '.repeat(30)}disk.vmdk`
    await put(long, whole())
    await put('m.ovf', ovfText(long))
    for (const format of ['gnu', 'pax']) expect(await ova(['m.ovf', long], `--format=${format}`)).toBeNull()
  })

  it('is refused when a disk in it names any other file, under a long name and in a second description too', async () => {
    await put('disk.vmdk', hostile())
    expect(await ova(['m.ovf', 'disk.vmdk'])).toBe('image.error.notAlone')
    const long = `${'long '.repeat(30)}disk.vmdk`
    await put(long, hostile())
    await put('other.ovf', ovfText(long))
    await put('disk.vmdk', whole())
    for (const format of ['gnu', 'pax']) {
      expect(await ova(['m.ovf', 'disk.vmdk', 'other.ovf', long], `--format=${format}`)).toBe('image.error.notAlone')
    }
  })

  it('is refused when a member is a link or has a name that leads out of the archive', async () => {
    await put('disk.vmdk', whole())
    await symlink('../secret.vmdk', join(folder, 'link'))
    expect(await ova(['m.ovf', 'link'])).toBe('image.error.link')
    expect(await ova(['m.ovf', 'disk.vmdk', '../secret.vmdk'])).toBe('image.error.outside')
    expect(await ova(['m.ovf', 'disk.vmdk', secret])).toBe('image.error.outside')
    await put('m.ovf', ovfText('../secret.vmdk'))
    expect(await ova(['m.ovf', 'disk.vmdk'])).toBe('image.error.outside')
  })

  it('is refused when it is no archive, is cut short or has no description', async () => {
    await put('disk.vmdk', whole())
    expect(await ova(['disk.vmdk'])).toBe('virtualbox.error.notOva')
    await put('m.ova', 'no archive')
    expect(await verdict('m.ova')).toBe('virtualbox.error.notOva')
    expect(await ova(['m.ovf', 'disk.vmdk'])).toBeNull()
    execFileSync('truncate', ['-s', '20K', join(folder, 'm.ova')])
    expect(await verdict('m.ova')).toBe('virtualbox.error.notOva')
  })
})
