import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepSession, resumeSession } from '../../../../../main/providers/builtin/shared-folder/kept-session.ts'
import { errorReply, maxMessageBytes } from '../../../../../main/providers/builtin/shared-folder/protocol.ts'
import { answer } from '../../../../../main/providers/builtin/shared-folder/server.ts'
import { createSession } from '../../../../../main/providers/builtin/shared-folder/session.ts'
import { message } from '../../../../support/nine-p.ts'
import { seededRandom } from '../../../../support/seeded-random.ts'
import { sharedTrees } from '../../../../support/shared-trees.ts'

const rounds = 6000

const names = [
  'file',
  'sub',
  'new',
  'out',
  'up',
  'pass',
  '..',
  '.',
  '../outside',
  '/etc',
  '',
  'a\0b',
  '한글',
  'n'.repeat(256),
]
const targets = ['file', '..', '../outside', '/', 'sub/file', '../../x']

/** A request as a guest would send it, with what it names chosen at random. */
function request(random: (below: number) => number): Uint8Array {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const fid = (): number => random(12)
  const name = (): string => pick(names)
  const offset = (): bigint => pick([0n, 1n, 4096n, 1n << 40n, (1n << 63n) - 1n, (1n << 64n) - 1n])
  const flags = (): number => pick([0, 1, 2, 0o1101, 0o1102, 0o301, 0o2001, 0o200000, 0xffffffff])
  const data = (): Buffer => Buffer.alloc(random(300), random(256))
  const count = (): number => pick([0, 1, 512, 4096, 1 << 20, 0xffffffff])
  const makers: readonly (() => Uint8Array)[] = [
    () => message('version', [pick([0, 4096, 131_072, 0xffffffff]), pick(['9P2000.L', '9P2000', ''])]),
    () => message('attach', [fid(), 0xffffffff, 'root', '', 0]),
    () => message('walk', [fid(), fid(), { u16: 1 }, name()]),
    () => message('walk', [fid(), fid(), { u16: 2 }, name(), name()]),
    () => message('walk', [fid(), fid(), { u16: 0 }]),
    () => message('lopen', [fid(), flags()]),
    () => message('lcreate', [fid(), name(), flags(), 0o7777, 0]),
    () => message('read', [fid(), offset(), count()]),
    () => {
      const bytes = data()
      return message('write', [fid(), pick([0n, 5n, 4096n]), bytes.length, { data: bytes }])
    },
    () => message('readdir', [fid(), offset(), count()]),
    () => message('getattr', [fid(), 0x7ffn]),
    () => message('setattr', [fid(), random(0x200), 0o7777, 0, 0, BigInt(random(5000)), offset(), 1n, offset(), 1n]),
    () => message('mkdir', [fid(), name(), 0o755, 0]),
    () => message('symlink', [fid(), name(), pick(targets), 0]),
    () => message('link', [fid(), fid(), name()]),
    () => message('mknod', [fid(), name(), pick([0o100644, 0o010644, 0o020644, 0o140644]), 1, 3, 0]),
    () => message('rename', [fid(), fid(), name()]),
    () => message('renameat', [fid(), name(), fid(), name()]),
    () => message('unlinkat', [fid(), name(), pick([0, 0x200])]),
    () => message('remove', [fid()]),
    () => message('readlink', [fid()]),
    () => message('statfs', [fid()]),
    () => message('fsync', [fid(), 0]),
    () => message('lock', [fid(), { u8: 1 }, 0, 0n, 0n, 1, 'guest']),
    () => message('getlock', [fid(), { u8: 1 }, 0n, 0n, 1, 'guest']),
    () => message('xattrwalk', [fid(), fid(), 'user.x']),
    () => message('flush', [{ u16: random(9) }]),
    () => message('clunk', [fid()]),
  ]
  return pick(makers)()
}

/** Now and then another message than the guest meant. */
function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = Buffer.from(bytes)
  switch (random(8)) {
    case 0:
      copy[random(copy.length)] = random(256)
      return copy
    case 1:
      return copy.subarray(0, random(copy.length + 1))
    case 2:
      copy.writeUInt32LE(random(2) === 0 ? 0xffffffff : random(400), random(copy.length - 3))
      return copy
    case 3:
      return Buffer.from(Array.from({ length: random(200) }, () => random(256)))
    default:
      return copy
  }
}

