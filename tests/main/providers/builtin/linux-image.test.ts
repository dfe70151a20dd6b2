import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../../../app/domain/units.ts'
import type { Definition } from '../../../../main/providers/builtin/definitions.ts'
import { readMemory } from '../../../../main/providers/builtin/emulator/memory-file.ts'
import { unpackDisk } from '../../../../main/providers/builtin/packed-disk.ts'
import { preparedFor } from '../../../../main/providers/builtin/prepared.ts'
import { linux } from '../../../../main/providers/builtin/program.ts'

const folder = fileURLToPath(new URL('../../../../assets/linux', import.meta.url))
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
const mke2fs = spawnSync('mke2fs', ['-V'], {
  encoding: 'utf8',
  env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
})
const hasTools =
  process.platform === 'linux' &&
  (await text('SOURCES')).includes(mke2fs.stderr?.split('\n')[0] ?? '-') &&
  ['debugfs', 'as', 'ld'].every(
    (name) =>
      spawnSync(name, ['--version'], { env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } }).error === undefined,
  )

const definition: Definition = {
  version: 1,
  uuid: '00000000-0000-4000-8000-000000000000',
  name: 'linux',
  createdAt: '2026-01-01T00:00:00.000Z',
  system: 'linux',
  memoryBytes: 32 * MiB,
  diskBytes: 1024 * MiB,
  discPath: null,
  sharedFolder: null,
  network: { mode: 'none' },
  prepared: null,
}

describe('the Linux that comes with Berth', () => {
  it('is kept as it was built, by its sums, in no more than 10 MB', async () => {
    const sums = await text('SHA256SUMS')
    const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    for (const name of ['bios.bin', 'vgabios.bin']) {
      expect(sums).toContain(`${sumOf(await readFile(join(folder, name)))}  ${name}\n`)
    }
    for (const name of ['linux-disk', 'linux-state', 'linux-state-disk']) {
      expect(sums).toContain(`${sumOf(gunzipSync(await readFile(join(folder, `${name}.gz`))))}  ${name}\n`)
    }
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10_000_000)
  })

  it('has a memory that this emulator goes on from: assets/linux/make-state.mjs makes another', async () => {
    expect(await preparedFor(definition)).not.toBeNull()
    expect(await preparedFor({ ...definition, memoryBytes: 64 * MiB })).toBeNull()
    const { memory } = JSON.parse(await readFile(linux.prepared, 'utf8'))
    const { sizeBytes, checksum } = memory
    expect((await readMemory({ packed: await readFile(linux.state), sizeBytes, checksum })).byteLength).toBe(sizeBytes)
  })

  it('names every package that is in it, with its version, where its source is offered', async () => {
    const [sources, packages, readme] = await Promise.all([text('SOURCES'), text('packages'), text('README.md')])
    for (const [, name = '', version = ''] of packages.matchAll(/^in +\S+ +(\S+) +(\S+)$/gm)) {
      const source = name.replace(/^linux-source-.*/, 'linux').replace(/-dev$/, '')
      expect(sources).toContain(`${source} ${version}\n`)
    }
    expect(readme).toMatch(/three years[\s\S]*complete corresponding source/)
  })

  it.runIf(hasTools)('has the disk that its files, kernel and busybox make, byte for byte', async () => {
    const work = await mkdtemp(join(tmpdir(), 'berth-linux-'))
    await unpackDisk(linux.disk, join(work, 'kept.img'), 'wx')
    const rebuilt = spawnSync(join(folder, 'rebuild-disk'), [work], { encoding: 'utf8' })
    expect(rebuilt.stderr).toBe('')
    expect(rebuilt.status).toBe(0)
    const sums = await text('SHA256SUMS')
    for (const name of ['vmlinuz', 'busybox']) {
      const sum = createHash('sha256').update(await readFile(join(work, name)))
      expect(sums).toContain(`${sum.digest('hex')}  ${name}\n`)
    }
    const packed = join(work, 'disk.gz')
    expect(spawnSync(process.execPath, [join(folder, 'pack.mjs'), join(work, 'disk.img'), packed]).status).toBe(0)
    const kept = gunzipSync(await readFile(linux.disk))
    expect(gunzipSync(await readFile(packed)).equals(kept)).toBe(true)
    await rm(work, { recursive: true })
  })
})
