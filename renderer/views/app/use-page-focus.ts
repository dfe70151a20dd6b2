import { type RefObject, useEffect } from 'react'

/**
 * A page that takes the window takes the keyboard too: left in a terminal, what is typed on would go there unseen. The sidebar
 * keeps it, because one goes on from page to page there.
 */
export function usePageFocus(title: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (document.activeElement?.closest('[data-pane="sidebar"]') == null) title.current?.focus({ preventScroll: true })
  }, [title])
}
