import { Popover as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { terminalSelector } from '../keyboard/commands.ts'
import { returnFocusFrom } from '../keyboard/focus-history.ts'
import './menu.css'
import './popover.css'

/** A floating pane at its trigger. Escape and a click outside close it; focus returns to where it was. */
export function Popover({
  label,
  trigger,
  isOpen,
  onOpenChange,
  side = 'bottom',
  align = 'start',
  className = '',
  takesFocus = true,
  children,
}: {
  readonly label: string
  /** The element it hangs on: a button that takes a ref. It opens it, unless `isOpen` is ruled from outside. */
  readonly trigger: ReactNode
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly side?: 'bottom' | 'top' | 'left' | 'right'
  readonly align?: 'start' | 'center' | 'end'
  readonly className?: string
  /** False for what opens by itself: it then leaves the focus where the person has it. */
  readonly takesFocus?: boolean
  readonly children: ReactNode
}): ReactNode {
  return (
    <Radix.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={`popover ${className}`}
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          onEscapeKeyDown={keepFromOthers}
          onOpenAutoFocus={(event) => !takesFocus && event.preventDefault()}
          onCloseAutoFocus={returnFocusFrom}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/**
 * Escape closes the popover and does nothing else, wherever the focus is: a selection or a filter behind one that took no focus
 * stays. A guest gets its key all the same.
 */
function keepFromOthers(event: KeyboardEvent): void {
  if (event.target instanceof Element && event.target.closest(terminalSelector) !== null) return
  event.stopPropagation()
}
