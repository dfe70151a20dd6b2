import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatMemory, GB, GiB, KB, KiB, MB, MiB, parseBytes } from '../../../app/domain/units.ts'

describe('formatBytes', () => {
  it.for([
    [0, '0 B'],
    [999, '999 B'],
    [999.4, '999 B'],
    [999.5, '1 KB'],
    [980 * KB, '980 KB'],
    [1_049 * KB, '1 MB'],
    [4.4 * GB, '4.4 GB'],
    [99.94 * GB, '99.9 GB'],
    [99.95 * GB, '100 GB'],
    [41.3 * GB, '41.3 GB'],
    [2_000 * GB, '2 TB'],
    [5e21, '5,000,000 PB'],
  ] as const)('writes %d as %s', ([bytes, text]) => {
    expect(formatBytes(bytes, 'en')).toBe(text)
  })

  it('writes the unit without a space in Korean', () => {
    expect(formatBytes(4.4 * GB, 'ko')).toBe('4.4GB')
    expect(formatMemory(8 * GiB, 'ko')).toBe('8GB')
  })

  it('writes nothing for what is no size', () => {
    for (const bytes of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(formatBytes(bytes, 'en')).toBe('')
  })

  it('never writes more than four figures below a petabyte', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e17, noNaN: true }), (bytes) => {
        expect(formatBytes(bytes, 'en')).toMatch(/^\d{1,3}(\.\d)? [KMGTP]?B$/)
      }),
    )
  })
})

describe('formatMemory', () => {
  it.for([
    [8 * GiB, '8 GB'],
    [0.25 * GiB, '256 MB'],
    [1.5 * GiB, '1.5 GB'],
    [100 * GiB, '100 GB'],
    [16 * KiB, '16 KB'],
  ] as const)('names %d as every system’s settings do: %s', ([bytes, text]) => {
    expect(formatMemory(bytes, 'en')).toBe(text)
  })
})

describe('parseBytes', () => {
  it.for([
    ['4096', 1, 4096],
    ['4 GB', 1, 4 * GB],
    ['4GiB', 1, 4 * GiB],
    ['512 mib', 1, 512 * MiB],
    ['1.5g', 1, 1.5 * GB],
    ['1,5 G', 1, 1.5 * GB],
    ['2', MiB, 2 * MiB],
    ['8 b', GiB, 8 * GiB],
    ['1 T', 1, 1000 * GB],
    [' 7 M ', 1, 7 * MB],
  ] as const)('reads %j with unit %d as %d', ([text, unit, bytes]) => {
    expect(parseBytes(text, unit)).toBe(bytes)
  })

  it.for(['', ' ', 'x', '-1', '1.2.3', '4 GB!', '1e9', '９', '999999999999 TB'])('finds no size in %j', (text) => {
    expect(parseBytes(text)).toBeNull()
  })

  it('reads back what formatBytes writes, to the figures shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e14 }), (bytes) => {
        const back = parseBytes(formatBytes(bytes, 'en'))
        expect(back).not.toBeNull()
        expect(Math.abs((back ?? 0) - bytes)).toBeLessThanOrEqual(Math.max(1, bytes * 0.05))
      }),
    )
  })
})
