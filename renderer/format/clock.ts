import { useSyncExternalStore } from 'react'

/** Ticks once a minute or once a second, only while something on a visible page listens: at rest there is no timer. */
function createClock(periodMs: number): { subscribe: (listener: () => void) => () => void; now: () => number } {
  const listeners = new Set<() => void>()
  let now = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  const tick = (): void => {
    now = Date.now()
    for (const listener of [...listeners]) listener()
    plan()
  }
  const plan = (): void => {
    clearTimeout(timer)
    timer = listeners.size === 0 || document.hidden ? undefined : setTimeout(tick, periodMs - (Date.now() % periodMs))
  }
  const onVisibility = (): void => {
    if (document.hidden) clearTimeout(timer)
    else tick()
  }
  return {
    subscribe(listener) {
      if (listeners.size === 0) {
        now = Date.now()
        document.addEventListener('visibilitychange', onVisibility)
      }
      listeners.add(listener)
      if (timer === undefined) plan()
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        document.removeEventListener('visibilitychange', onVisibility)
        clearTimeout(timer)
        timer = undefined
      }
    },
    now: () => now,
  }
}

const minutes = createClock(60_000)
const seconds = createClock(1_000)

/** The time in ms, of this minute: for "3 h 12 min". */
export function useMinute(): number {
  return useSyncExternalStore(minutes.subscribe, minutes.now)
}

/** The time in ms, of this second: only while something counts down. */
export function useSecond(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.now)
}
