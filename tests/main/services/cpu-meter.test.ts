import { describe, expect, it } from 'vitest'
import { createCpuMeter } from '../../../main/services/cpu-meter.ts'

const processor = (busy: number, idle: number) => ({ times: { user: busy, nice: 0, sys: 0, irq: 0, idle } })

function setUp() {
  let processors = [processor(0, 0), processor(0, 0)]
  let nowMs = 0
  const meter = createCpuMeter(
    () => processors,
    () => nowMs,
  )
  return {
    meter,
    pass(ms: number, next: typeof processors) {
      nowMs += ms
      processors = next
    },
  }
}

describe('how busy this computer is', () => {
  it('is not known before time has passed', () => {
    expect(setUp().meter()).toBeNull()
  })

  it('is the share of all processors together since it was last asked', () => {
    const { meter, pass } = setUp()
    pass(60_000, [processor(60_000, 0), processor(0, 60_000)])
    expect(meter()).toBe(50)
    pass(10_000, [processor(60_000, 10_000), processor(0, 70_000)])
    expect(meter()).toBe(0)
  })

  it('stays what it was when it is asked again at once', () => {
    const { meter, pass } = setUp()
    pass(60_000, [processor(15_000, 45_000), processor(15_000, 45_000)])
    expect(meter()).toBe(25)
    pass(10, [processor(15_010, 45_000), processor(15_010, 45_000)])
    expect(meter()).toBe(25)
  })

  it('is not known where the system does not count', () => {
    const { meter, pass } = setUp()
    pass(60_000, [processor(0, 0)])
    expect(meter()).toBeNull()
  })
})
