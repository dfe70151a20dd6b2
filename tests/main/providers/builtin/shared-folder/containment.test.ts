import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDescriptorTree } from '../../../../../main/providers/builtin/shared-folder/descriptor-tree.ts'
import { staysInside } from '../../../../../main/providers/builtin/shared-folder/links.ts'
import { checkName } from '../../../../../main/providers/builtin/shared-folder/names.ts'
import { createSession, type Session } from '../../../../../main/providers/builtin/shared-folder/session.ts'
import { Guest } from '../../../../support/nine-p.ts'
import { sharedTrees } from '../../../../support/shared-trees.ts'

const secret = 'what no guest may see'

let ground = ''
let root = ''
let outside = ''
let session: Session
let guest: Guest

function begin(open: typeof createDescriptorTree): void {
  ground = mkdtempSync(join(tmpdir(), 'berth-contained-'))
  root = join(ground, 'shared')
  outside = join(ground, 'outside')
  for (const folder of [root, outside, join(root, 'sub')]) mkdirSync(folder)
  writeFileSync(join(outside, 'file'), secret)
  writeFileSync(join(root, 'sub/file'), 'inside')
  session = createSession({ path: root, isWritable: true }, open)
  guest = new Guest(session)
}

/** Everything outside is as it was. */
function expectUntouched(): void {
  expect(readdirSync(ground).sort()).toEqual(['outside', 'shared'])
  expect(readdirSync(outside)).toEqual(['file'])
  expect(readFileSync(join(outside, 'file'), 'utf8')).toBe(secret)
  expect(lstatSync(join(outside, 'file')).mode & 0o777).toBe(0o644)
}

