import type { ComponentProps, ReactNode } from 'react'
import './field.css'
import { Icon, type IconName } from './icon.tsx'

/** One line of text in its frame. `end` stands inside the frame: a shortcut, a unit, a button. */
export function TextInput({
  icon,
  end,
  isQuiet = false,
  className = '',
  ...input
}: Omit<ComponentProps<'input'>, 'disabled'> & {
  readonly icon?: IconName
  readonly end?: ReactNode
  /** A fainter edge, for search fields. */
  readonly isQuiet?: boolean
}): ReactNode {
  const isInvalid = input['aria-invalid'] === true
  return (
    <span
      className={`input ${isInvalid ? 'input-invalid ' : ''}${isQuiet ? 'input-quiet ' : ''}${
        input.readOnly === true ? 'input-off ' : ''
      }${className}`}
    >
      {icon !== undefined && <Icon name={icon} size="small" />}
      <input type="text" autoComplete="off" spellCheck={false} {...input} />
      {end}
    </span>
  )
}

/** Several lines of text in the same frame. */
export function TextArea({ className = '', ...area }: Omit<ComponentProps<'textarea'>, 'disabled'>): ReactNode {
  return (
    <span className={`input ${area['aria-invalid'] === true ? 'input-invalid ' : ''}${className}`}>
      <textarea spellCheck={false} {...area} />
    </span>
  )
}
