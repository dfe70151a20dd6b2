import { describe, expect, test } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import type { ProviderInfo } from '../../../../app/domain/provider.ts'
import {
  type DropMachine,
  type DropTarget,
  dropHint,
  resolveDrop,
} from '../../../../renderer/views/drop/dropped-file.ts'

const providers = [{ id: 'a', importExtensions: ['ova', 'ovf'] }, { id: 'b' }] as unknown as readonly ProviderInfo[]
const id = 'a:one' as MachineId
const open: DropMachine = { id, name: 'one', copyFiles: { kind: 'allowed' } }
const why = { key: 'why.state.paused', params: { name: 'one' } } as const
const closed: DropMachine = { id, name: 'one', copyFiles: { kind: 'refused', reason: why } }
const anywhere: DropTarget = { kind: 'window' }

describe('a file dropped beside every machine', () => {
  test.each([
    ['/x/debian.ISO', { source: 'installer', isoPath: '/x/debian.ISO' }],
    ['C:\\x\\disk.qcow2', { source: 'image', imagePath: 'C:\\x\\disk.qcow2' }],
    ['/x/disk.vdi', { source: 'image', imagePath: '/x/disk.vdi' }],
    ['/x/exported.ova', { source: 'file', filePath: '/x/exported.ova' }],
  ])('%s begins a machine', (path, change) => {
    expect(resolveDrop([path], anywhere, providers)).toEqual({ kind: 'create', change })
  })

  test.each([
    [['/x/notes.txt'], 'explain.dropUnknown', { file: 'notes.txt' }],
    [['/x/folder'], 'explain.dropUnknown', { file: 'folder' }],
    [['/x/debian.img.xz'], 'explain.dropPacked', { file: 'debian.img.xz' }],
    [['/x/mac.utm'], 'explain.dropNoTool', { file: 'mac.utm' }],
    [['/x/a.iso', '/x/b.iso'], 'explain.dropMany', undefined],
    [[''], 'explain.dropNoPath', undefined],
    [[], 'explain.dropNoPath', undefined],
  ])('%j is refused because of %s', (paths, key, params) => {
    const reason = params === undefined ? { key } : { key, params }
    expect(resolveDrop(paths, anywhere, providers)).toEqual({ kind: 'refused', reason })
  })
})

describe('a file dropped on a machine', () => {
  test.each([
    ['its row copies every file into it', 'row', open, '/x/a.iso', 'copy'],
    ['its page begins a new machine with an image', 'page', open, '/x/a.iso', 'create'],
    ['its page copies every other file into it', 'page', open, '/x/notes.txt', 'copy'],
    ['its row begins a new machine where it takes no files', 'row', closed, '/x/a.iso', 'create'],
  ] as const)('%s', (_title, kind, machine, path, result) => {
    expect(resolveDrop([path], { kind, machine }, providers).kind).toBe(result)
  })

  test.each(['row', 'page'] as const)('says at its %s why it takes no files', (kind) => {
    expect(resolveDrop(['/x/notes.txt'], { kind, machine: closed }, providers)).toEqual({
      kind: 'refused',
      reason: why,
    })
  })

  test('is announced before it is dropped', () => {
    expect(dropHint({ kind: 'row', machine: open })).toEqual({ key: 'drop.copy', params: { name: 'one' } })
    expect(dropHint({ kind: 'page', machine: open }).key).toBe('drop.hereOrCopy')
    expect(dropHint({ kind: 'row', machine: closed }).key).toBe('drop.here')
  })
})

describe('a file dropped on a dialog', () => {
  test('gives its path to a field that takes one', () => {
    expect(resolveDrop(['/x/any'], { kind: 'field' }, providers)).toEqual({ kind: 'path', path: '/x/any' })
  })

  test('fills the form for a new machine, and closes no other dialog', () => {
    expect(resolveDrop(['/x/a.iso'], { kind: 'form' }, providers).kind).toBe('create')
    expect(resolveDrop(['/x/a.iso'], { kind: 'dialog' }, providers)).toEqual({
      kind: 'refused',
      reason: { key: 'explain.dropDialog' },
    })
  })
})
