import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { builtinScenario } from '../support/crash/builtin-scenario.ts'
import { dockerScenario } from '../support/crash/docker-scenario.ts'
import { crashLoop } from '../support/crash/loop.ts'
import { qemuScenario } from '../support/crash/qemu-scenario.ts'
import { virtualboxScenario } from '../support/crash/virtualbox-scenario.ts'
import { missingVirtualBox } from '../support/virtualbox-lab.ts'

const moments = 8

function has(tool: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', tool], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The long version is `npm run crash`: a hundred moments and more, with a seed that a bad run can be had again by. */
describe('Berth, killed in the middle of what it does', () => {
  it('loses no built-in machine, disk or snapshot, though they end with it', async () => {
    const seed = Date.now() % 100_000
    const report = await crashLoop({ scenario: await builtinScenario(), moments, seed, say: console.info })
    expect(report.findings).toEqual([])
  }, 300_000)

  it.runIf(has('qemu-system-x86_64'))(
    'loses no QEMU machine, disk or snapshot, leaves nothing half there, and finds what runs',
    async () => {
      const seed = Date.now() % 100_000
      const report = await crashLoop({ scenario: await qemuScenario(), moments, seed, say: console.info })
      expect(report.findings).toEqual([])
    },
    300_000,
  )

  it.runIf(missingVirtualBox === null)(
    'loses no VirtualBox machine or snapshot, leaves nothing half there, and finds what runs',
    async () => {
      const seed = Date.now() % 100_000
      const report = await crashLoop({ scenario: await virtualboxScenario(), moments, seed, say: console.info })
      expect(report.findings).toEqual([])
    },
    300_000,
  )

  it.runIf(has('dockerd') && process.getuid?.() === 0)(
    'loses no container or snapshot, leaves nothing half there, and runs nothing twice',
    async () => {
      const seed = Date.now() % 100_000
      const report = await crashLoop({ scenario: await dockerScenario(), moments, seed, say: console.info })
      expect(report.findings).toEqual([])
    },
    300_000,
  )
})
