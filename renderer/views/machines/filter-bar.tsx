import { type ReactNode, useEffect, useRef } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { handleCommand } from '../../keyboard/commands.ts'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { setUi, useApp } from '../../store/store.ts'

/** Narrows the list as one types. Enter opens the first hit, arrow down goes to the rows; Escape clears it, then leaves it. */
export function FilterBar({
  isShort = false,
  hasShortHint = false,
  onOpenFirst,
  onToRows,
}: {
  readonly isShort?: boolean
  /** There is no room to say what it looks at. */
  readonly hasShortHint?: boolean
  readonly onOpenFirst: () => void
  readonly onToRows: () => void
}): ReactNode {
  const say = useSay()
  const input = useRef<HTMLInputElement>(null)
  const search = useApp((state) => state.ui.search)
  useEffect(() => handleCommand('filter', () => input.current?.select()), [])
  return (
    <TextInput
      ref={input}
      type="search"
      className={isShort ? 'list-filter-short' : 'grow'}
      icon="search"
      isQuiet
      value={search}
      placeholder={say(hasShortHint ? 'filter.short' : 'filter.hint')}
      aria-label={say('filter.hint')}
      onChange={(event) => setUi({ search: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'ArrowDown') {
          event.preventDefault()
          onToRows()
        } else if (event.key === 'Enter') {
          event.preventDefault()
          if (search.trim() !== '') onOpenFirst()
        } else if (event.key === 'Escape') {
          event.stopPropagation()
          if (search === '') onToRows()
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
