import { Dialog as Radix, AlertDialog as RadixAlert } from 'radix-ui'
import { type CSSProperties, type ReactNode, useRef } from 'react'
import { returnFocusFrom } from '../keyboard/focus-history.ts'
import { useSay } from '../say.tsx'
import './dialog.css'
import { IconButton } from './icon-button.tsx'

interface DialogProps {
  readonly title: ReactNode
  /** The first sentence: what a screen reader says after the title. */
  readonly description?: ReactNode
  readonly onClose: () => void
  readonly children?: ReactNode
  /** Buttons, the cancelling one before the one that acts. */
  readonly footer: ReactNode
  /** At the footer's start: a count of errors, a link. */
  readonly note?: ReactNode
  readonly widthPx?: number
  /** Grows downwards only, so that nothing moves under the pointer when more is shown. */
  readonly hasSteadyTop?: boolean
  /** Beside the title, before the close button. */
  readonly headerExtra?: ReactNode
}

/** A modal dialog: mounted means open. Focus is kept inside and given back to where it was. */
export function Dialog({
  title,
  description,
  onClose,
  children,
  footer,
  note,
  widthPx = 440,
  hasSteadyTop = false,
  headerExtra,
}: DialogProps): ReactNode {
  const say = useSay()
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-scrim" />
        <Radix.Content
          className={hasSteadyTop ? 'dialog dialog-steady' : 'dialog'}
          onOpenAutoFocus={focusFirst}
          onCloseAutoFocus={returnFocusFrom}
          style={{ '--dialog-width': `${widthPx}px` } as CSSProperties}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="dialog-header">
            <Radix.Title className="dialog-title">{title}</Radix.Title>
            {headerExtra}
            <Radix.Close asChild>
              <IconButton icon="close" label={say('action.close')} />
            </Radix.Close>
          </header>
          <div className="dialog-body">
            {description !== undefined && (
              <Radix.Description className="dialog-description">{description}</Radix.Description>
            )}
            {children}
          </div>
          <DialogFooter note={note}>{footer}</DialogFooter>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function focusFirst(event: Event): void {
  const dialog = event.currentTarget
  if (dialog instanceof HTMLElement && focusFirstField(dialog)) event.preventDefault()
}

/**
 * The keyboard starts at the first field, else at the button that acts; never at the cross, which happens to stand first. False
 * when there is neither.
 */
export function focusFirstField(dialog: HTMLElement): boolean {
  const first =
    dialog.querySelector<HTMLElement>(
      '.dialog-body :is(input:not([type="radio"], [type="checkbox"], [type="range"]), select, textarea)',
    ) ?? dialog.querySelector<HTMLElement>('.dialog-footer .button-primary')
  first?.focus({ preventScroll: true })
  return first !== null
}

/**
 * Asks before something that cannot be taken back. Focus starts on Cancel, which this draws itself; `footer` holds the
 * button that acts. A click outside does nothing.
 */
export function AlertDialog({
  title,
  description,
  onClose,
  children,
  footer,
  note,
  widthPx = 400,
  cancelLabel,
}: Omit<DialogProps, 'headerExtra' | 'hasSteadyTop'> & { readonly cancelLabel?: string }): ReactNode {
  const say = useSay()
  const cancel = useRef<HTMLButtonElement>(null)
  return (
    <RadixAlert.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className="dialog-scrim" />
        <RadixAlert.Content
          className="dialog"
          onCloseAutoFocus={returnFocusFrom}
          style={{ '--dialog-width': `${widthPx}px` } as CSSProperties}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            cancel.current?.focus()
          }}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="dialog-header">
            <RadixAlert.Title className="dialog-title">{title}</RadixAlert.Title>
          </header>
          <div className="dialog-body">
            {description !== undefined && (
              <RadixAlert.Description className="dialog-description">{description}</RadixAlert.Description>
            )}
            {children}
          </div>
          <DialogFooter note={note}>
            <RadixAlert.Cancel ref={cancel} className="button button-normal">
              {cancelLabel ?? say('verb.cancel')}
            </RadixAlert.Cancel>
            {footer}
          </DialogFooter>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  )
}

function DialogFooter({ note, children }: { readonly note: ReactNode; readonly children: ReactNode }): ReactNode {
  return (
    <footer className="dialog-footer">
      <span className="dialog-note">{note}</span>
      {children}
    </footer>
  )
}
