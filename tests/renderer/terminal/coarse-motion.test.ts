import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCoarseMotion } from '../../../renderer/terminal/coarse-motion.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

describe('what turns in the window', () => {
  it('turns in steps while a flood shows, and smoothly again a second after it was last seen', () => {
    const marks: boolean[] = []
    const floods = createCoarseMotion((isCoarse) => void marks.push(isCoarse))
    for (let frame = 0; frame < 30; frame += 1) {
      floods()
      vi.advanceTimersByTime(100)
    }
    expect(marks).toEqual([true])
    vi.advanceTimersByTime(1_000)
    expect(marks).toEqual([true, false])
    floods()
    expect(marks).toEqual([true, false, true])
  })
})
