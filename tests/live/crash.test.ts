import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { builtinScenario } from '../support/crash/builtin-scenario.ts'
import { dockerScenario } from '../support/crash/docker-scenario.ts'
import { type Begin, type FaultName, stage } from '../support/crash/fault-names.ts'
import { crashLoop } from '../support/crash/loop.ts'
import { podmanScenario } from '../support/crash/podman-scenario.ts'
import { missingPowerCut } from '../support/crash/power-cut.ts'
import { qemuScenario } from '../support/crash/qemu-scenario.ts'
import { virtualboxScenario } from '../support/crash/virtualbox-scenario.ts'
import { missingMount } from '../support/small-disk.ts'
import { missingVirtualBox } from '../support/virtualbox-lab.ts'

function has(tool: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', tool], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const hasQemu = has('qemu-system-x86_64')
const hasDockerd = has('dockerd') && process.getuid?.() === 0
const hasPodman = has('podman') && process.getuid?.() === 0
const hasVirtualBox = missingVirtualBox === null
const mounts = missingMount === null
const cutsPower = missingPowerCut() === null

/**
 * Each fault on the machine that needs no tool, and on each tool those that only it can meet. One moment of most, with a new seed
 * every time; `npm run crash -- NAME COUNT --fault FAULT --seed SEED` is the long version.
 */
const rounds: readonly (readonly [who: string, fault: FaultName, when: string, moments: number, Begin, boolean])[] = [
  ['built-in machines', 'berth', 'Berth is killed', 2, builtinScenario, true],
  ['built-in machines', 'power', 'the power goes', 1, builtinScenario, cutsPower],
  ['built-in machines', 'full', 'the disk runs full', 1, builtinScenario, mounts],
  ['built-in machines', 'clock', 'the clock jumps', 1, builtinScenario, true],
  ['built-in machines', 'damaged', 'a file of Berth’s own is damaged', 1, builtinScenario, true],
  ['built-in machines', 'unreadable', 'a file of Berth’s own cannot be read', 1, builtinScenario, true],
  ['QEMU machines', 'berth', 'Berth is killed', 1, qemuScenario, hasQemu],
  ['QEMU machines', 'tool', 'a process of QEMU’s is killed', 1, qemuScenario, hasQemu],
  ['QEMU machines', 'power', 'the power goes', 1, qemuScenario, hasQemu && cutsPower],
  ['containers', 'berth', 'Berth is killed', 1, dockerScenario, hasDockerd],
  ['containers', 'tool', 'dockerd is killed', 1, dockerScenario, hasDockerd],
  ['podman’s containers', 'berth', 'Berth is killed', 1, podmanScenario, hasPodman],
  ['VirtualBox machines', 'berth', 'Berth is killed', 1, virtualboxScenario, hasVirtualBox],
  ['VirtualBox machines', 'tool', 'VBoxSVC or VBoxHeadless is killed', 1, virtualboxScenario, hasVirtualBox],
]

describe('in the middle of what Berth does', () => {
  for (const [who, name, when, moments, begin, isPossible] of rounds) {
    it.runIf(isPossible)(
      `${who} lose nothing when ${when}`,
      async () => {
        const { fault, scenario } = await stage(name, begin)
        const seed = Date.now() % 100_000
        const report = await crashLoop({ fault, scenario, moments, seed, say: console.info })
        expect(report.findings).toEqual([])
      },
      300_000,
    )
  }
})
