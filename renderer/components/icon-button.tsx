import { type ComponentProps, type ReactNode, useId } from 'react'
import './button.css'
import { Icon, type IconName } from './icon.tsx'
import { Reason, reasonProps } from './reason.tsx'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'type' | 'children'> {
  readonly icon: IconName
  /** Its accessible name, and its tooltip. */
  readonly label: string
  readonly size?: 'normal' | 'small'
  /** Why it cannot be used now; it then stays focusable and says this sentence. */
  readonly reason?: string | null | undefined
  /** Shown after the label in the tooltip: the shortcut. */
  readonly shortcut?: string | undefined
}

export function IconButton({
  icon,
  label,
  size = 'normal',
  reason,
  shortcut,
  className = '',
  onClick,
  ...rest
}: IconButtonProps): ReactNode {
  const id = useId()
  const isOff = reason !== null && reason !== undefined
  const hint = shortcut === undefined ? label : `${label}  ${shortcut}`
  return (
    <button
      {...rest}
      type="button"
      aria-label={label}
      className={`icon-button ${size === 'small' ? 'icon-button-small ' : ''}${className}`}
      onClick={isOff ? (event) => event.preventDefault() : onClick}
      {...reasonProps(reason, id, hint)}
    >
      <Icon name={icon} size={size === 'small' ? 'small' : 'normal'} />
      <Reason id={id} text={reason} />
    </button>
  )
}
