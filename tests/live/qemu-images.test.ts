import { execFileSync } from 'node:child_process'
import { chmod, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import type { Host } from '../../main/providers/provider.ts'
import { createQemuProvider } from '../../main/providers/qemu/provider.ts'
import { errorFrom, facet, op } from '../conformance/ground.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

/** What lies in the images of QEMU machines that are off, with the real qemu-img. */
describe.skipIf(missingQemu !== null)('images of QEMU machines', () => {
  let ground: QemuGround
  beforeAll(async () => {
    ground = await qemuGround()
  })
  afterAll(async () => {
    await ground.leave()
  })

  const diskOf = (id: MachineId): string => join(ground.folderOf(id), 'disk0.qcow2')
  const run = (tool: string, ...args: readonly string[]): string => execFileSync(tool, args).toString()
  const write = (id: MachineId, byte: string, at: string): string =>
    run('qemu-io', '-f', 'qcow2', '-c', `write -q -P ${byte} ${at} 64k`, diskOf(id))
  /** Fails unless 64 KiB at this place hold this byte. */
  const expectByte = (path: string, byte: string, at: string): void => {
    expect(run('qemu-io', '-r', '-f', 'qcow2', '-c', `read -P ${byte} ${at} 64k`, path)).not.toContain('failed')
  }
  const virtualBytes = (path: string): number =>
    JSON.parse(run('qemu-img', 'info', '--output=json', path))['virtual-size']
  const snapshots = () => facet(ground as never, 'snapshots')
  const configure = (id: MachineId, mebibytes: number): Promise<void> =>
    facet(ground as never, 'configure').configure(id, { diskBytes: mebibytes * MiB }, op())
  const shownBytes = async (id: MachineId): Promise<number | undefined> =>
    (await facet(ground as never, 'configure').read(id, op())).values.diskBytes
  const take = (id: MachineId, name: string): Promise<string> =>
    snapshots().take(id, { name, description: '', memory: false }, op())
  const clone = (id: MachineId, mode: 'full' | 'linked', snapshotId: string | null): Promise<MachineId> =>
    facet(ground as never, 'clone').clone(id, { name: `${mode} of ${snapshotId}`, mode, snapshotId }, op())
  const blank = (name: string): Promise<MachineId> =>
    ground.make(name, { disk: { from: 'blank', sizeBytes: 64 * MiB } })

  it('give a clone the size and every byte of its snapshot, whatever size the disk has now', async () => {
    const id = await blank('grown, "1"')
    write(id, '0x11', '1M')
    const small = await take(id, 'small')
    await configure(id, 128)
    write(id, '0x22', '100M')
    const big = await take(id, 'big')
    await snapshots().restore(id, small, op())
    expect(virtualBytes(diskOf(id))).toBe(64 * MiB)
    const before = await readFile(diskOf(id))

    for (const mode of ['full', 'linked'] as const) {
      const made = await clone(id, mode, big)
      expect(virtualBytes(diskOf(made))).toBe(128 * MiB)
      expectByte(diskOf(made), '0x22', '100M')
      expectByte(diskOf(made), '0x11', '1M')
      expect(await shownBytes(made)).toBe(128 * MiB)
    }
    // The machine's own disk was only read.
    expect((await readFile(diskOf(id))).equals(before)).toBe(true)

    await snapshots().restore(id, big, op())
    const smaller = await clone(id, 'full', small)
    expect(virtualBytes(diskOf(smaller))).toBe(64 * MiB)
    expectByte(diskOf(smaller), '0x11', '1M')
  })

  it('are shown and grown by the size that they have after a restore', async () => {
    const id = await blank('restored')
    const small = await take(id, 'small')
    await configure(id, 128)
    await snapshots().restore(id, small, op())
    expect(await shownBytes(id)).toBe(64 * MiB)
    const { facts } = await ground.provider.details(id, op())
    expect(facts.find(({ label }) => label.key === 'kept.fact.disk')?.value).toMatch(/^67.1 MB/)
    await configure(id, 96)
    expect(virtualBytes(diskOf(id))).toBe(96 * MiB)
    await configure(id, 128)
    expect(virtualBytes(diskOf(id))).toBe(128 * MiB)
    expect(await errorFrom(configure(id, 64))).toMatchObject({ message: { key: 'kept.error.shrink' } })
  })

  it('that were cut are not gone back to, and the machine stays as it is', async () => {
    const id = await blank('cut')
    run('qemu-io', '-f', 'qcow2', '-c', 'write -q -P 0x33 0 4M', diskOf(id))
    const whole = await take(id, 'whole')
    const size = (await readFile(diskOf(id))).length
    await truncate(diskOf(id), Math.floor(size / 2))
    const before = await readFile(diskOf(id))
    for (const work of [() => snapshots().restore(id, whole, op()), () => clone(id, 'full', whole)]) {
      expect(await errorFrom(work())).toMatchObject({
        code: 'output-unreadable',
        message: { key: 'kept.error.cutShort', params: { path: diskOf(id) } },
      })
    }
    expect((await readFile(diskOf(id))).equals(before)).toBe(true)
    expect((await snapshots().tree(id, op())).restores).toEqual([])
  })

  it('are looked at at once after qemu-img was killed in them: what leaked is given back, and no tag stays', async () => {
    const id = await blank('killed')
    const kept = await take(id, 'kept')
    const real = (await ground.host.findTool('qemu-img')) ?? ''
    const tool = join(ground.folder, 'qemu-img-killed')
    // Writes its tag, leaks a cluster as a qemu-img does that was cutting one off, and dies; the next time it works.
    await writeFile(
      tool,
      `#!/usr/bin/env bash
if [ "$1" = snapshot ] && [ "$3" = -c ] && [ ! -e ${tool}.done ]; then
  touch ${tool}.done
  ${real} "$@"
  block=$(od -An -tu8 --endian=big -j48 -N8 '${diskOf(id)}'); entry=$(od -An -tu8 --endian=big -j$block -N8 '${diskOf(id)}')
  printf '\\0\\1' | dd of='${diskOf(id)}' bs=1 seek=$((entry + 2 * 4000)) conv=notrunc status=none
  kill -9 $$
fi
exec ${real} "$@"
`,
    )
    await chmod(tool, 0o755)
    const host: Host = {
      ...ground.host,
      findTool: async (name) => (name === 'qemu-img' ? tool : ground.host.findTool(name)),
    }
    const provider = createQemuProvider(host)
    const error = await errorFrom(
      provider.snapshots?.take(id, { name: 'never', description: '', memory: false }, op()) ?? Promise.resolve(),
    )
    expect(error).toMatchObject({ code: 'tool-failed' })
    await provider.dispose()
    expect(JSON.parse(run('qemu-img', 'check', '--output=json', diskOf(id))).leaks ?? 0).toBe(0)
    const info = JSON.parse(run('qemu-img', 'info', '--output=json', diskOf(id)))
    expect(info.snapshots.map((one: { readonly name: string }) => one.name)).toEqual([kept])
    expect((await snapshots().tree(id, op())).snapshots.map(({ name }) => name)).toEqual(['kept'])
  })
})
