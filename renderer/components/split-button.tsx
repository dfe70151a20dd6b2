import type { ReactNode } from 'react'
import { Button, type ButtonProps } from './button.tsx'
import { Icon } from './icon.tsx'
import { Menu, type MenuEntry } from './menu.tsx'

/** A button with its relatives behind an arrow. `menuLabel` names the arrow for a screen reader. */
export function SplitButton({
  menuLabel,
  entries,
  ...button
}: ButtonProps & { readonly menuLabel: string; readonly entries: () => readonly MenuEntry[] }): ReactNode {
  return (
    <span className="split-button">
      <Button {...button} />
      <Menu entries={entries} align="end">
        <button type="button" className={`button button-${button.kind ?? 'normal'}`} aria-label={menuLabel}>
          <Icon name="down" />
        </button>
      </Menu>
    </span>
  )
}
