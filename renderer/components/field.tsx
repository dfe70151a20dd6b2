import { type ReactNode, useId } from 'react'
import './field.css'

/** What a control inside a field spreads on itself, so that label, hint and error belong to it. */
export interface FieldControl {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

/** A control with its label above, its hint and its error below. `label` may be null where a form shows it elsewhere. */
export function Field({
  label,
  hint,
  error,
  warning,
  children,
}: {
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** What is wrong, as a sentence; shown when the field was left. */
  readonly error?: string | null | undefined
  /** Allowed, but worth saying. */
  readonly warning?: string | null | undefined
  readonly children: (control: FieldControl) => ReactNode
}): ReactNode {
  const id = useId()
  const hasHint = hint !== undefined && hint !== null
  const described = [hasHint ? `${id}-hint` : '', error ? `${id}-error` : '', warning ? `${id}-warning` : ''].filter(
    (part) => part !== '',
  )
  return (
    <div className="field">
      {label !== null && (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      {children({
        id,
        ...(described.length > 0 ? { 'aria-describedby': described.join(' ') } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {hasHint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {warning && (
        <p id={`${id}-warning`} className="field-warning">
          {warning}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
