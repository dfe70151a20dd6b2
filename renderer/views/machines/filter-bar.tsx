import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { handleCommand } from '../../keyboard/commands.ts'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { setUi, useApp } from '../../store/store.ts'

/** Narrows the list as one types. Escape clears it, then leaves it; arrow down goes to the rows. */
export function FilterBar({ isShort = false }: { readonly isShort?: boolean }): ReactNode {
  const say = useSay()
  const input = useRef<HTMLInputElement>(null)
  const search = useApp((state) => state.ui.search)
  useEffect(() => handleCommand('filter', () => input.current?.select()), [])
  const toRows = (): void => {
    document.querySelector<HTMLElement>('[data-pane="list"] [data-row][tabindex="0"]')?.focus()
  }
  return (
    <TextInput
      ref={input}
      type="search"
      className={isShort ? 'list-filter-short' : 'grow'}
      icon="search"
      isQuiet
      value={search}
      placeholder={say(isShort ? 'filter.short' : 'filter.hint')}
      aria-label={say('filter.hint')}
      onChange={(event) => setUi({ search: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'ArrowDown') {
          event.preventDefault()
          toRows()
        } else if (event.key === 'Escape') {
          event.stopPropagation()
          if (search === '') toRows()
          else setUi({ search: '' })
        }
      }}
      end={
        search === '' ? (
          <span className="list-filter-key">{shortcutText('filter', isMac)}</span>
        ) : (
          <IconButton
            icon="close"
            size="small"
            className="list-filter-clear"
            label={say('action.clearFilter')}
            onClick={() => {
              setUi({ search: '' })
              input.current?.focus()
            }}
          />
        )
      }
    />
  )
}
