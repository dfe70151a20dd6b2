import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createThumbnailPace } from '../../../renderer/screen/thumbnail-pace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const refreshMs = 5_000
const nothing = async (): Promise<void> => {}

function window() {
  const page = Object.assign(new EventTarget(), { hidden: false })
  const pace = createThumbnailPace(refreshMs, page as unknown as Document)
  /** Draws a picture, and says later whether the next may follow. */
  const draw = (paint = nothing): (() => boolean) => {
    let isNextWanted = false
    void pace.draw(paint).then(() => {
      isNextWanted = true
    })
    return () => isNextWanted
  }
  return { page, pace, draw }
}

describe('a thumbnail of a screen', () => {
  it('keeps a picture of the live screen for its time', async () => {
    const { pace, draw } = window()
    pace.becomes('live')
    const isNextWanted = draw()
    await vi.advanceTimersByTimeAsync(refreshMs - 1)
    expect(isNextWanted()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isNextWanted()).toBe(true)
  })

  it('asks for the present picture as soon as the screen is live: the kept one is of before', async () => {
    const { pace, draw } = window()
    pace.becomes('connecting')
    const isNextWanted = draw()
    await vi.advanceTimersByTimeAsync(100)
    expect(isNextWanted()).toBe(false)
    pace.becomes('live')
    await vi.advanceTimersByTimeAsync(0)
    expect(isNextWanted()).toBe(true)
  })

  it('does so too when the screen is live before the kept picture is painted', async () => {
    const { pace, draw } = window()
    let painted = (): void => {}
    const isNextWanted = draw(() => new Promise((resolve) => (painted = resolve)))
    pace.becomes('live')
    painted()
    await vi.advanceTimersByTimeAsync(0)
    expect(isNextWanted()).toBe(true)
  })

  it('does so again when the screen was away, as it is while its machine goes back', async () => {
    const { pace, draw } = window()
    pace.becomes('live')
    const isNextWanted = draw()
    pace.becomes('lost')
    pace.becomes('live')
    await vi.advanceTimersByTimeAsync(0)
    expect(isNextWanted()).toBe(true)
  })

  it('waits while the window is not seen', async () => {
    const { page, pace, draw } = window()
    pace.becomes('live')
    page.hidden = true
    const isNextWanted = draw()
    await vi.advanceTimersByTimeAsync(3 * refreshMs)
    expect(isNextWanted()).toBe(false)
    page.hidden = false
    page.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(0)
    expect(isNextWanted()).toBe(true)
  })

  it('waits for nothing once it is gone', async () => {
    const { pace, draw } = window()
    pace.becomes('live')
    const isNextWanted = draw()
    pace.end()
    await vi.advanceTimersByTimeAsync(0)
    expect(isNextWanted()).toBe(true)
  })
})
