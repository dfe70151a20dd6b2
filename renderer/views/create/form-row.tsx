import { type ReactNode, useId } from 'react'
import type { FieldControl } from '../../components/field.tsx'
import './form.css'

/** One line of a form: label at the left, the control, and below it what is wrong or worth knowing. */
export function FormRow({
  label,
  error = null,
  warning = null,
  hint = null,
  isGroup = false,
  children,
}: {
  readonly label: string
  readonly error?: string | null
  readonly warning?: string | null
  readonly hint?: string | null
  /** For several controls under one label: the label then names the group. */
  readonly isGroup?: boolean
  readonly children: (control: FieldControl) => ReactNode
}): ReactNode {
  const id = useId()
  const below = error ?? warning ?? hint
  const control: FieldControl = {
    id,
    ...(below === null ? {} : { 'aria-describedby': `${id}-below` }),
    ...(error === null ? {} : { 'aria-invalid': true as const }),
  }
  const tone = error !== null ? 'field-error' : warning !== null ? 'field-warning' : 'field-hint'
  return (
    <div className="form-row" {...(isGroup ? { role: 'group', 'aria-labelledby': `${id}-label` } : {})}>
      {isGroup ? (
        <span id={`${id}-label`} className="form-label">
          {label}
        </span>
      ) : (
        <label htmlFor={id} className="form-label">
          {label}
        </label>
      )}
      <div className="form-control">
        {children(control)}
        {below !== null && (
          <p id={`${id}-below`} className={`form-below ${tone}`} {...(error === null ? {} : { role: 'alert' })}>
            {below}
          </p>
        )}
      </div>
    </div>
  )
}
