import { DropdownMenu, ContextMenu as RadixContextMenu } from 'radix-ui'
import { type ComponentType, type ReactNode, useEffect, useId, useReducer } from 'react'
import { returnFocusFrom } from '../keyboard/focus-history.ts'
import { useSay } from '../say.tsx'
import { Icon, type IconName } from './icon.tsx'
import './menu.css'

export type MenuEntry =
  | {
      readonly kind: 'item'
      readonly id: string
      readonly label: string
      readonly icon?: IconName
      readonly shortcut?: string | undefined
      /** Why it cannot be chosen now: shown under its label. */
      readonly reason?: string | null
      readonly isDanger?: boolean
      /** For choices: draws a check mark when true. */
      readonly isChecked?: boolean
      readonly choose: () => void
    }
  | { readonly kind: 'separator'; readonly id: string }
  | { readonly kind: 'heading'; readonly id: string; readonly label: string }

interface MenuProps {
  /** Asked each time the menu opens, so that a closed menu costs nothing. */
  readonly entries: () => readonly MenuEntry[]
  /** Says when the entries of an open menu may have changed; left out where they never do. */
  readonly follow?: (changed: () => void) => () => void
  readonly children: ReactNode
}

/** A menu behind its button (the child, which must take a ref). */
export function Menu({
  entries,
  follow,
  children,
  align = 'start',
  side = 'bottom',
}: MenuProps & { readonly align?: 'start' | 'end'; readonly side?: 'bottom' | 'top' }): ReactNode {
  const say = useSay()
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <section className="menu-place" aria-label={say('action.menu')}>
          <DropdownMenu.Content
            className="menu"
            align={align}
            side={side}
            sideOffset={4}
            collisionPadding={8}
            onCloseAutoFocus={returnFocusFrom}
          >
            <Entries entries={entries} follow={follow} parts={DropdownMenu} />
          </DropdownMenu.Content>
        </section>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** A menu on right click, the menu key or Shift+F10 anywhere in its child. */
export function ContextMenu({ entries, follow, children }: MenuProps): ReactNode {
  const say = useSay()
  return (
    <RadixContextMenu.Root modal={false}>
      <RadixContextMenu.Trigger asChild>{children}</RadixContextMenu.Trigger>
      <RadixContextMenu.Portal>
        <section className="menu-place" aria-label={say('action.menu')}>
          <RadixContextMenu.Content className="menu" collisionPadding={8} onCloseAutoFocus={returnFocusFrom}>
            <Entries entries={entries} follow={follow} parts={RadixContextMenu} />
          </RadixContextMenu.Content>
        </section>
      </RadixContextMenu.Portal>
    </RadixContextMenu.Root>
  )
}

/** What both kinds of menu share. */
interface MenuParts {
  readonly Item: ComponentType<{
    className: string
    textValue: string
    onSelect: (event: Event) => void
    children: ReactNode
    'aria-disabled'?: boolean
    'aria-describedby'?: string
  }>
  readonly CheckboxItem: ComponentType<{
    className: string
    textValue: string
    checked: boolean
    onSelect: (event: Event) => void
    children: ReactNode
  }>
  readonly Separator: ComponentType<{ className: string }>
  readonly Label: ComponentType<{ className: string; children: ReactNode }>
}

function Entries({
  entries,
  follow,
  parts,
}: {
  readonly entries: MenuProps['entries']
  readonly follow: MenuProps['follow'] | undefined
  readonly parts: unknown
}): ReactNode {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0)
  useEffect(() => follow?.(drawAgain), [follow])
  const { Separator, Label } = parts as MenuParts
  return entries().map((entry) => {
    if (entry.kind === 'separator') return <Separator key={entry.id} className="menu-separator" />
    if (entry.kind === 'heading')
      return (
        <Label key={entry.id} className="menu-heading">
          {entry.label}
        </Label>
      )
    return <Item key={entry.id} entry={entry} parts={parts as MenuParts} />
  })
}

function Item({
  entry,
  parts,
}: {
  readonly entry: Extract<MenuEntry, { kind: 'item' }>
  readonly parts: MenuParts
}): ReactNode {
  const reasonId = useId()
  const reason = entry.reason ?? null
  const className = `menu-item ${entry.isDanger === true ? 'menu-item-danger' : ''}`
  const content = (
    <>
      {entry.isChecked === undefined ? (
        entry.icon !== undefined && <Icon name={entry.icon} />
      ) : (
        <span className="icon">{entry.isChecked && <Icon name="check" />}</span>
      )}
      <span className="menu-item-label">
        {entry.label}
        {reason !== null && (
          <span id={reasonId} className="menu-item-reason">
            {reason}
          </span>
        )}
      </span>
      {entry.shortcut !== undefined && <span className="menu-item-shortcut">{entry.shortcut}</span>}
    </>
  )
  const onSelect = (event: Event): void => {
    // Disabled with a reason: it can be reached and read, and choosing it leaves the menu open.
    if (reason === null) entry.choose()
    else event.preventDefault()
  }
  if (entry.isChecked !== undefined) {
    return (
      <parts.CheckboxItem className={className} textValue={entry.label} checked={entry.isChecked} onSelect={onSelect}>
        {content}
      </parts.CheckboxItem>
    )
  }
  return (
    <parts.Item
      className={className}
      textValue={entry.label}
      onSelect={onSelect}
      {...(reason === null ? {} : { 'aria-disabled': true, 'aria-describedby': reasonId })}
    >
      {content}
    </parts.Item>
  )
}
