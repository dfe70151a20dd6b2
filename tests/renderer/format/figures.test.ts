import { describe, expect, it } from 'vitest'
import type { Stats } from '../../../app/domain/stats.ts'
import { MiB } from '../../../app/domain/units.ts'
import { memoryWhole } from '../../../renderer/format/figures.ts'
import { machine } from '../support.ts'

const stats = (memoryBytes: number | null, memoryLimitBytes: number | null): Stats => ({
  id: 'qemu:a',
  cpuPercent: null,
  memoryBytes,
  memoryLimitBytes,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkReceiveBytesPerSecond: null,
  networkSendBytesPerSecond: null,
})

describe('the whole of a memory figure', () => {
  it('is the limit, else the machine’s memory', () => {
    expect(memoryWhole(stats(4 * MiB, 16 * MiB), machine('a'))).toBe(16 * MiB)
    expect(memoryWhole(stats(4 * MiB, null), machine('a', { memoryBytes: 8 * MiB }))).toBe(8 * MiB)
    expect(memoryWhole(null, machine('a', { memoryBytes: 8 * MiB }))).toBe(8 * MiB)
    expect(memoryWhole(stats(4 * MiB, null), machine('a'))).toBeNull()
  })

  it('is not said when the program takes more than its guest has', () => {
    expect(memoryWhole(stats(26 * MiB, 16 * MiB), machine('a'))).toBeNull()
  })
})