describe.each(sharedTrees)('a guest in a shared folder by %o', (open) => {
  beforeEach(() => begin(open))
  afterEach(() => {
    session.fids.clear()
    rmSync(ground, { recursive: true, force: true })
  })

  it('gets no further up than the folder', () => {
    expect(guest.stat('../../..')).toEqual(guest.stat(''))
    expect(guest.stat('sub/../..').qid).toEqual(guest.stat('').qid)
    expect(() => guest.read('../outside/file')).toThrow('ENOENT')
    const parents = guest.list('')
    expect(parents.map(String).sort()).toEqual(['.', '..', 'sub'])
  })

  it('cannot name anything outside', () => {
    const names = ['', '.', '..', '/', '/etc/passwd', '../outside', 'sub/file', 'a\0b', '\0']
    for (const name of names) {
      const attempts: (() => unknown)[] = [
        () => guest.create('', name),
        () => guest.mkdir('', name),
        () => guest.symlink('', name, 'file'),
        () => guest.rename('sub', 'file', '', name),
        () => guest.rename('', name, 'sub', 'x'),
        () => guest.unlink('', name),
        () => guest.unlink('', name, true),
        () => guest.inFolder('link', '', guest.walk('sub/file'), name),
        () => guest.inFolder('mknod', '', name, 0o100644, 0, 0, 0),
        ...(name === '..' ? [] : [() => guest.walk([Buffer.from(name)])]),
      ]
      for (const attempt of attempts) expect(attempt, JSON.stringify(name)).toThrow('EINVAL')
    }
    expect(() => guest.mkdir('', 'n'.repeat(256))).toThrow('ENAMETOOLONG')
    expectUntouched()
  })

  it('sees links that lead out as links, and nothing behind them', () => {
    symlinkSync(outside, join(root, 'absolute'))
    symlinkSync('../outside', join(root, 'relative'))
    symlinkSync('../outside/file', join(root, 'to file'))
    symlinkSync('/proc/self/root', join(root, 'magic'))
    for (const name of ['absolute', 'relative', 'magic']) {
      expect(guest.stat(name).mode & 0o170000).toBe(0o120000)
      expect(() => guest.walk(`${name}/file`)).toThrow('ENOENT')
      expect(() => guest.open(name, 0)).toThrow('ELOOP')
      for (const attempt of [
        () => guest.create(name, 'new'),
        () => guest.mkdir(name, 'new'),
        () => guest.unlink(name, 'file'),
        () => guest.rename(name, 'file', '', 'new'),
        () => guest.rename('sub', 'file', name, 'new'),
        () => guest.inFolder('link', name, guest.walk('sub/file'), 'new'),
        () => guest.list(name),
      ])
        expect(attempt).toThrow(/ENOTDIR|ELOOP/)
    }
    expect(() => guest.open('to file', 0)).toThrow('ELOOP')
    expect(() => guest.create('', 'to file')).toThrow('ELOOP')
    expect(() => guest.setattr('to file', 0x8, { size: 0n })).toThrow('EINVAL')
    expect(() => guest.inFolder('link', '', guest.walk('to file'), 'second')).toThrow('EPERM')
    guest.setattr('to file', 0x20 | 0x100, { mtime: 1n })
    expect(lstatSync(join(outside, 'file')).mtimeMs).toBeGreaterThan(1000)
    guest.unlink('', 'to file')
    guest.unlink('', 'absolute')
    expectUntouched()
  })

  it('makes no link that would lead a program of the host out', () => {
    guest.mkdir('sub', 'deep')
    const refused: [string, string][] = [
      ['', '/etc/passwd'],
      ['', '..'],
      ['', '../outside'],
      ['', './../outside'],
      ['sub', '../../outside'],
      ['sub', 'x/../../../outside'],
      ['sub', 'here/..'],
    ]
    for (const [folder, target] of refused) {
      expect(() => guest.symlink(folder, 'link', target), target).toThrow('EPERM')
    }
    for (const [folder, target] of [
      ['', 'sub'],
      ['sub', '..'],
      ['sub/deep', '../../sub/./file'],
    ] as const) {
      guest.symlink(folder, 'link', target)
      expect(readlinkSync(join(root, folder, 'link'))).toBe(target)
      guest.unlink(folder, 'link')
    }
    expect(() => guest.symlink('', 'link', '')).toThrow('EINVAL')
  })

  it('cannot move a link to where it would lead out, nor a folder with such a link', () => {
    guest.mkdir('sub', 'deep')
    guest.mkdir('sub/deep', 'deeper')
    guest.symlink('sub/deep', 'link', '../../sub/file')
    guest.symlink('sub/deep/deeper', 'far', '../../..')
    expect(() => guest.rename('sub/deep', 'link', 'sub', 'link')).toThrow('EXDEV')
    expect(() => guest.rename('sub', 'deep', '', 'deep')).toThrow('EXDEV')
    expect(() => guest.rename('sub/deep', 'deeper', 'sub', 'deeper')).toThrow('EXDEV')
    guest.unlink('sub/deep', 'link')
    guest.unlink('sub/deep/deeper', 'far')
    symlinkSync('/etc', join(root, 'sub/deep/of the host'))
    guest.rename('sub', 'deep', '', 'deep')
    expect(readdirSync(root).sort()).toEqual(['deep', 'sub'])
    expect(() => guest.rename('', 'deep', 'deep', 'itself')).toThrow('EINVAL')
  })

  it('neither renames nor removes the folder itself', () => {
    expect(() => guest.send('rename', [0, guest.walk('sub'), 'x'])).toThrow('EBUSY')
    expect(() => guest.send('remove', [guest.walk('')])).toThrow('EBUSY')
    expect(() => guest.readlink('')).toThrow('EBUSY')
    expect(existsSync(root)).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('opens no pipe, socket or device', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve))
    const names = ['pipe', 'socket']
    if (process.getuid?.() === 0 && process.platform === 'linux') {
      execFileSync('mknod', [join(root, 'device'), 'c', '1', '5'])
      names.push('device')
    }
    for (const name of names) {
      for (const flags of [0, 1, 2, 0o1001]) expect(() => guest.open(name, flags), name).toThrow('ENXIO')
      expect(() => guest.create('', name)).toThrow('ENXIO')
      expect(guest.stat(name).mode & 0o170000).toBe(lstatSync(join(root, name)).mode & 0o170000)
      guest.unlink('', name)
    }
    server.close()
  })

  it('has nothing when another folder has taken the place of the shared one, or a link', () => {
    const fid = guest.open('sub/file', 0o2)
    renameSync(root, join(ground, 'moved'))
    expect(() => guest.walk('sub')).toThrow('ESTALE')
    mkdirSync(root)
    expect(() => guest.walk('sub')).toThrow('ESTALE')
    expect(() => guest.mkdir('', 'new')).toThrow('ESTALE')
    rmSync(root, { recursive: true })
    symlinkSync(outside, root)
    expect(() => guest.walk('file')).toThrow('ESTALE')
    expect(() => guest.create('', 'new')).toThrow('ESTALE')
    // What was open is still the file it was.
    expect(guest.readAt(fid, 0n, 100).toString()).toBe('inside')
    rmSync(root)
    renameSync(join(ground, 'moved'), root)
    expect(guest.read('sub/file').toString()).toBe('inside')
    expectUntouched()
  })

  it('finds a folder that another program swapped for a link not to be a folder', () => {
    const folder = guest.walk('sub')
    renameSync(join(root, 'sub'), join(root, 'real'))
    symlinkSync(outside, join(root, 'sub'))
    expect(() => guest.send('lcreate', [folder, 'file', 0o1101, 0o644, 0])).toThrow(/ENOTDIR|ELOOP/)
    expect(() => guest.send('mkdir', [folder, 'new', 0o755, 0])).toThrow(/ENOTDIR|ELOOP/)
    expect(() => guest.send('unlinkat', [folder, 'file', 0])).toThrow(/ENOTDIR|ELOOP/)
    expectUntouched()
  })
})

