import { type ReactNode, useEffect, useState } from 'react'
import type { MachineId } from '../../app/domain/ids.ts'
import type { ScreenState, ScreenStatus } from '../../app/domain/screen.ts'
import type { Text } from '../../app/messages/text.ts'
import { startMachine } from '../actions/machines.ts'
import { Button } from '../components/button.tsx'
import { useMinute } from '../format/clock.ts'
import { momentText } from '../format/moment-text.ts'
import { Say, useLocale, useSay } from '../say.tsx'
import { machineOf, permissionOf } from '../store/selectors.ts'
import { useApp } from '../store/store.ts'
import { verbKey } from '../views/machine/power-verbs.ts'

/** A moment's wait is no news. */
const patienceMs = 400

/** What lies over a screen that is not live: why, and the way on. */
export function DisplayCover({
  machineId,
  name,
  status,
  onOpen,
}: {
  readonly machineId: MachineId
  readonly name: string
  readonly status: ScreenStatus | null
  readonly onOpen: (takeOver: boolean) => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  const machine = useApp(machineOf(machineId))
  const canStart = useApp((state) => permissionOf('start', machineId)(state).kind === 'allowed')
  const state = status?.state ?? 'connecting'
  const isWaited = useLasting(state === 'connecting' || state === 'lost' ? state : null)
  if (state === 'live' || ((state === 'connecting' || state === 'lost') && !isWaited)) return null
  const at = status?.pictureAt ?? null
  return (
    <div className="display-cover" role="status">
      <div className="display-card">
        <p className="display-title">
          <Say text={sentenceOf(state, name, status)} />
        </p>
        {status?.reason != null && state !== 'none' && (
          <p className="small quiet-text">
            <Say text={status.reason} />
          </p>
        )}
        {at !== null && (state === 'off' || state === 'lost') && (
          <p className="small quiet-text">{say('screen.asOf', { time: momentText(at, now, locale, say) })}</p>
        )}
        {state === 'off' && canStart && machine !== null && (
          <Button icon="play" onClick={() => void startMachine(machineId)}>
            {say(verbKey('start', machine))}
          </Button>
        )}
        {state === 'lost' && (status?.attempts ?? 0) > 1 && (
          <Button onClick={() => onOpen(false)}>{say('terminal.tryNow')}</Button>
        )}
        {state === 'taken' && (
          <Button kind="primary" onClick={() => onOpen(true)}>
            {say('screen.takeOver')}
          </Button>
        )}
      </div>
    </div>
  )
}

function sentenceOf(state: ScreenState, name: string, status: ScreenStatus | null): Text {
  switch (state) {
    case 'off':
      return { key: 'screen.off', params: { name } }
    case 'lost':
      return (status?.attempts ?? 0) < 2
        ? { key: 'screen.lost' }
        : { key: 'screen.lostAgain', params: { count: status?.attempts ?? 0 } }
    case 'taken':
      return { key: 'screen.taken' }
    case 'none':
      return status?.reason ?? { key: 'screen.none' }
    default:
      return { key: 'screen.connecting' }
  }
}

/** Whether a state has lasted longer than a moment. */
function useLasting(state: string | null): boolean {
  const [lasting, setLasting] = useState<string | null>(null)
  useEffect(() => {
    setLasting(null)
    if (state === null) return
    const timer = setTimeout(() => setLasting(state), patienceMs)
    return () => clearTimeout(timer)
  }, [state])
  return state !== null && lasting === state
}
