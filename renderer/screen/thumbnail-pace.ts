import type { ScreenState } from '../../app/domain/screen.ts'

/** When a thumbnail is drawn anew. */
export interface ThumbnailPace {
  /** Draws a picture; settles when the next may follow. */
  draw(paint: () => Promise<void>): Promise<void>
  becomes(state: ScreenState): void
  end(): void
}

/**
 * A picture stays for `refreshMs`, which pass only while the window is seen. One that came before the screen was live makes
 * room at once when it is: it shows what the machine was, and after a restore that is no more.
 */
export function createThumbnailPace(
  refreshMs: number,
  page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
): ThumbnailPace {
  let isLive = false
  let timesLive = 0
  let isOver = false
  let finish = (): void => {}

  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      let isPassed = false
      const look = (): void => {
        if (isPassed && !page.hidden) finish()
      }
      const timer = setTimeout(() => {
        isPassed = true
        look()
      }, refreshMs)
      finish = () => {
        clearTimeout(timer)
        page.removeEventListener('visibilitychange', look)
        resolve()
      }
      page.addEventListener('visibilitychange', look)
    })

  return {
    async draw(paint) {
      const cameAt = timesLive
      await paint()
      if (!isOver && cameAt === timesLive) await rest()
    },
    becomes(state) {
      const wasLive = isLive
      isLive = state === 'live'
      if (!isLive || wasLive) return
      timesLive += 1
      finish()
    },
    end() {
      isOver = true
      finish()
    },
  }
}
