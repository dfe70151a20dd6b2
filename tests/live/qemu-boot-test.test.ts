import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRunner } from '../../main/exec/run.ts'
import { tryAccelerator } from '../../main/providers/qemu/accelerator-trial.ts'
import { architectureOf } from '../../main/providers/qemu/architectures.ts'
import { bootTestOf, writeBootTest } from '../../main/providers/qemu/boot-test.ts'

const hasArm = isThere('qemu-system-aarch64')

function isThere(tool: string): boolean {
  try {
    return execFileSync(tool, ['--version'], { encoding: 'utf8' }).includes('QEMU')
  } catch {
    return false
  }
}

describe('the test guest in a real QEMU', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-boot-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const isMissing = (arch: string): boolean => arch === 'aarch64' && !hasArm
  for (const arch of ['x86_64', 'aarch64']) {
    it.skipIf(isMissing(arch))(
      `runs to its end on an emulated ${arch} machine, its start and its work timed apart`,
      async () => {
        const test = bootTestOf(arch)
        if (test === null) throw new Error(`no test guest for ${arch}`)
        await writeBootTest(test, folder)
        const { emulated, asHost } = await tryAccelerator({
          exec: createRunner({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }),
          file: `qemu-system-${arch}`,
          folder,
          test,
          // None that exists, so that QEMU itself refuses.
          accelerator: 'no-such-accelerator',
          emulatedCpu: architectureOf(arch).emulatedCpu,
        })
        expect(emulated).toMatchObject({ outcome: 'passed', startMs: expect.any(Number), workMs: expect.any(Number) })
        expect(emulated.workMs).toBeGreaterThan(20)
        expect(asHost).toEqual({ outcome: 'failed', startMs: null, workMs: null })
      },
    )
  }
})
