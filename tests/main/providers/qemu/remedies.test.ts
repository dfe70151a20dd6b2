import { describe, expect, it } from 'vitest'
import { remedies } from '../../../../main/providers/qemu/probe.ts'

const commands = (platform: NodeJS.Platform, tools: readonly string[]): readonly string[] =>
  remedies(platform, (path) => tools.includes(path)).flatMap((remedy) => remedy.commands)

describe('how to get QEMU', () => {
  it('is told for the package manager that this system has', () => {
    expect(commands('linux', ['/usr/bin/dnf'])).toEqual(['sudo dnf install qemu-system-x86 qemu-img edk2-ovmf'])
    expect(commands('darwin', [])).toEqual(['brew install qemu'])
  })

  it('is told for each of them when none is known, and always where else to look', () => {
    expect(commands('linux', [])).toHaveLength(3)
    expect(remedies('linux', () => false).at(-1)?.url).toMatch(/^https:/)
  })
})
