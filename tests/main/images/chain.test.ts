import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../../../app/domain/errors.ts'
import { type ImageChain, readChain } from '../../../main/images/chain.ts'
import { checkDisc, checkImage, checkOwnImage } from '../../../main/images/check.ts'
import { qcow2Header, vmdkSparse, vmdkText } from '../../support/images.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-images-')))
  await mkdir(join(folder, 'elsewhere'))
  await writeFile(join(folder, 'elsewhere', 'secret'), 'a secret')
})
afterEach(() => rm(folder, { recursive: true }))

const secret = (): string => join(folder, 'elsewhere', 'secret')
async function put(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const named = ({ named: found }: ImageChain) => found.map(({ path, role, place }) => ({ path, role, place }))
const disk = (): Buffer => Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa]), Buffer.alloc(65_536)])

describe('what a disk image names', () => {
  it('finds the backing file of a qcow2, absolute or relative, and its data file', async () => {
    for (const backing of [secret(), 'elsewhere/secret', './elsewhere/../elsewhere/secret', `file:${secret()}`]) {
      const path = await put('a.qcow2', qcow2Header({ backing, backingFormat: 'raw' }))
      expect(named(await readChain(path, null))).toEqual([{ path: secret(), role: 'backing', place: 'file' }])
    }
    const path = await put('b.qcow2', qcow2Header({ dataFile: secret() }))
    expect(named(await readChain(path, null))).toEqual([{ path: secret(), role: 'extent', place: 'file' }])
  })

  it('follows a chain to its last image', async () => {
    await put('base.qcow2', qcow2Header({ backing: secret(), backingFormat: 'raw' }))
    const path = await put('top.qcow2', qcow2Header({ backing: 'base.qcow2', backingFormat: 'qcow2' }))
    const chain = await readChain(path, null)
    expect(chain.layers.map(({ format }) => format)).toEqual(['qcow2', 'qcow2', 'raw'])
    expect(named(chain)).toEqual([
      { path: join(folder, 'base.qcow2'), role: 'backing', place: 'disk' },
      { path: secret(), role: 'backing', place: 'file' },
    ])
  })

  it.for([
    'json:{"driver":"file","filename":"/etc/passwd"}',
    'fat:/etc',
    'nbd://127.0.0.1:10809/x',
    'nbd:unix:/tmp/s',
    'http://localhost/a.img',
    'host_device:/dev/sda',
    'blkdebug::x',
    'file://server/share',
  ])('takes %s for a protocol, which no yes allows', async (backing) => {
    const path = await put('a.qcow2', qcow2Header({ backing, backingFormat: 'raw' }))
    expect(named(await readChain(path, null))).toEqual([{ path: backing, role: 'backing', place: 'protocol' }])
    const wish = { path, format: 'qcow2', use: 'copy', allowed: [backing] } as const
    expect(await errorFrom(checkImage(wish, 'disk.path'))).toMatchObject({ message: { key: 'image.error.protocol' } })
  })

  it('takes a backing format that is no format of a file for a protocol', async () => {
    const path = await put('a.qcow2', qcow2Header({ backing: secret(), backingFormat: 'nbd' }))
    expect(named(await readChain(path, null))).toMatchObject([{ place: 'protocol' }])
  })

  it('tells devices, folders and missing files', async () => {
    for (const [backing, place] of [
      ['/dev/null', 'device'],
      [folder, 'folder'],
      [join(folder, 'gone'), 'missing'],
    ] as const) {
      const path = await put('a.qcow2', qcow2Header({ backing, backingFormat: 'raw' }))
      expect(named(await readChain(path, null))).toEqual([{ path: backing, role: 'backing', place }])
    }
  })

  it('resolves links before it says where a file is', async () => {
    await symlink(secret(), join(folder, 'innocent.img'))
    const path = await put('a.qcow2', qcow2Header({ backing: 'innocent.img', backingFormat: 'raw' }))
    expect(named(await readChain(path, null))).toEqual([{ path: secret(), role: 'backing', place: 'file' }])
  })

  it('takes only what begins like a disk for a disk beside the image', async () => {
    await put('notes.txt', 'passwords')
    await put('.hidden', disk())
    await put('base.img', disk())
    await put('empty.img', Buffer.alloc(65_536))
    for (const [backing, place] of [
      ['notes.txt', 'file'],
      ['.hidden', 'file'],
      ['base.img', 'disk'],
      ['empty.img', 'disk'],
    ] as const) {
      const path = await put('a.qcow2', qcow2Header({ backing, backingFormat: 'raw' }))
      expect(named(await readChain(path, null))).toMatchObject([{ place }])
    }
  })

  it('reads the extents and the parent of a VMDK wherever its description is', async () => {
    const extent = `RW 128 FLAT "${secret()}" 0`
    const wanted = [{ path: secret(), role: 'extent', place: 'file' }]
    const text = await put('a.vmdk', vmdkText([extent]))
    expect(named(await readChain(text, null))).toEqual(wanted)
    const odd = await put('odd.vmdk', `# \nversion=1\r\nrw 1 Flat "${secret()}" 0`)
    expect(named(await readChain(odd, null))).toEqual(wanted)
    const inside = await put('b.vmdk', vmdkSparse(vmdkText([extent]), 0, 7))
    expect(named(await readChain(inside, null))).toEqual(wanted)
    const parent = vmdkText([], [`parentFileNameHint="${secret()}"`])
    const usual = await put('c.vmdk', vmdkSparse(parent, 2048))
    expect(named(await readChain(usual, null))).toMatchObject([{ path: secret(), role: 'backing' }])
    const second = await put('d.vmdk', vmdkSparse(parent, 2048, 50))
    expect(named(await readChain(second, null))).toMatchObject([{ path: secret(), role: 'backing' }])
  })

  it('takes a sparse extent that is itself a description for damage', async () => {
    await put('part.vmdk', vmdkSparse(vmdkText([`RW 1 FLAT "${secret()}" 0`]), 0))
    const path = await put('a.vmdk', vmdkText(['RW 128 SPARSE "part.vmdk"']))
    expect((await readChain(path, null)).damage).not.toBeNull()
  })

  it('follows nothing that a guest wrote into a raw disk', async () => {
    const path = await put('guest.img', qcow2Header({ backing: secret(), backingFormat: 'raw' }))
    expect((await readChain(path, 'raw')).named).toEqual([])
    expect((await checkOwnImage(path, 'raw', [])).layers).toMatchObject([{ format: 'raw' }])
  })

  it('ends where a chain leads back to itself', async () => {
    await put('a.qcow2', qcow2Header({ backing: 'b.qcow2', backingFormat: 'qcow2' }))
    await put('b.qcow2', qcow2Header({ backing: 'a.qcow2', backingFormat: 'qcow2' }))
    expect((await readChain(join(folder, 'a.qcow2'), null)).damage).not.toBeNull()
  })

  it('reads whatever bytes there are to an end', async () => {
    const path = join(folder, 'fuzz')
    const starts = [
      Buffer.alloc(0),
      qcow2Header({ backing: 'x', dataFile: 'y', backingFormat: 'raw' }).subarray(0, 400),
      qcow2Header({ version: 2, backing: 'x' }).subarray(0, 400),
      vmdkSparse(vmdkText(['RW 1 FLAT "x" 0']), 0).subarray(0, 2000),
      Buffer.from(vmdkText(['RW 1 FLAT "x" 0'], ['parentFileNameHint="y"'])),
      Buffer.concat([Buffer.from('QED\0'), Buffer.alloc(100, 7)]),
      Buffer.from('vhdxfile'),
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 12 }),
        fc.nat(2000),
        async (start, changes, length) => {
          const bytes = Buffer.from(start)
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          await writeFile(path, bytes.subarray(0, length))
          const chain = await readChain(path, null)
          expect(chain.layers.length).toBeGreaterThan(0)
          // Nothing is followed that was not named.
          expect(chain.layers.length).toBeLessThanOrEqual(1 + chain.named.length)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a disk image that a person chose', () => {
  const copy = (path: string, change = {}) => ({ path, format: 'qcow2', use: 'copy', allowed: [], ...change }) as const

  it('is refused while a file it names was not agreed to, and taken once it was', async () => {
    const path = await put('a.qcow2', qcow2Header({ backing: secret(), backingFormat: 'raw' }))
    expect(await errorFrom(checkImage(copy(path), 'disk.path'))).toMatchObject({
      code: 'invalid-input',
      message: { key: 'image.error.elsewhere', params: { path: secret() } },
      field: 'disk.path',
    })
    await checkImage(copy(path, { allowed: [secret()] }), 'disk.path')
  })

  it('is refused in place where a guest would write to a file elsewhere, whatever was agreed to', async () => {
    const path = await put('a.vmdk', vmdkText([`RW 128 FLAT "${secret()}" 0`]))
    const wish = { ...copy(path), format: 'vmdk', use: 'in-place', allowed: [secret()] } as const
    expect(await errorFrom(checkImage(wish, 'disk.path'))).toMatchObject({
      message: { key: 'image.error.writesElsewhere' },
    })
  })

  it.for([
    ['xz', Buffer.from('\xfd7zXZ\0', 'latin1')],
    ['gzip', Buffer.from('\x1f\x8b\x08\0', 'latin1')],
    ['zip', Buffer.from('PK\x03\x04', 'latin1')],
    ['zstd', Buffer.from('\x28\xb5\x2f\xfd', 'latin1')],
    ['bzip2', Buffer.from('BZh91AY&SY', 'latin1')],
    ['7z', Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1')],
    ['tar', Buffer.concat([Buffer.alloc(257, 'x'), Buffer.from('ustar\x0000')])],
  ] as const)('is refused when it is compressed with %s, as disk and as disc', async ([packing, start]) => {
    const path = await put('disk.img', Buffer.concat([start, Buffer.alloc(4096)]))
    const wanted = { message: { key: 'image.error.packed', params: { file: 'disk.img', packing } } }
    const wish = { path, format: 'raw', use: 'copy', allowed: [] } as const
    expect(await errorFrom(checkImage(wish, 'disk.path'))).toMatchObject(wanted)
    expect(await errorFrom(checkDisc(path, 'isoPath'))).toMatchObject({ ...wanted, field: 'isoPath' })
  })

  it('is refused when it is encrypted, and when its format is not the one that was given', async () => {
    const encrypted = await put('e.qcow2', qcow2Header({ cryptMethod: 2 }))
    expect(await errorFrom(checkImage(copy(encrypted), 'disk.path'))).toMatchObject({
      message: { key: 'image.error.encrypted' },
    })
    const path = await put('p.qcow2', qcow2Header({}))
    expect(await errorFrom(checkImage({ path, format: 'raw', use: 'copy', allowed: [] }, 'disk.path'))).toMatchObject({
      message: { key: 'image.error.format', params: { given: 'raw', found: 'qcow2' } },
      field: 'disk.format',
    })
  })

  it('is taken when it is raw and begins with a boot sector', async () => {
    const path = await put('boot.img', disk())
    await checkImage({ path, format: 'raw', use: 'copy', allowed: [] }, 'disk.path')
    await checkDisc(path, 'isoPath')
  })
})

async function errorFrom(promise: Promise<unknown>) {
  return promise.then(
    () => {
      throw new Error('succeeded')
    },
    (error: unknown) => errorOf(error),
  )
}
