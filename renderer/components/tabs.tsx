import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import './tabs.css'

export interface TabItem<T extends string> {
  readonly value: T
  readonly label: string
  /** A count where it helps. */
  readonly count?: number | null
  /** Why it cannot be opened. */
  readonly reason?: string | null
  /** Opened by Enter or Space only, not by moving to it: for tabs that cost something or take the keyboard. */
  readonly isManual?: boolean
}

/** A tab list. The page below needs `role="tabpanel"`, `id={panelId}` and `aria-labelledby` from `tabId`. */
export function Tabs<T extends string>({
  label,
  value,
  tabs,
  onChange,
  panelId,
}: {
  readonly label: string
  readonly value: T
  readonly tabs: readonly TabItem<T>[]
  readonly onChange: (value: T) => void
  readonly panelId: string
}): ReactNode {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent): void => {
    const focused = (event.target as HTMLElement).dataset['tab']
    const at = tabs.findIndex((tab) => tab.value === focused)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined || at < 0) return
    event.preventDefault()
    const next = tabs[(to + tabs.length) % tabs.length]
    if (next === undefined) return
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.value}"]`)?.focus()
    if (next.isManual !== true && (next.reason ?? null) === null) onChange(next.value)
  }
  return (
    <div ref={list} role="tablist" aria-label={label} className="tabs" onKeyDown={move}>
      {tabs.map((tab) => {
        const reason = tab.reason ?? null
        return (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={tabId(panelId, tab.value)}
            data-tab={tab.value}
            className="tab"
            aria-selected={tab.value === value}
            aria-controls={panelId}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => reason === null && onChange(tab.value)}
            {...(reason === null ? {} : { 'aria-disabled': true, 'data-tip': reason, 'aria-description': reason })}
          >
            {tab.label}
            {tab.count !== undefined && tab.count !== null && <span className="tab-count">{tab.count}</span>}
          </button>
        )
      })}
    </div>
  )
}

/** The id of a tab, for its panel's `aria-labelledby`. */
export function tabId(panelId: string, value: string): string {
  return `${panelId}-tab-${value}`
}
