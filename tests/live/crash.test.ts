import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { builtinScenario } from '../support/crash/builtin-scenario.ts'
import { dockerScenario } from '../support/crash/docker-scenario.ts'
import { type FaultName, stage } from '../support/crash/fault-names.ts'
import { crashLoop, type Scenario } from '../support/crash/loop.ts'
import { missingPowerCut } from '../support/crash/power-cut.ts'
import { qemuScenario } from '../support/crash/qemu-scenario.ts'
import { virtualboxScenario } from '../support/crash/virtualbox-scenario.ts'
import { missingMount } from '../support/small-disk.ts'
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

/** A few seconds each; `npm run crash -- NAME COUNT --fault FAULT` is the long version. */
const fewMoments = 4

async function findings(name: FaultName, begin: () => Promise<Scenario>): Promise<readonly string[]> {
  const { fault, scenario } = await stage(name, begin)
  const seed = Date.now() % 100_000
  return (await crashLoop({ fault, scenario, moments: fewMoments, seed, say: console.info })).findings
}

describe('built-in machines lose nothing', () => {
  it.runIf(missingPowerCut() === null)(
    'when the power goes, in the middle of something or just after it was done',
    async () => expect(await findings('power', builtinScenario)).toEqual([]),
    300_000,
  )
  it.runIf(missingMount === null)(
    'when the disk runs full',
    async () => expect(await findings('full', builtinScenario)).toEqual([]),
    300_000,
  )
  it('when the clock jumps', async () => expect(await findings('clock', builtinScenario)).toEqual([]), 300_000)
  it(
    'when a file of Berth’s own is damaged',
    async () => expect(await findings('damaged', builtinScenario)).toEqual([]),
    300_000,
  )
  it(
    'when a file of Berth’s own cannot be read for a while',
    async () => expect(await findings('unreadable', builtinScenario)).toEqual([]),
    300_000,
  )
})

describe.runIf(has('qemu-system-x86_64'))('QEMU machines lose nothing', () => {
  it.runIf(missingPowerCut() === null)(
    'when the power goes, in the middle of something or just after it was done',
    async () => expect(await findings('power', qemuScenario)).toEqual([]),
    300_000,
  )
  it(
    'when a process of QEMU’s is killed',
    async () => expect(await findings('tool', qemuScenario)).toEqual([]),
    300_000,
  )
})
