import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDescriptorTree } from '../../../../../main/providers/builtin/shared-folder/descriptor-tree.ts'
import { keepSession, resumeSession } from '../../../../../main/providers/builtin/shared-folder/kept-session.ts'
import { createSession, type Session } from '../../../../../main/providers/builtin/shared-folder/session.ts'
import { Guest } from '../../../../support/nine-p.ts'
import { sharedTrees } from '../../../../support/shared-trees.ts'

describe.each(sharedTrees)('a shared folder by %o', (open) => {
  let root = ''
  let session: Session
  let guest: Guest
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'berth-shared-'))
    session = createSession({ path: root, isWritable: true }, open)
    guest = new Guest(session)
  })
  afterEach(() => {
    session.fids.clear()
    rmSync(root, { recursive: true, force: true })
  })

  it('keeps what the guest writes byte for byte', () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff))
    guest.write('', 'a file', bytes)
    // Not `toEqual`, which compares each byte by itself and takes seconds.
    expect(readFileSync(join(root, 'a file')).equals(bytes)).toBe(true)
    expect(guest.read('a file').equals(bytes)).toBe(true)
    const fid = guest.open('a file', 0o2)
    expect(guest.writeAt(fid, 299_999n, Buffer.from('end'))).toBe(3)
    expect(guest.readAt(fid, 299_998n, 100)).toEqual(
      Buffer.concat([bytes.subarray(299_998, 299_999), Buffer.from('end')]),
    )
    guest.send('fsync', [fid, 0])
    guest.send('fsync', [fid, 1])
    guest.send('clunk', [fid])
    expect(statSync(join(root, 'a file')).size).toBe(300_002)
  })

  it('leaves names as they are, decomposed Hangul and what is no text among them', () => {
    const names = ['한글'.normalize('NFC'), '한글'.normalize('NFD'), ' a\tb\n', '-rf', '$(x)'].map((name) =>
      Buffer.from(name),
    )
    if (process.platform === 'linux' && open === createDescriptorTree) names.push(Buffer.from([0xff, 0xfe, 0x41]))
    for (const name of names) guest.write('', name, name)
    const outside = readdirSync(root, { encoding: 'buffer' }) as Buffer[]
    const sorted = (list: readonly Buffer[]): readonly Buffer[] => [...list].sort(Buffer.compare)
    expect(sorted(outside)).toEqual(sorted(names))
    expect(sorted(guest.list(''))).toEqual(sorted([...names, Buffer.from('.'), Buffer.from('..')]))
    for (const name of names) expect(guest.read([name])).toEqual(name)
  })

  it('lists a folder with more entries than fit an answer, each once', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `entry-${index}`)
    for (const name of names) writeFileSync(join(root, name), '')
    const listed = guest.list('', 700).map(String)
    expect(listed.sort()).toEqual([...names, '.', '..'].sort())
  })

  it('goes on with a list from where the guest remembers, also backwards', () => {
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(root, name), '')
    const fid = guest.open('', 0o200000)
    const part = (offset: bigint, count: number): { names: string[]; next: bigint } => {
      const reply = guest.send('readdir', [fid, offset, count])
      const names: string[] = []
      let next = offset
      for (let at = 4; at < 4 + reply.readUInt32LE(0); ) {
        next = reply.readBigUInt64LE(at + 13)
        const length = reply.readUInt16LE(at + 22)
        names.push(reply.toString('utf8', at + 24, at + 24 + length))
        at += 24 + length
      }
      return { names, next }
    }
    const all = part(0n, 4096)
    expect(all.names).toHaveLength(6)
    const [first] = [part(0n, 60)]
    expect(first?.names).toEqual(all.names.slice(0, 2))
    expect(part(first?.next ?? 0n, 4096).names).toEqual(all.names.slice(2))
    expect(part(4n, 4096).names).toEqual(all.names.slice(4))
    expect(part(1000n, 4096).names).toEqual([])
    guest.send('clunk', [fid])
  })

  it('makes, renames and removes folders and files, and handles below follow', () => {
    guest.mkdir('', 'one')
    guest.mkdir('one', 'two')
    guest.write('one/two', 'file', 'content')
    const fid = guest.open('one/two/file', 0o2)
    const folder = guest.walk('one/two')
    guest.rename('', 'one', '', 'other')
    expect(guest.attributes(folder).mode & 0o170000).toBe(0o040000)
    guest.writeAt(fid, 0n, Buffer.from('CON'))
    expect(readFileSync(join(root, 'other/two/file'), 'utf8')).toBe('CONtent')
    guest.send('clunk', [fid])
    expect(() => guest.unlink('', 'other')).toThrow('EISDIR')
    expect(() => guest.unlink('other', 'two', true)).toThrow('ENOTEMPTY')
    expect(() => guest.unlink('other/two', 'file', true)).toThrow('ENOTDIR')
    guest.unlink('other/two', 'file')
    guest.send('remove', [folder])
    expect(() => guest.attributes(folder)).toThrow('EBADF')
    guest.unlink('', 'other', true)
    expect(readdirSync(root)).toEqual([])
  })

  it('renames a file over another one', () => {
    guest.write('', 'new', 'new')
    guest.write('', 'old', 'old')
    const file = guest.walk('new')
    const target = guest.walk('')
    guest.send('rename', [file, target, 'old'])
    expect(readdirSync(root)).toEqual(['old'])
    expect(readFileSync(join(root, 'old'), 'utf8')).toBe('new')
    expect(guest.attributes(file).size).toBe(3)
  })

  it('goes on with an open file whose name is gone', () => {
    guest.write('', 'file', 'content')
    const fid = guest.open('file', 0o2)
    guest.unlink('', 'file')
    expect(guest.readAt(fid, 0n, 100).toString()).toBe('content')
    expect(guest.attributes(fid)).toMatchObject({ size: 7, links: 0 })
    guest.send('clunk', [fid])
  })

  it('shows everything as root’s and takes permissions, sizes and times', () => {
    guest.write('', 'file', 'content')
    const valid = { mode: 0x1, uid: 0x2, gid: 0x4, size: 0x8, times: 0x10 | 0x20 | 0x80 | 0x100, now: 0x20 }
    guest.setattr('file', valid.mode, { mode: 0o104755 })
    guest.setattr('file', valid.size, { size: 3n })
    guest.setattr('file', valid.times, { atime: 1000n, mtime: 2000n })
    const attributes = guest.stat('file')
    expect(attributes).toMatchObject({ mode: 0o100755, uid: 0, size: 3, modified: 2000 })
    expect(statSync(join(root, 'file')).mode).toBe(0o100755)
    guest.setattr('file', valid.now)
    expect(guest.stat('file').modified).toBeGreaterThan(1_000_000_000)
    expect(statSync(join(root, 'file')).atimeMs).toBe(1_000_000)
    guest.setattr('file', valid.uid | valid.gid, { uid: 0, gid: 0 })
    expect(() => guest.setattr('file', valid.uid, { uid: 1000 })).toThrow('EPERM')
    expect(() => guest.setattr('file', valid.gid, { gid: 1000 })).toThrow('EPERM')
    expect(() => guest.setattr('', valid.size, { size: 3n })).toThrow('EINVAL')
  })

  it('changes the time of a link and not of what it leads to', () => {
    guest.write('', 'file', 'content')
    guest.symlink('', 'link', 'file')
    const before = statSync(join(root, 'file')).mtimeMs
    guest.setattr('link', 0x20 | 0x100, { mtime: 2000n })
    expect(lstatSync(join(root, 'link')).mtimeMs).toBe(2_000_000)
    expect(statSync(join(root, 'file')).mtimeMs).toBe(before)
    expect(() => guest.setattr('link', 0x1, { mode: 0o777 })).toThrow('EOPNOTSUPP')
  })

  it('opens what is there as the guest asks: anew, at its end, or not at all', () => {
    guest.write('', 'file', 'content')
    expect(() => guest.create('', 'file', 0o1301)).toThrow('EEXIST')
    guest.write('', 'file', 'less')
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('less')
    guest.send('clunk', [guest.open('file', 0o1002)])
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('')
    const fid = guest.open('file', 0)
    expect(() => guest.writeAt(fid, 0n, Buffer.from('x'))).toThrow('EBADF')
    expect(() => guest.send('lopen', [fid, 0])).toThrow('EINVAL')
    expect(() => guest.open('', 0o2)).toThrow('EISDIR')
    guest.send('clunk', [fid])
  })

  it('makes links within the folder, and a second name for a file', () => {
    guest.mkdir('', 'folder')
    guest.write('', 'file', 'content')
    guest.symlink('folder', 'link', '../file')
    expect(readlinkSync(join(root, 'folder/link'))).toBe('../file')
    expect(guest.readlink('folder/link').toString()).toBe('../file')
    expect(guest.stat('folder/link').mode & 0o170000).toBe(0o120000)
    const file = guest.walk('file')
    guest.inFolder('link', 'folder', file, 'second')
    expect(guest.stat('folder/second').links).toBe(2)
    expect(() => guest.inFolder('link', '', guest.walk('folder/link'), 'second')).toThrow('EPERM')
    expect(() => guest.inFolder('link', '', guest.walk('folder'), 'second')).toThrow('EPERM')
  })

  it('answers what it has not: extended attributes, devices, and locks of the host', () => {
    guest.write('', 'file', 'content')
    expect(() => guest.inFolder('xattrwalk', 'file', 900, 'user.x')).toThrow('EOPNOTSUPP')
    expect(() => guest.inFolder('mknod', '', 'pipe', 0o010644, 0, 0, 0)).toThrow('EPERM')
    expect(() => guest.inFolder('mknod', '', 'device', 0o060644, 8, 0, 0)).toThrow('EPERM')
    guest.inFolder('mknod', '', 'empty', 0o100644, 0, 0, 0)
    expect(readFileSync(join(root, 'empty'), 'utf8')).toBe('')
    const fid = guest.open('file', 0o2)
    expect(guest.send('lock', [fid, { u8: 1 }, 1, 0n, 0n, 1, 'berth']).readUInt8(0)).toBe(0)
    expect(guest.send('getlock', [fid, { u8: 1 }, 0n, 0n, 1, 'berth']).readUInt8(0)).toBe(2)
    guest.send('flush', [{ u16: 3 }])
    guest.send('clunk', [fid])
  })

  it('says how much room there is', () => {
    const reply = guest.inFolder('statfs', '')
    expect(reply.readUInt32LE(0)).toBe(0x01021997)
    expect(reply.readBigUInt64LE(8)).toBeGreaterThan(0n)
    expect(reply.readUInt32LE(reply.length - 4)).toBe(255)
  })

  it('refuses to write anything when it is shared for reading only', () => {
    writeFileSync(join(root, 'file'), 'content')
    mkdirSync(join(root, 'folder'))
    const before = statSync(join(root, 'file'))
    session = createSession({ path: root, isWritable: false }, open)
    guest = new Guest(session)
    expect(guest.read('file').toString()).toBe('content')
    const attempts: (() => unknown)[] = [
      () => guest.open('file', 0o1),
      () => guest.open('file', 0o2),
      () => guest.open('file', 0o1000),
      () => guest.create('', 'new'),
      () => guest.mkdir('', 'new'),
      () => guest.symlink('', 'new', 'file'),
      () => guest.inFolder('link', '', guest.walk('file'), 'new'),
      () => guest.inFolder('mknod', '', 'new', 0o100644, 0, 0, 0),
      () => guest.rename('', 'file', '', 'new'),
      () => guest.send('rename', [guest.walk('file'), 0, 'new']),
      () => guest.unlink('', 'file'),
      () => guest.unlink('', 'folder', true),
      () => guest.send('remove', [guest.walk('file')]),
      () => guest.setattr('file', 0x1, { mode: 0o600 }),
      () => guest.setattr('file', 0x8, { size: 0n }),
      () => guest.setattr('file', 0x20),
    ]
    for (const attempt of attempts) expect(attempt).toThrow('EROFS')
    expect(readdirSync(root)).toEqual(['file', 'folder'])
    expect(statSync(join(root, 'file'))).toMatchObject({ mtimeMs: before.mtimeMs, mode: before.mode, size: 7 })
  })

  it('bounds how many handles and open files a guest has', () => {
    writeFileSync(join(root, 'file'), '')
    expect(() => {
      for (let count = 0; count < 10_000; count += 1) guest.open('file')
    }).toThrow('EMFILE')
    expect(session.fids.openedCount).toBe(256)
    expect(() => {
      for (let count = 0; count < 10_000; count += 1) guest.walk('file')
    }).toThrow('ENFILE')
    expect(session.fids.size).toBe(8192)
    guest.send('version', [128 * 1024, '9P2000.L'])
    expect(session.fids.size).toBe(0)
    expect(session.fids.openedCount).toBe(0)
  })

  it('agrees on messages of a bounded size, and on no other protocol', () => {
    expect(guest.send('version', [1 << 30, '9P2000.L']).readUInt32LE(0)).toBe(128 * 1024)
    expect(guest.send('version', [8192, '9P2000.u']).toString('utf8', 6)).toBe('unknown')
    expect(() => guest.send('version', [100, '9P2000.L'])).toThrow('EINVAL')
    expect(() => guest.send('auth', [1, 'root', '', 0])).toThrow('EOPNOTSUPP')
  })

  it('lets a guest go on with its handles after its memory was restored', () => {
    mkdirSync(join(root, 'folder'))
    for (const name of ['kept', 'replaced', 'removed']) writeFileSync(join(root, 'folder', name), name)
    linkSync(join(root, 'folder/replaced'), join(root, 'so that its number is not used again'))
    const [kept, replaced, removed] = ['kept', 'replaced', 'removed'].map((name) => guest.open(`folder/${name}`, 0o2))
    const list = guest.open('folder', 0o200000)
    const memory = keepSession(session)
    session.fids.clear()
    rmSync(join(root, 'folder/replaced'))
    writeFileSync(join(root, 'folder/replaced'), 'another file')
    rmSync(join(root, 'folder/removed'))
    session = createSession({ path: root, isWritable: true }, open)
    resumeSession(session, memory)
    guest = Guest.resumed(session)
    guest.writeAt(kept as number, 0n, Buffer.from('KEPT'))
    expect(readFileSync(join(root, 'folder/kept'), 'utf8')).toBe('KEPT')
    expect(() => guest.readAt(replaced as number, 0n, 10)).toThrow('ESTALE')
    expect(() => guest.writeAt(removed as number, 0n, Buffer.from('x'))).toThrow('ESTALE')
    expect(readFileSync(join(root, 'folder/replaced'), 'utf8')).toBe('another file')
    expect(guest.send('readdir', [list, 0n, 4096]).readUInt32LE(0)).toBeGreaterThan(0)
    expect(guest.stat('folder/kept').size).toBe(4)
  })

  it('gives a restored guest errors when the folder is gone, and what is there once it is back', () => {
    writeFileSync(join(root, 'file'), 'content')
    const fid = guest.open('file')
    const memory = keepSession(session)
    session.fids.clear()
    rmSync(root, { recursive: true })
    session = createSession({ path: root, isWritable: true }, open)
    resumeSession(session, memory)
    guest = Guest.resumed(session)
    expect(() => guest.readAt(fid, 0n, 10)).toThrow('ESTALE')
    expect(() => guest.walk('file')).toThrow('ENOENT')
    mkdirSync(root)
    writeFileSync(join(root, 'file'), 'back')
    expect(guest.read('file').toString()).toBe('back')
    expect(existsSync(root)).toBe(true)
  })

  it('is another folder for a guest that has it mounted, without what was open in the one before', () => {
    const other = mkdtempSync(join(tmpdir(), 'berth-shared-other-'))
    for (const folder of [root, other]) {
      mkdirSync(join(folder, 'sub'))
      writeFileSync(join(folder, 'sub/file'), folder)
    }
    const place = guest.walk('sub')
    const file = guest.open('sub/file', 0o2)
    const list = guest.open('sub', 0o200000)
    session.share({ path: other, isWritable: true })
    expect(session.fids.openedCount).toBe(2)
    expect(() => guest.writeAt(file, 0n, Buffer.from('x'))).toThrow('ESTALE')
    expect(guest.send('readdir', [list, 0n, 4096]).readUInt32LE(0)).toBeGreaterThan(0)
    expect(guest.attributes(place).mode & 0o170000).toBe(0o040000)
    expect(guest.read('sub/file').toString()).toBe(other)
    guest.write('sub', 'new', 'new')
    expect(readdirSync(join(root, 'sub'))).toEqual(['file'])
    session.share(null)
    expect(() => guest.read('sub/file')).toThrow('ENOENT')
    session.share({ path: root, isWritable: false })
    expect(guest.read('sub/file').toString()).toBe(root)
    for (const fid of [file, list, place]) guest.send('clunk', [fid])
    expect(session.fids.openedCount).toBe(0)
    rmSync(other, { recursive: true })
  })

  it('is empty of everything when no folder is shared', () => {
    session.share(null)
    expect(() => guest.stat('')).toThrow('ENOENT')
    guest.send('clunk', [0])
    expect(() => guest.send('attach', [0, 0xffffffff, 'root', '', 0])).toThrow('ENOENT')
    symlinkSync(root, `${root}-link`)
    session.share({ path: `${root}-link`, isWritable: false })
    rmSync(`${root}-link`)
    expect(() => guest.send('attach', [0, 0xffffffff, 'root', '', 0])).toThrow('ENOENT')
    symlinkSync(root, `${root}-link`)
    guest.send('attach', [0, 0xffffffff, 'root', '', 0])
    writeFileSync(join(root, 'file'), 'content')
    expect(guest.read('file').toString()).toBe('content')
    rmSync(`${root}-link`)
  })
})
