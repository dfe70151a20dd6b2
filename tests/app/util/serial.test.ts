import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSerial } from '../../../app/util/serial.ts'

describe('a serial', () => {
  it('runs one job of a key at a time, in order, whatever else goes on and whichever fail', async () => {
    const jobs = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), fails: fc.boolean() }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), jobs, async (scheduler, list) => {
        const serial = createSerial()
        const running = new Set<string>()
        const order = new Map<string, number[]>()
        const results = list.map(({ key, fails }, index) =>
          serial.run(key, async () => {
            expect(running.has(key)).toBe(false)
            running.add(key)
            order.set(key, [...(order.get(key) ?? []), index])
            await scheduler.schedule(Promise.resolve())
            running.delete(key)
            if (fails) throw new Error('due')
            return index
          }),
        )
        const settled = Promise.allSettled(results)
        await scheduler.waitFor(settled)
        const outcomes = await settled
        outcomes.forEach((outcome, index) => {
          expect(outcome.status).toBe(list[index]?.fails === true ? 'rejected' : 'fulfilled')
        })
        for (const indexes of order.values()) expect(indexes).toEqual([...indexes].sort((a, b) => a - b))
      }),
      { numRuns: 60 },
    )
  })

  it('forgets a key once nothing of it runs or waits', async () => {
    const serial = createSerial()
    const job = serial.run('a', async () => 1)
    expect(serial.isBusy('a')).toBe(true)
    expect(serial.isBusy('b')).toBe(false)
    await job
    await Promise.resolve()
    await Promise.resolve()
    expect(serial.isBusy('a')).toBe(false)
  })
})
