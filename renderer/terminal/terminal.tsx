import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Session } from '../../app/domain/console.ts'
import { Button } from '../components/button.tsx'
import { ContextMenu } from '../components/menu.tsx'
import { useSay } from '../say.tsx'
import { consoles, useConsoles } from '../store/consoles.ts'
import { useApp } from '../store/store.ts'
import { useClaim } from './claims.ts'
import { FindBar } from './find-bar.tsx'
import { terminalKeyOf, terminalKeyText } from './keys.ts'
import { terminalEntries } from './menu-entries.ts'
import { NoticeLine } from './notice-line.tsx'
import { SessionLine } from './session-line.tsx'
import { useSessionName } from './session-name.ts'
import './terminal.css'
import { answerFor, joinView, viewOf } from './views.ts'

interface Question {
  readonly lines: number
  readonly answer: (isYes: boolean) => void
}

/** One session's terminal with all that belongs to it: find, the questions it asks, and the line that says how it stands. */
export function TerminalPane({
  session,
  isActive,
  takesFocus,
  onActive,
}: {
  readonly session: Session
  /** Whether becoming the active one puts the keyboard into it. */
  readonly takesFocus: boolean
  /** Among several side by side: the one that has the keyboard, or had it last. */
  readonly isActive: boolean
  readonly onActive?: () => void
}): ReactNode {
  const say = useSay()
  const { isHere, claim } = useClaim(session.id)
  const alwaysDark = useApp((state) => state.settings?.terminal.alwaysDark ?? false)
  const className = `terminal-pane ${alwaysDark ? 'terminal-dark' : ''} ${isActive ? 'terminal-active' : ''}`
  const { name, key } = useSessionName(session)
  const label = say(key('pane'), { name, title: session.title })
  return (
    <section
      className={className}
      aria-label={label}
      onFocusCapture={onActive}
      data-session={session.id}
      {...(session.state === 'ended' ? { 'data-ended': '' } : {})}
    >
      {isHere ? (
        <Shown session={session} isActive={isActive} takesFocus={takesFocus} />
      ) : (
        <div className="terminal-elsewhere">
          <p>{say('terminal.elsewhere')}</p>
          <Button size="small" onClick={claim}>
            {say('terminal.showHere')}
          </Button>
        </div>
      )}
      <SessionLine session={session} />
    </section>
  )
}

function Shown({
  session,
  isActive,
  takesFocus,
}: {
  readonly session: Session
  readonly isActive: boolean
  readonly takesFocus: boolean
}): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const view = viewOf(session)
  const say = useSay()
  const focusRequests = useConsoles((state) => state.focusRequests)
  const isFindOpen = useConsoles((state) => state.findIn === session.id)
  const [found, setFound] = useState({ index: -1, count: 0 })
  const [question, setQuestion] = useState<Question | null>(null)
  const [notice, setNotice] = useState<string | null>(null)
  // Asked once per terminal: who has said yes knows what they do.
  const mayPaste = useRef(false)

  useLayoutEffect(() => {
    if (host.current === null) return
    const unmount = view.mount(host.current)
    joinView(session.id)
    return unmount
  }, [view, session.id])

  useEffect(
    () =>
      answerFor(session.id, {
        found: setFound,
        mayPasteLines: (text) => {
          if (mayPaste.current) return Promise.resolve(true)
          const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== '').length
          return new Promise((resolve) => {
            const answer = (isYes: boolean): void => {
              if (isYes) mayPaste.current = true
              setQuestion(null)
              resolve(isYes)
              view.focus()
            }
            setQuestion({ lines, answer })
          })
        },
      }),
    [session.id, view],
  )

  useEffect(() => view.setEnded(session.state === 'ended'), [view, session.state])

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever asks for the terminal again gets the keyboard into it again
  useEffect(() => {
    if (isActive && takesFocus) view.focus()
  }, [isActive, takesFocus, view, focusRequests])

  const pasteFromMenu = (): void => {
    navigator.clipboard.readText().then(
      (text) => view.paste(text),
      () => setNotice(say('terminal.paste.denied', { keys: terminalKeyText('paste') })),
    )
  }

  return (
    <>
      {isFindOpen && (
        <FindBar
          found={found}
          onFind={(text, direction, isTyping) => view.find(text, direction, isTyping)}
          onClose={() => {
            consoles.setState({ findIn: null })
            view.endFind()
            view.focus()
          }}
        />
      )}
      <ContextMenu entries={() => terminalEntries(session.id, view, say, pasteFromMenu)}>
        <div
          ref={host}
          className="terminal-host"
          onContextMenuCapture={(event) => {
            // A program that takes the mouse gets the right button; with Shift the menu comes all the same.
            if (view.terminal.modes.mouseTrackingMode !== 'none' && !event.shiftKey) event.preventDefault()
          }}
          onKeyDownCapture={(event) => {
            const key = terminalKeyOf(event.nativeEvent)
            if (key === 'copy') view.copy()
            if (key === 'find') consoles.setState({ findIn: session.id })
            // Pasting is left to the browser: what it pastes comes to the terminal as an event.
            if (key === 'copy' || key === 'find') event.preventDefault()
            setNotice(null)
          }}
        />
      </ContextMenu>
      {question !== null && (
        <NoticeLine
          text={say('terminal.paste.question', { count: question.lines })}
          yes={say('terminal.paste.yes')}
          onYes={() => question.answer(true)}
          onNo={() => question.answer(false)}
        />
      )}
      {notice !== null && <NoticeLine text={notice} onNo={() => setNotice(null)} />}
    </>
  )
}
