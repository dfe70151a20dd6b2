import { type ReactNode, useEffect, useRef, useState } from 'react'
import { IconButton } from '../components/icon-button.tsx'
import { TextInput } from '../components/text-input.tsx'
import { useSay } from '../say.tsx'

/** Looks for text in a terminal while it is typed; Enter goes on, Shift+Enter back, Escape closes. */
export function FindBar({
  found,
  onFind,
  onClose,
}: {
  readonly found: { readonly index: number; readonly count: number }
  readonly onFind: (text: string, direction: 'next' | 'previous', isTyping: boolean) => void
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const result =
    text === ''
      ? ''
      : found.count === 0
        ? say('terminal.find.none')
        : say('terminal.find.count', { index: found.index + 1, count: found.count })
  return (
    <search className="terminal-find">
      <TextInput
        ref={input}
        icon="search"
        value={text}
        aria-label={say('terminal.find')}
        placeholder={say('terminal.find')}
        end={
          <span className="terminal-find-count" aria-live="polite">
            {result}
          </span>
        }
        onChange={(event) => {
          setText(event.target.value)
          onFind(event.target.value, 'previous', true)
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') onFind(text, event.shiftKey ? 'next' : 'previous', false)
          if (event.key === 'Escape') onClose()
        }}
      />
      <IconButton
        size="small"
        icon="up"
        label={say('terminal.find.previous')}
        onClick={() => onFind(text, 'previous', false)}
      />
      <IconButton
        size="small"
        icon="down"
        label={say('terminal.find.next')}
        onClick={() => onFind(text, 'next', false)}
      />
      <IconButton size="small" icon="close" label={say('terminal.find.close')} onClick={onClose} />
    </search>
  )
}
