import { useState } from 'react'

/**
 * Gives the keyboard back to where it was before a dialog opened. A dialog here is mounted to be open, so it has no trigger
 * of its own to return to. Where the element is gone (a menu's item), the list's row has it.
 */
export function useFocusReturn(): (event: Event) => void {
  const [before] = useState(() => document.activeElement)
  return (event) => {
    event.preventDefault()
    const row = document.querySelector<HTMLElement>('[data-pane="list"] [data-row][tabindex="0"]')
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus()
    else row?.focus()
  }
}
