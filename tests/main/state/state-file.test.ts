import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Log } from '../../../main/log.ts'
import { createJournal } from '../../../main/providers/docker/journal.ts'
import { openAnnotations } from '../../../main/services/annotations.ts'
import { createStateProblems } from '../../../main/state/problems.ts'
import { fittingEntries } from '../../../main/state/read-state.ts'
import { openStateFile } from '../../../main/state/state-file.ts'

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-state-'))
  path = join(folder, 'numbers.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function open(problems = createStateProblems()) {
  const file = openStateFile<Readonly<Record<string, number>>>({
    path,
    version: 1,
    empty: {},
    parse: (content, unfit) => {
      const { entries } = z.looseObject({ entries: z.unknown() }).parse(content)
      return fittingEntries(entries, z.number(), 'entries', unfit)
    },
    write: (entries) => JSON.stringify({ version: 1, entries }),
    log: silent,
    problems,
  })
  const put = (name: string, value: number) =>
    file.change(
      (now) => ({ ...now, [name]: value }),
      ({ [name]: _gone, ...rest }) => rest,
    )
  return { file, put, problems, keys: () => problems.notices().map(({ text }) => text.key) }
}

describe('a state file', () => {
  it('is empty when there is none, and is there after a change', async () => {
    const { file, put, keys } = open()
    expect(file.get()).toEqual({})
    await put('a', 1)
    expect(open().file.get()).toEqual({ a: 1 })
    expect(keys()).toEqual([])
  })

  it('keeps the entries that fit, and a copy of the whole for those that do not', async () => {
    const text = '{"version": 1, "entries": {"a": 1, "b": "two", "c": 3}}'
    await writeFile(path, text)
    const { file, put, problems } = open()
    expect(file.get()).toEqual({ a: 1, c: 3 })
    const { key, params } = problems.notices()[0]?.text ?? { key: null, params: undefined }
    expect(key).toBe('state.damaged')
    expect(params).toMatchObject({ path, count: 1 })
    await put('d', 4)
    expect(open().file.get()).toEqual({ a: 1, c: 3, d: 4 })
    expect(await readFile(String(params?.['aside']), 'utf8')).toBe(text)
  })

  it.each(['', '[1', '{"version": 1, "entr', '\0\0\0\0', 'null', '{"version": 1}'])(
    'that holds %j is set aside and said before anything is written over it',
    async (text) => {
      await writeFile(path, text)
      const { file, put, problems } = open()
      expect(file.get()).toEqual({})
      const aside = String(problems.notices()[0]?.text.params?.['aside'])
      expect(await readFile(aside, 'utf8')).toBe(text)
      await put('a', 1)
      expect(open().file.get()).toEqual({ a: 1 })
      expect(await readFile(aside, 'utf8')).toBe(text)
    },
  )

  it.each(['', '[1', '\0\0\0\0', 'null'])('that holds %j is not said to be damaged in one part', async (text) => {
    await writeFile(path, text)
    const { problems } = open()
    expect(problems.notices().map(({ text: { key } }) => key)).toEqual(['state.damagedWhole'])
  })

  it('keeps one copy of what is damaged, however often it is opened', async () => {
    await writeFile(path, '[1')
    for (let start = 0; start < 3; start += 1) open()
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('of a newer version is left alone, and a change is refused with the way out', async () => {
    const text = '{"version": 2, "entries": {"a": 1}}'
    await writeFile(path, text)
    const { file, put, keys } = open()
    expect(file.get()).toEqual({})
    expect(keys()).toEqual(['state.newer'])
    await expect(put('b', 2)).rejects.toMatchObject({ error: { message: { key: 'state.error.newer' } } })
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('that cannot be read is not written until it can be, and loses nothing', async () => {
    await mkdir(path)
    const { file, put, problems, keys } = open()
    expect(keys()).toEqual(['state.unreadable'])
    await expect(put('b', 2)).rejects.toMatchObject({ error: { message: { key: 'state.error.unreadable' } } })
    // What is so, written or not, is kept in mind.
    await file.change((now) => ({ ...now, c: 3 }), null)
    expect((await readdir(folder)).sort()).toEqual(['numbers.json'])
    await rm(path, { recursive: true })
    await writeFile(path, '{"version": 1, "entries": {"a": 1}}')
    problems.recheck()
    expect(keys()).toEqual([])
    expect(file.get()).toEqual({ a: 1, c: 3 })
    await put('b', 2)
    expect(open().file.get()).toEqual({ a: 1, b: 2, c: 3 })
  })

  it('that is a link to nowhere is not taken for one that does not exist', async () => {
    await symlink(join(folder, 'drive that is not mounted'), path)
    const { put, keys } = open()
    expect(keys()).toEqual(['state.unreadable'])
    await expect(put('b', 2)).rejects.toMatchObject({ error: { code: 'output-unreadable' } })
  })

  it('takes a change back that cannot be written', async () => {
    const { file, put } = open()
    await put('a', 1)
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    await expect(put('b', 2)).rejects.toThrow()
    expect(file.get()).toEqual({ a: 1 })
  })

  it.runIf(process.getuid?.() !== 0)('without permission is not written over', async () => {
    await writeFile(path, '{"version": 1, "entries": {"a": 1}}')
    await chmod(path, 0)
    const { put, keys } = open()
    expect(keys()).toEqual(['state.unreadable'])
    await expect(put('b', 2)).rejects.toMatchObject({ error: { code: 'output-unreadable' } })
    await chmod(path, 0o600)
    await put('b', 2)
    expect(open().file.get()).toEqual({ a: 1, b: 2 })
  })
})

const restore = {
  id: 'r1',
  direction: 'restored',
  state: 'done',
  snapshotId: 's',
  snapshotName: 's',
  keptId: 'k',
  keptParentId: null,
  keptAt: '2026-01-01T00:00:00Z',
  keptBytes: 1,
  keptRestart: 'no',
  differences: [],
  swap: null,
}

describe('Docker’s record', () => {
  it('loses neither the other machines nor the trash to one bad field of one restore', async () => {
    const trash = Array.from({ length: 5 }, (_, index) => ({
      id: `t${index}`,
      endpointId: 'docker:default',
      machineId: `docker:default/${index}`,
      containerId: `c${index}`,
      name: 'n',
      removedAt: '2026-01-01T00:00:00Z',
      sizeBytes: null,
      snapshotCount: null,
      restart: 'no',
      volumes: [],
      purging: false,
    }))
    const machines = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `docker:default/m${index}`,
        { currentId: `now${index}`, restores: [restore, { ...restore, id: 'r2', keptAt: index === 7 ? 9 : 'then' }] },
      ]),
    )
    await writeFile(join(folder, 'docker.json'), JSON.stringify({ version: 1, machines, trash, edits: {} }))
    const problems = createStateProblems()
    const journal = createJournal(folder, silent, problems)
    expect(journal.machines()).toHaveLength(20)
    expect(journal.machine('docker:default/m7')?.restores).toHaveLength(1)
    expect(journal.machine('docker:default/m8')?.restores).toHaveLength(2)
    expect(journal.trash()).toHaveLength(5)
    expect(problems.notices()).toHaveLength(1)
  })
})

describe('annotations', () => {
  it('lose only the one that is damaged', async () => {
    const good = { pinned: true, tags: ['a'], note: '' }
    await writeFile(
      join(folder, 'annotations.json'),
      JSON.stringify({ 'x:1': good, 'x:2': { pinned: 3 }, 'x:3': good }),
    )
    const annotations = openAnnotations(folder, silent)
    expect(Object.keys(annotations.all())).toEqual(['x:1', 'x:3'])
  })
})
