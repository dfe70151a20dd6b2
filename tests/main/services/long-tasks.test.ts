import { describe, expect, test } from 'vitest'
import { isWorthTelling } from '../../../main/services/long-tasks.ts'
import { task } from '../../renderer/support.ts'

const startedAt = '2026-11-23T09:00:00.000Z'
const secondsOn = (seconds: number): string => new Date(Date.parse(startedAt) + seconds * 1000).toISOString()

describe('a person who went away', () => {
  test('hears of a task that took half a minute and ended, well or badly', () => {
    for (const state of ['succeeded', 'failed'] as const) {
      expect(isWorthTelling(task('one', { state, startedAt, endedAt: secondsOn(30) }))).toBe(true)
      expect(isWorthTelling(task('one', { state, startedAt, endedAt: secondsOn(29) }))).toBe(false)
    }
  })

  test('does not hear of what runs, never began, or was called off', () => {
    expect(isWorthTelling(task('one', { startedAt }))).toBe(false)
    expect(isWorthTelling(task('one', { state: 'failed', startedAt: null, endedAt: secondsOn(60) }))).toBe(false)
    expect(isWorthTelling(task('one', { state: 'cancelled', startedAt, endedAt: secondsOn(60) }))).toBe(false)
  })
})
