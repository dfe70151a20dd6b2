import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../../../assets/guest', import.meta.url))
const names = ['monitor.rom', 'monitor.img'] as const
const hasNasm = spawnSync('nasm', ['-v']).status === 0

describe('the guest that comes with Berth', () => {
  it('is kept as it was built, by its sums', async () => {
    const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8')
    for (const name of names) {
      const sum = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex')
      expect(sums).toContain(`${sum}  ${name}\n`)
    }
  })

  it('fits where it is started from', async () => {
    const [rom, image] = await Promise.all(names.map((name) => readFile(join(folder, name))))
    expect(rom).toHaveLength(65_536)
    // A far jump, at the place where a processor begins.
    expect(rom?.[0xfff0]).toBe(0xea)
    expect(image?.subarray(510, 512).toString('hex')).toBe('55aa')
    expect((image?.length ?? 0) % 512).toBe(0)
    // The line that `write` keeps is in sector 63.
    expect(image?.length).toBeLessThan(63 * 512)
  })

  it.runIf(hasNasm)('is built from the source beside it, byte for byte', async () => {
    const out = await mkdtemp(join(tmpdir(), 'berth-guest-'))
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'build.mjs'), out], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    for (const name of [...names, 'SHA256SUMS']) {
      expect(await readFile(join(out, name))).toEqual(await readFile(join(folder, name)))
    }
    await rm(out, { recursive: true })
  })
})
