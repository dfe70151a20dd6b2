import type { KeyboardEvent, ReactNode } from 'react'
import './field.css'
import { Icon, type IconName } from './icon.tsx'

export interface Segment<T extends string> {
  readonly value: T
  readonly label: string
  readonly icon?: IconName
  readonly reason?: string | null
}

/** Two to four short choices side by side: a radio group whose arrow keys choose. */
export function Segments<T extends string>({
  label,
  value,
  segments,
  onChange,
}: {
  readonly label: string
  readonly value: T
  readonly segments: readonly Segment<T>[]
  readonly onChange: (value: T) => void
}): ReactNode {
  const step = (event: KeyboardEvent<HTMLElement>): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const able = segments.filter((segment) => (segment.reason ?? null) === null)
    const at = able.findIndex((segment) => segment.value === value)
    const next = able[(at + by + able.length) % able.length]
    if (next === undefined) return
    onChange(next.value)
    event.currentTarget.querySelector<HTMLElement>(`[data-value="${CSS.escape(next.value)}"]`)?.focus()
  }
  return (
    <div role="radiogroup" aria-label={label} className="segments" onKeyDown={step}>
      {segments.map((segment) => {
        const reason = segment.reason ?? null
        return (
          // biome-ignore lint/a11y/useSemanticElements: a segment holds an icon and a tooltip, which an input cannot
          <button
            key={segment.value}
            type="button"
            role="radio"
            data-value={segment.value}
            aria-checked={segment.value === value}
            tabIndex={segment.value === value ? 0 : -1}
            className="segment"
            onClick={() => reason === null && onChange(segment.value)}
            {...(reason === null ? {} : { 'aria-disabled': true, 'data-tip': reason, 'aria-description': reason })}
          >
            {segment.icon !== undefined && <Icon name={segment.icon} size="small" />}
            {segment.label}
          </button>
        )
      })}
    </div>
  )
}
