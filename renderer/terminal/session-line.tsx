import type { ReactNode } from 'react'
import type { Session } from '../../app/domain/console.ts'
import type { Text } from '../../app/messages/text.ts'
import { reopenTerminal } from '../actions/consoles.ts'
import { startMachine } from '../actions/machines.ts'
import { Button } from '../components/button.tsx'
import { StateMark } from '../components/state-mark.tsx'
import { momentText } from '../format/moment-text.ts'
import { formatTime } from '../format/time.ts'
import { Say, useLocale, useSay } from '../say.tsx'
import { useConsoles } from '../store/consoles.ts'
import { permissionOf } from '../store/selectors.ts'
import { useApp } from '../store/store.ts'

/** How a session that is not simply live stands, under its text, and the way on. */
export function SessionLine({ session }: { readonly session: Session }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const isFlooded = useConsoles((state) => state.flooded.has(session.id))
  const { machineId } = session
  const canStart = useApp((state) => machineId !== null && permissionOf('start', machineId)(state).kind === 'allowed')
  const text =
    session.state === 'live'
      ? isFlooded
        ? flooded
        : null
      : lineOf(session, formatTime(session.since, locale), momentText(session.since, Date.now(), locale, say))
  if (text === null) return null
  const isOver = session.state === 'ended'
  return (
    <div className={`terminal-line ${session.state === 'live' ? 'terminal-line-over' : ''}`} role="status">
      <StateMark name={isOver ? 'stopped' : 'busy'} />
      <span className="grow">
        <Say text={text} />
        {session.restored !== undefined && (
          <>
            {' '}
            <Say text={atTime(session.restored.text, formatTime(session.restored.at, locale))} />
          </>
        )}
      </span>
      {isOver && canStart && machineId !== null && (
        <Button size="small" icon="play" onClick={() => void startMachine(machineId)}>
          {say('terminal.start', { name: session.machineName })}
        </Button>
      )}
      {isOver && !canStart && (
        <Button size="small" onClick={() => void reopenTerminal(session.id)}>
          {say('terminal.reopen')}
        </Button>
      )}
      {session.state === 'lost' && session.attempts > 1 && (
        <Button size="small" onClick={() => void reopenTerminal(session.id)}>
          {say('terminal.tryNow')}
        </Button>
      )}
    </div>
  )
}

const flooded: Text = { key: 'terminal.flooded' }

function atTime(text: Text, time: string): Text {
  return { ...text, params: { ...text.params, time } }
}

/** The sentence of a session that is not live. Main says why; `time` and, with its day, `since` are as the person writes them. */
export function lineOf(session: Session, time: string, since: string): Text {
  if (session.state === 'opening') return { key: 'terminal.opening' }
  if (session.state === 'lost') {
    return session.attempts < 2
      ? { key: 'terminal.lost' }
      : { key: 'terminal.lostAgain', params: { count: session.attempts } }
  }
  if (session.reason !== null) return { ...session.reason, params: { ...session.reason.params, time, since } }
  return session.exitCode === null || session.exitCode === 0
    ? { key: 'terminal.ended', params: { time } }
    : { key: 'terminal.endedCode', params: { time, code: String(session.exitCode) } }
}