/** Every name below a folder with what it is, for what must stay as it was. */
function print(folder: string): string {
  const hash = createHash('sha256')
  const visit = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const entry = join(path, name)
      const stats = lstatSync(entry)
      hash.update(`${entry}\0${stats.mode}\0${stats.size}\0${stats.mtimeMs}\0${stats.nlink}\0`)
      if (stats.isDirectory()) visit(entry)
      else hash.update(stats.isSymbolicLink() ? readlinkSync(entry) : readFileSync(entry))
    }
  }
  visit(folder)
  return hash.digest('hex')
}

/** Links below the folder that lead out of it, besides the host's own. Names there are any bytes. */
function leadingOut(root: string, own: ReadonlySet<string>): string[] {
  const found: string[] = []
  const visit = (folder: string): void => {
    for (const name of readdirSync(Buffer.from(folder, 'latin1'), 'latin1')) {
      const path = `${folder}/${name}`
      const stats = lstatSync(Buffer.from(path, 'latin1'))
      if (stats.isDirectory()) visit(path)
      if (!stats.isSymbolicLink()) continue
      const target = readlinkSync(Buffer.from(path, 'latin1'), 'latin1')
      if (!own.has(target) && !`${join(folder, target)}/`.startsWith(`${root}/`)) found.push(`${path} -> ${target}`)
    }
  }
  visit(root)
  return found
}

function descriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

describe.each(sharedTrees)('a hostile guest at a shared folder by %o', (open) => {
  let ground = ''
  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'berth-fuzz-'))
  })
  afterEach(() => rmSync(ground, { recursive: true, force: true }))

  it.each([1, 2])('is answered whatever it sends, and reaches nothing outside (seed %i)', (seed) => {
    const root = join(ground, 'shared')
    const outside = join(ground, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'file'), 'outside')
    chmodSync(join(outside, 'file'), 0o600)
    const own = new Set([outside, '../outside', '../outside/file'])
    const before = print(outside)
    const random = seededRandom(seed)
    const openBefore = descriptors()
    const session = createSession({ path: root, isWritable: true }, open)
    let done = 0
    for (let round = 0; round < rounds; round += 1) {
      if (round % 1000 === 0) {
        rmSync(root, { recursive: true, force: true })
        mkdirSync(join(root, 'sub'), { recursive: true })
        writeFileSync(join(root, 'file'), 'inside')
        writeFileSync(join(root, 'sub/file'), 'inside')
        symlinkSync(outside, join(root, 'out'))
        symlinkSync('../outside', join(root, 'up'))
        symlinkSync('../outside/file', join(root, 'pass'))
        session.share(null)
        session.share({ path: root, isWritable: true })
        answer(session, message('version', [131_072, '9P2000.L']))
        answer(session, message('attach', [0, 0xffffffff, 'root', '', 0]))
      }
      const sent = mutated(request(random), random)
      const reply = Buffer.from(answer(session, sent))
      const kind = reply.readUInt8(4)
      const isWhole = reply.length <= maxMessageBytes && reply.readUInt32LE(0) === reply.length
      const isToThis = reply.readUInt16LE(5) === ((sent[5] ?? 0) | ((sent[6] ?? 0) << 8))
      const isOfKind = kind === errorReply || kind === (sent[4] ?? 0) + 1
      // Not `expect`, of which a million take long.
      if (!isWhole || !isToThis || !isOfKind) expect.fail(`${sent} was answered by ${reply}`)
      if (kind !== errorReply) done += 1
      if (round % 1000 === 999) {
        resumeSession(session, keepSession(session))
        expect(print(outside)).toBe(before)
        expect(leadingOut(root, own)).toEqual([])
      }
    }
    expect(readdirSync(ground).sort()).toEqual(['outside', 'shared'])
    expect(done).toBeGreaterThan(rounds / 20)
    session.fids.clear()
    expect(descriptors()).toBe(openBefore)
  })
})
