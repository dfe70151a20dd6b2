import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MiB } from '../../../app/domain/units.ts'
import { checkDisc } from '../../../main/images/check.ts'
import { checkFoundDisk, checkFoundSize, type LostDisk } from '../../../main/images/found-disk.ts'
import { errorFrom } from '../../conformance/ground.ts'
import { qcow2Header, vmdkText } from '../../support/images.ts'

const hasQemuImg = spawnSync('qemu-img', ['--version']).status === 0
let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-found-')))
  await mkdir(join(folder, 'elsewhere'))
})
afterEach(() => rm(folder, { recursive: true }))

const vmdk: LostDisk = { formats: ['vmdk'], sizes: [], allowed: [] }
const raw: LostDisk = { formats: ['raw'], sizes: [4 * MiB], allowed: [] }
const problemOf = (name: string, lost: LostDisk) => errorFrom(checkFoundDisk(join(folder, name), lost, 'path'))
const put = (name: string, content: string | Buffer) => writeFile(join(folder, name), content)
const raised = (start: string | Buffer, length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  Buffer.from(start as string, 'latin1').copy(bytes)
  return bytes
}

describe.skipIf(!hasQemuImg)('a VMDK that is found for a missing disk', () => {
  const make = async (subformat: string, ...more: readonly string[]): Promise<void> => {
    const args = ['create', '-q', '-f', 'vmdk', '-o', `subformat=${subformat}`, ...more, 'disk.vmdk', '4M']
    execFileSync('qemu-img', args, { cwd: folder })
  }
  const edit = async (from: string, to: string): Promise<void> => {
    const text = await readFile(join(folder, 'disk.vmdk'), 'latin1')
    expect(text).toContain(from)
    await writeFile(join(folder, 'disk.vmdk'), text.replace(from, to), 'latin1')
  }

  it.for(['monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'])(
    'is taken with its extents beside it: %s',
    async (subformat) => {
      await make(subformat)
      const chain = await checkFoundDisk(join(folder, 'disk.vmdk'), vmdk, 'path')
      expect(chain.virtualBytes).toBe(4 * MiB)
    },
  )

  it('is refused when an extent is gone', async () => {
    await make('monolithicFlat')
    await rm(join(folder, 'disk-flat.vmdk'))
    expect(await problemOf('disk.vmdk', vmdk)).toMatchObject({
      code: 'not-found',
      message: { key: 'image.error.missing', params: { path: join(folder, 'disk-flat.vmdk') } },
      field: 'path',
    })
  })

  it.for(['absolute', 'relative'])('is refused when an extent is in another folder, by its %s path', async (kind) => {
    await make('monolithicFlat')
    const path = join(folder, 'elsewhere', 'disk-flat.vmdk')
    await rename(join(folder, 'disk-flat.vmdk'), path)
    await edit('"disk-flat.vmdk"', kind === 'absolute' ? `"${path}"` : '"elsewhere/disk-flat.vmdk"')
    expect(await problemOf('disk.vmdk', vmdk)).toMatchObject({
      message: { key: 'image.error.notAlone', params: { file: 'disk.vmdk', name: path } },
    })
  })

  it('is refused when an extent is a device or a file that is no disk', async () => {
    await make('monolithicFlat')
    await edit('"disk-flat.vmdk"', '"/dev/null"')
    expect((await problemOf('disk.vmdk', vmdk)).message.key).toBe('image.error.device')
    await edit('"/dev/null"', '"/etc/passwd"')
    expect((await problemOf('disk.vmdk', vmdk)).message.key).toBe('image.error.notAlone')
  })

  it('is refused when it stands on a disk elsewhere, and taken when the missing disk was allowed to', async () => {
    const base = join(folder, 'elsewhere', 'base.vmdk')
    execFileSync('qemu-img', ['create', '-q', '-f', 'vmdk', base, '4M'])
    await make('monolithicSparse', '-b', base, '-F', 'vmdk')
    expect((await problemOf('disk.vmdk', vmdk)).message.key).toBe('image.error.notAlone')
    await checkFoundDisk(join(folder, 'disk.vmdk'), { ...vmdk, allowed: [base] }, 'path')
  })
})

describe('a file that is found for a missing disk', () => {
  it('is refused by its format, and when it is encrypted, compressed or damaged', async () => {
    const qcow2: LostDisk = { ...vmdk, formats: ['qcow2'] }
    await put('a.vmdk', vmdkText(['RW 128 FLAT "a-flat.vmdk" 0']))
    expect((await problemOf('a.vmdk', qcow2)).message).toMatchObject({ key: 'locate.error.format' })
    await put('encrypted', qcow2Header({ cryptMethod: 2 }))
    expect((await problemOf('encrypted', qcow2)).message.key).toBe('image.error.encrypted')
    await put('packed', Buffer.from('\xfd7zXZ\0', 'latin1'))
    expect((await problemOf('packed', qcow2)).message.key).toBe('image.error.packed')
    await put('cut', qcow2Header({}).subarray(0, 60))
    expect(await problemOf('cut', qcow2)).toMatchObject({
      message: { key: 'image.error.damaged' },
      hint: { key: 'image.error.damagedOwn.hint' },
    })
  })

  it.for([
    ['compressed', Buffer.from('\x1f\x8b\x08', 'latin1'), 'image.error.packed'],
    ['encrypted', Buffer.from('LUKS\xba\xbe', 'latin1'), 'image.error.encrypted'],
    ['a qcow2', qcow2Header({}), 'locate.error.format'],
    ['larger', Buffer.alloc(0), 'locate.error.size'],
  ] as const)('of raw format is refused when it is %s and has another size', async ([, start, key]) => {
    await put('disk.img', raised(start, 5 * MiB))
    expect((await problemOf('disk.img', raw)).message.key).toBe(key)
  })

  it('of raw format and the right size is taken, whatever its guest wrote into it', async () => {
    for (const start of [Buffer.from('\x1f\x8b\x08', 'latin1'), Buffer.from('LUKS\xba\xbe', 'latin1')]) {
      await put('disk.img', raised(start, 4 * MiB))
      await checkFoundDisk(join(folder, 'disk.img'), raw, 'path')
    }
  })

  it('has one of the sizes that the missing disk may have had', async () => {
    await put('disk.img', Buffer.alloc(4 * MiB))
    const chain = await checkFoundDisk(join(folder, 'disk.img'), { ...raw, sizes: [8 * MiB, 4 * MiB] }, 'path')
    checkFoundSize(join(folder, 'disk.img'), chain, [4 * MiB], 'path')
  })
})

describe('a CD/DVD or floppy image', () => {
  it('is refused when it is a disk image with a format of its own, and taken when it says that it is a CD', async () => {
    await put('disk.iso', qcow2Header({}))
    expect(await errorFrom(checkDisc(join(folder, 'disk.iso'), 'isoPath'))).toMatchObject({
      message: { key: 'image.error.notDisc', params: { file: 'disk.iso', found: 'qcow2' } },
      field: 'isoPath',
    })
    const iso = raised(qcow2Header({}), MiB)
    iso.write('CD001', 0x8001, 'latin1')
    await put('disk.iso', iso)
    await checkDisc(join(folder, 'disk.iso'), 'isoPath')
    await put('floppy.img', Buffer.alloc(1_474_560))
    await checkDisc(join(folder, 'floppy.img'), 'isoPath')
  })
})
