import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type KeptSnapshot, keptSnapshotShape, type TreeFile } from '../../../../main/providers/common/snapshot-tree.ts'
import { createTreeStore } from '../../../../main/providers/common/tree-store.ts'
import { errorFrom } from '../../../conformance/ground.ts'

const trees = createTreeStore(z.object(keptSnapshotShape))
const empty: TreeFile<KeptSnapshot> = { version: 1, currentId: null, snapshots: [], restores: [] }

let folder: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-trees-'))
})
afterAll(() => rm(folder, { recursive: true }))
const newPath = (): string => join(folder, `tree-${count++}.json`)

const snapshot = (id: string, more: Partial<KeptSnapshot> = {}): KeptSnapshot => ({
  id,
  name: `"}\n}\n${id}`,
  description: '한글\u2028',
  parentId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  keptForUndo: false,
  power: 'running',
  phase: 'there',
  ...more,
})
const idsAt = async (path: string): Promise<readonly string[]> => (await trees.read(path)).snapshots.map(({ id }) => id)

describe('a snapshot that is put into a tree', () => {
  it('is in it with whatever it is called, in the order in which they came, and is the present’s parent', async () => {
    const path = newPath()
    let tree = await trees.read(path)
    expect(tree).toEqual(empty)
    for (const id of ['one', 'two', 'three']) tree = await trees.put(path, tree, snapshot(id), id)
    expect(await trees.read(path)).toEqual(tree)
    expect(tree).toEqual({ ...empty, currentId: 'three', snapshots: ['one', 'two', 'three'].map((id) => snapshot(id)) })
    expect(await trees.count(path)).toBe(3)
  })

  it('takes the place of itself when it was put before', async () => {
    const path = newPath()
    await trees.write(path, { ...empty, snapshots: [snapshot('one'), snapshot('two')] })
    const begun = await trees.put(path, await trees.read(path), snapshot('three', { phase: 'taking' }), null)
    await trees.put(path, begun, snapshot('one', { name: 'changed' }), 'one')
    const { snapshots, currentId } = await trees.read(path)
    expect(snapshots.map(({ name }) => name)).toEqual(['changed', snapshot('two').name, snapshot('three').name])
    expect(currentId).toBe('one')
    expect(await trees.count(path)).toBe(2)
  })

  it('leaves what stands in the file as it is, however much that is', async () => {
    const path = newPath()
    const many = Array.from({ length: 1000 }, (_, index) => snapshot(`${index}`))
    await trees.write(path, { ...empty, snapshots: many })
    const before = await readFile(path)
    await trees.put(path, await trees.read(path), snapshot('new'), 'new')
    const after = await readFile(path)
    expect(after.subarray(0, before.length).equals(before)).toBe(true)
    expect(after.length - before.length).toBeLessThan(500)
    expect(await idsAt(path)).toHaveLength(1001)
  })

  it('goes when the whole is written without it, and stays gone', async () => {
    const path = newPath()
    const tree = await trees.put(path, await trees.put(path, empty, snapshot('one'), 'one'), snapshot('two'), 'two')
    await trees.write(path, { ...tree, snapshots: [snapshot('one')], currentId: 'one' })
    expect(await idsAt(path)).toEqual(['one'])
    await trees.put(path, await trees.read(path), snapshot('three'), 'three')
    expect(await idsAt(path)).toEqual(['one', 'three'])
  })
})

describe('a damaged tree', () => {
  it('holds what was put before a last line that was torn, wherever it was, and takes the next', async () => {
    const path = newPath()
    const one = await trees.put(path, empty, snapshot('one'), 'one')
    const before = (await readFile(path)).length
    await trees.put(path, one, snapshot('two'), 'two')
    const whole = await readFile(path)
    for (let end = before; end < whole.length - 1; end += 7) {
      await writeFile(path, whole.subarray(0, end))
      const tree = await trees.read(path)
      expect(tree).toMatchObject(one)
      expect(tree.damage === undefined).toBe(end === before)
      await trees.put(path, tree, snapshot('three'), 'three')
      expect(await idsAt(path)).toEqual(['one', 'three'])
      expect((await trees.read(path)).damage).toBe(undefined)
    }
  })

  it('keeps what fits, says where a copy of the rest is, and speaks of nothing that is missing', async () => {
    const path = newPath()
    const bad = { ...snapshot('two'), phase: 'odd' }
    const child = snapshot('three', { parentId: 'two' })
    const text = `${JSON.stringify({ ...empty, currentId: 'two', snapshots: [snapshot('one'), bad, child] }, null, 2)}\n`
    await writeFile(path, text)
    const tree = await trees.read(path)
    expect(tree).toMatchObject({ currentId: null, snapshots: [snapshot('one'), { ...child, parentId: null }] })
    expect(await readFile(String(tree.damage?.text.params?.['aside']), 'utf8')).toBe(text)
    await appendFile(path, 'nonsense\n')
    expect((await trees.read(path)).damage?.text.params?.['count']).toBe(2)
  })

  it.each(['', '{', '\0\0\0'])('of %j is empty, and a copy is kept', async (text) => {
    const path = newPath()
    await writeFile(path, text)
    const tree = await trees.read(path)
    expect(tree.snapshots).toEqual([])
    expect(await readFile(String(tree.damage?.text.params?.['aside']), 'utf8')).toBe(text)
  })

  it('is none of those that cannot be read or that a newer Berth wrote: both are refused, and nothing is written', async () => {
    const newer = newPath()
    await writeFile(newer, '{"version": 2, "snapshots": []}\n')
    expect(await errorFrom(trees.read(newer))).toMatchObject({
      code: 'output-unreadable',
      hint: { key: 'state.newer' },
    })
    const unreadable = newPath()
    await mkdir(unreadable)
    expect(await errorFrom(trees.read(unreadable))).toMatchObject({ code: 'output-unreadable' })
    expect(await trees.count(unreadable)).toBe(null)
  })
})

describe('a tree of thousands of snapshots', () => {
  it('is known to be settled without being taken apart, and not while one is being taken', async () => {
    const path = newPath()
    expect(await trees.isSettled(path)).toBe(true)
    const many = { ...empty, snapshots: Array.from({ length: 2_000 }, (_, index) => snapshot(`${index}`)) }
    await trees.write(path, many)
    expect(await trees.isSettled(path)).toBe(true)
    await trees.put(path, many, snapshot('new', { phase: 'taking' }), null)
    expect(await trees.isSettled(path)).toBe(false)
    await trees.write(path, { ...many, snapshots: [snapshot('x', { phase: 'deleting' })] })
    expect(await trees.isSettled(path)).toBe(false)
  })
})
