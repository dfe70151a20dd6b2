import { useEffect } from 'react'
import { setUi } from '../../store/store.ts'
import { focusInside } from './panes.ts'

/** While the sidebar lies over the list it has the keyboard; Escape, or leaving it, closes it and gives the keyboard back. */
export function useSidebarOver(isOver: boolean): void {
  useEffect(() => {
    if (!isOver) return
    const before = document.activeElement
    const pane = document.querySelector<HTMLElement>('[data-pane="sidebar"]')
    if (pane === null) return
    focusInside(pane)
    const close = (): void => setUi({ isSidebarOver: false })
    const listeners = new AbortController()
    const options = { signal: listeners.signal }
    pane.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      },
      options,
    )
    pane.addEventListener(
      'focusout',
      (event) => {
        if (event.relatedTarget instanceof Node && !pane.contains(event.relatedTarget)) close()
      },
      options,
    )
    return () => {
      listeners.abort()
      const isFocusLost = document.activeElement === document.body || pane.contains(document.activeElement)
      if (isFocusLost && before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [isOver])
}
