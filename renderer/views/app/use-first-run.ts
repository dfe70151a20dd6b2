import { useEffect } from 'react'
import { saveSettings } from '../../actions/settings.ts'
import { setUi, useApp } from '../../store/store.ts'

/** Shows the welcome page until a machine was opened once; it never comes back by itself after that. */
export function useFirstRun(): void {
  const isDone = useApp((state) => state.settings?.firstRunDone ?? null)
  const hasOpened = useApp((state) => state.ui.selection.length > 0)
  useEffect(() => {
    if (isDone === false)
      setUi((ui) => (ui.view === 'machines' && ui.selection.length === 0 ? { view: 'first-run' } : {}))
  }, [isDone])
  useEffect(() => {
    if (isDone === false && hasOpened) void saveSettings({ firstRunDone: true })
  }, [isDone, hasOpened])
}