describe.runIf(process.platform === 'linux')('a race with a program that swaps a folder for a link', () => {
  let racer: ChildProcess | null = null
  beforeEach(() => begin(createDescriptorTree))
  afterEach(async () => {
    const ended = racer
    racer = null
    if (ended !== null && ended.exitCode === null) {
      const gone = new Promise((resolve) => ended.once('exit', resolve))
      ended.kill()
      await gone
    }
    session.fids.clear()
    rmSync(ground, { recursive: true, force: true })
  })

  it('is never won: nothing outside is read, made, changed or removed', async () => {
    const program = `
      const { renameSync, symlinkSync, unlinkSync, writeSync } = require('node:fs')
      writeSync(1, 'x')
      for (;;) {
        renameSync('sub', 'real'); symlinkSync('../outside', 'sub')
        unlinkSync('sub'); renameSync('real', 'sub')
      }`
    const child = spawn(process.execPath, ['-e', program], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    racer = child
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const seen = new Map<string, number>()
    const attempt = (job: () => unknown): void => {
      let outcome: string
      try {
        job()
        outcome = 'done'
      } catch (error) {
        outcome = (error as Error).message
      }
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }
    const folder = guest.walk('')
    const end = Date.now() + 2000
    let count = 0
    while (Date.now() < end) {
      count += 1
      attempt(() => expect(guest.read('sub/file').toString()).toBe('inside'))
      attempt(() => guest.write('sub', 'new', 'new'))
      attempt(() => guest.setattr('sub/file', 0x1, { mode: 0o640 }))
      attempt(() => guest.setattr('sub/file', 0x8, { size: 6n }))
      attempt(() => guest.mkdir('sub', 'made'))
      attempt(() => guest.unlink('sub', 'made', true))
      attempt(() => guest.rename('sub', 'new', '', 'taken'))
      attempt(() => guest.list('sub'))
    }
    guest.send('clunk', [folder])
    // It was a race at all: some were let in, and some came when the link was there.
    expect([...seen.keys()]).toContain('done')
    expect([...seen.keys()].some((outcome) => /ENOTDIR|ELOOP|ENOENT/.test(outcome))).toBe(true)
    expect(
      [...seen.keys()].filter((outcome) => !/^(done|ENOTDIR|ELOOP|ENOENT|EEXIST|ENOTEMPTY)$/.test(outcome)),
    ).toEqual([])
    expect(count).toBeGreaterThan(50)
    expectUntouched()
  })
})

describe('names from a guest', () => {
  const outcome = (name: string | Buffer, platform: NodeJS.Platform): string => {
    try {
      checkName(Buffer.from(name as string), platform)
      return 'fine'
    } catch (error) {
      return (error as Error).message
    }
  }

  it('are refused on Windows where they would name a device, a stream, another folder or another file', () => {
    const refused = [
      'a\\b',
      '..\\x',
      'C:',
      'file:stream',
      'con',
      'NUL.txt',
      'com1',
      'lpt¹',
      'x.',
      'x ',
      'a*',
      'a?',
      'a\u0001',
    ]
    for (const name of refused) expect(outcome(name, 'win32'), name).toBe('EINVAL')
    for (const name of refused) expect(outcome(name, 'linux'), name).toBe('fine')
    for (const name of ['console', '.x', 'a b', '한글', 'common1', 'nul-x'])
      expect(outcome(name, 'win32'), name).toBe('fine')
  })

  it('are any bytes on Linux and text elsewhere', () => {
    const bytes = Buffer.from([0x61, 0xff])
    expect(outcome(bytes, 'linux')).toBe('fine')
    expect(outcome(bytes, 'darwin')).toBe('EILSEQ')
    expect(outcome(bytes, 'win32')).toBe('EILSEQ')
  })
})

describe('where a link leads', () => {
  it('is inside as long as it goes up no further than its own depth, and before any name', () => {
    for (const [target, depth] of [
      ['a/b', 0],
      ['./a', 0],
      ['..', 1],
      ['../../x', 2],
      ['.././../x', 2],
      ['...', 0],
      ['..x', 0],
    ] as const)
      expect(staysInside(Buffer.from(target), depth), target).toBe(true)
    for (const [target, depth] of [
      ['/', 5],
      ['//x', 5],
      ['..', 0],
      ['../..', 1],
      ['a/..', 5],
      ['./a/../b', 5],
    ] as const)
      expect(staysInside(Buffer.from(target), depth), target).toBe(false)
  })
})
