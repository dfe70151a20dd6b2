import { type ComponentProps, type ReactNode, useId } from 'react'
import './button.css'
import { Icon, type IconName } from './icon.tsx'
import { Reason, reasonProps } from './reason.tsx'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'type'> {
  /** One primary per pane. `danger-fill` is for the last click of something that cannot be taken back. */
  readonly kind?: 'normal' | 'primary' | 'danger' | 'danger-fill' | 'quiet' | 'link'
  readonly size?: 'normal' | 'small'
  readonly icon?: IconName | undefined
  /** Why it cannot be used now. Given, the button is disabled but stays focusable and says this sentence. */
  readonly reason?: string | null | undefined
  /** Tooltip while it can be used. */
  readonly hint?: string | undefined
}

export function Button({
  kind = 'normal',
  size = 'normal',
  icon,
  reason,
  hint,
  children,
  className = '',
  onClick,
  ...rest
}: ButtonProps): ReactNode {
  const id = useId()
  const isOff = reason !== null && reason !== undefined
  return (
    <button
      {...rest}
      type="button"
      className={`button button-${kind} ${size === 'small' ? 'button-small ' : ''}${className}`}
      onClick={isOff ? (event) => event.preventDefault() : onClick}
      {...reasonProps(reason, id, hint)}
    >
      {icon !== undefined && <Icon name={icon} size={size === 'small' ? 'small' : 'normal'} />}
      {children}
      <Reason id={id} text={reason} />
    </button>
  )
}
