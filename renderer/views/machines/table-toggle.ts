import { useEffect } from 'react'
import { saveSettings } from '../../actions/settings.ts'
import { setUi, store } from '../../store/store.ts'
import { focusPaneNamed } from '../app/panes.ts'

const filterSelector = '[data-pane="list"] input[type="search"]'

/** Where the keyboard goes once the other of list and table is drawn; null when nobody asked for it. */
let wanted: 'filter' | 'rows' | null = null

/**
 * Turns the list into the table and back; where neither is on screen, as on a page, it leads to the table. The table begins as a
 * table: what was open beside the list is a double click away.
 */
export function toggleTable(): void {
  const { ui, settings } = store.getState()
  const isTable = settings?.list.table === true
  const isPage = ui.view !== 'machines'
  wanted = document.activeElement?.matches(filterSelector) === true ? 'filter' : 'rows'
  setUi({ view: 'machines', step: 'list' })
  if (!isPage || !isTable) void saveSettings({ list: { table: !isTable } })
}

/**
 * List and table take the keyboard from each other, as rows and filter are drawn anew: it goes on in the filter when it was
 * there, else on the row with the tab stop. Called by who outlives both.
 */
export function useTableFocus(isTable: boolean): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the turn from one to the other is what takes the keyboard
  useEffect(() => {
    if (wanted === null) return
    // The rows are drawn a moment after their pane.
    const frame = requestAnimationFrame(() => {
      const filter = wanted === 'filter' ? document.querySelector<HTMLElement>(filterSelector) : null
      wanted = null
      if (filter === null) focusPaneNamed('list')
      else filter.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [isTable])
}
