import { useEffect, useRef } from 'react'
import { focusPaneNamed } from './panes.ts'

/** Where list and detail come one after the other, the keyboard goes along when what it was on is gone. */
export function useStepFocus(isOne: boolean, step: 'list' | 'detail'): void {
  const shown = isOne ? step : null
  const last = useRef(shown)
  useEffect(() => {
    if (last.current === shown) return
    last.current = shown
    if (shown === null) return
    // The rows are drawn a moment after their pane.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) focusPaneNamed(shown)
    })
    return () => cancelAnimationFrame(frame)
  }, [shown])
}
