import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOwnBytes, readOwnBytes } from '../../../../main/providers/common/images/qcow2-own-bytes.ts'

const MiB = 1024 * 1024
const hasTools = (() => {
  try {
    execFileSync('qemu-io', ['--version'])
    return true
  } catch {
    return false
  }
})()

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-own-bytes-'))
})
afterAll(() => rm(folder, { recursive: true }))

const tool = (name: 'qemu-img' | 'qemu-io', ...args: string[]): void => void execFileSync(name, args)
const write = (path: string, at: string, length: string): void =>
  tool('qemu-io', '-f', 'qcow2', '-c', `write -P 7 ${at} ${length}`, path)
const make = (name: string, options = 'compat=1.1'): string => {
  const path = join(folder, name)
  tool('qemu-img', 'create', '-q', '-f', 'qcow2', '-o', options, path, '1G')
  return path
}

describe.runIf(hasTools)('what a snapshot has for itself in a disk', () => {
  test.each([
    ['clusters of 64 KiB', 'compat=1.1'],
    ['the first version', 'compat=0.10'],
    ['clusters of 2 MiB', 'cluster_size=2M'],
    ['counts of one byte', 'refcount_bits=8'],
    ['counts of four bytes', 'refcount_bits=32'],
    ['subclusters', 'extended_l2=on,cluster_size=128k'],
  ])('is what was written over since, with %s', async (name, options) => {
    const path = make(`${name}.qcow2`, options)
    write(path, '0', '16M')
    tool('qemu-img', 'snapshot', '-c', 'off', path)
    expect((await readOwnBytes(path))?.get('off')).toBe(0)
    write(path, '4M', '8M')
    const own = (await readOwnBytes(path))?.get('off') ?? 0
    // With the tables that lead to it.
    expect(own).toBeGreaterThanOrEqual(8 * MiB)
    expect(own).toBeLessThanOrEqual(12 * MiB)
  })

  test('is what an undo copy keeps of a machine that was off, and is read again once the disk has changed', async () => {
    const path = make('undo.qcow2')
    const ownBytes = createOwnBytes()
    write(path, '0', '4M')
    tool('qemu-img', 'snapshot', '-c', 'base', path)
    write(path, '512M', '6M')
    tool('qemu-img', 'snapshot', '-c', 'copy', path)
    expect((await ownBytes([path])).get('copy')).toBe(0)
    tool('qemu-img', 'snapshot', '-a', 'base', path)
    const bytes = await ownBytes([path])
    expect(bytes.get('copy')).toBeGreaterThanOrEqual(6 * MiB)
    expect(bytes.get('copy')).toBeLessThan(7 * MiB)
    expect(bytes.get('base')).toBe(0)
    expect(await ownBytes([path])).toBe(bytes)
  })

  test('is not told of what is no qcow2 or was cut', async () => {
    const raw = join(folder, 'raw.img')
    await writeFile(raw, 'no image')
    expect(await readOwnBytes(raw)).toBeNull()
    const path = make('cut.qcow2')
    write(path, '0', '4M')
    tool('qemu-img', 'snapshot', '-c', 'one', path)
    await truncate(path, 70_000)
    expect((await readOwnBytes(path))?.get('one') ?? null).toBeNull()
    expect((await createOwnBytes()([raw, path])).size).toBe(0)
  })
})
