import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coalesce, type Schedule } from '../../../app/util/coalesce.ts'

/** A clock that is turned by hand. */
function handClock(): { schedule: Schedule; turn: (ms: number) => void; waiting: () => number } {
  let now = 0
  let next = 0
  const timers = new Map<number, { at: number; job: () => void }>()
  return {
    schedule(job, delayMs) {
      const id = next
      next += 1
      timers.set(id, { at: now + delayMs, job })
      return () => void timers.delete(id)
    },
    turn(ms) {
      now += ms
      for (const [id, timer] of timers) {
        if (timer.at > now) continue
        timers.delete(id)
        timer.job()
      }
    },
    waiting: () => timers.size,
  }
}

describe('coalesce', () => {
  it('runs once for all that was asked within the delay, and never without being asked', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom('request', 'flush', 'cancel'), fc.integer({ min: 1, max: 30 })))
    fc.assert(
      fc.property(steps, (list) => {
        const clock = handClock()
        let runs = 0
        let due: number | null = null
        let now = 0
        let expected = 0
        const job = coalesce(() => (runs += 1), 20, clock.schedule)
        for (const step of list) {
          if (step === 'request') {
            job.request()
            due ??= now + 20
          } else if (step === 'flush') {
            job.flush()
            if (due !== null) expected += 1
            due = null
          } else if (step === 'cancel') {
            job.cancel()
            due = null
          } else if (typeof step === 'number') {
            now += step
            clock.turn(step)
            if (due !== null && due <= now) {
              expected += 1
              due = null
            }
          }
          expect(runs).toBe(expected)
          expect(clock.waiting()).toBe(due === null ? 0 : 1)
        }
      }),
    )
  })

  it('may be asked again by the job itself', () => {
    const clock = handClock()
    let runs = 0
    const job = coalesce(
      () => {
        runs += 1
        if (runs < 3) job.request()
      },
      10,
      clock.schedule,
    )
    job.request()
    for (const _ of [1, 2, 3, 4]) clock.turn(10)
    expect(runs).toBe(3)
  })
})
