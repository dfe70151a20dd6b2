import { useEffect } from 'react'
import { showView } from '../../actions/navigate.ts'
import type { View } from '../../store/ui.ts'
import { focusPaneNamed } from './panes.ts'

/** Back from a page to the machines, with the keyboard in the list. */
export function leavePage(): void {
  showView('machines')
  requestAnimationFrame(() => focusPaneNamed('list'))
}

/** Escape leaves a page, unless something over it is closed by it first or a field has it. */
export function useLeavePage(view: View): void {
  const isLeavable = view === 'providers' || view === 'settings' || view === 'trash'
  useEffect(() => {
    if (!isLeavable) return
    const listeners = new AbortController()
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
        const { target } = event
        if (target instanceof Element && target.closest('.plane-dock, .plane-strip, .plane-sidebar-over') !== null)
          return
        if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null) return
        leavePage()
      },
      { signal: listeners.signal },
    )
    return () => listeners.abort()
  }, [isLeavable])
}
