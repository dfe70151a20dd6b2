import { type ReactNode, useId } from 'react'
import './field.css'
import { reasonProps } from './reason.tsx'

/** A box with its words beside it. With a `reason` it keeps its value, stays focusable and says why under its label. */
export function Checkbox({
  label,
  hint,
  isChecked,
  onChange,
  reason,
}: {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
  readonly reason?: string | null | undefined
}): ReactNode {
  const id = useId()
  const isOff = reason !== null && reason !== undefined
  const below = isOff ? reason : hint
  return (
    <label className={`checkbox ${isOff ? 'checkbox-off' : ''}`}>
      <input
        type="checkbox"
        checked={isChecked}
        onChange={(event) => !isOff && onChange(event.currentTarget.checked)}
        {...reasonProps(reason, id)}
        {...(below === undefined ? {} : { 'aria-describedby': id })}
      />
      <span>
        {label}
        {below !== undefined && <small id={id}>{below}</small>}
      </span>
    </label>
  )
}
