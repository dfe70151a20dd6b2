import type { ReactNode } from 'react'
import './field.css'
import type { FieldControl } from './field.tsx'
import { Icon } from './icon.tsx'

/** One of several, by the system's own list: it scrolls, types ahead and speaks on every platform. */
export function Select<T extends string>({
  value,
  options,
  onChange,
  label,
  control,
}: {
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
  /** Accessible name where no field labels it. */
  readonly label?: string
  readonly control?: FieldControl
}): ReactNode {
  return (
    <span className="input select">
      <select
        {...control}
        {...(label === undefined ? {} : { 'aria-label': label })}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="down" size="small" />
    </span>
  )
}
