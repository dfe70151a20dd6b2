import { describe, expect, it } from 'vitest'
import { createAttention } from '../../../main/services/attention.ts'

describe('whether anybody looks', () => {
  it('is so while a page is connected and the window is shown', () => {
    const attention = createAttention(() => {})
    const told: boolean[] = []
    attention.onChanged((isWatched) => told.push(isWatched))
    expect(attention.isWatched()).toBe(false)
    attention.setViewers(1)
    attention.setViewers(2)
    attention.setVisible(false)
    attention.setVisible(false)
    attention.setVisible(true)
    attention.setViewers(0)
    expect(told).toEqual([true, false, true, false])
  })
})
