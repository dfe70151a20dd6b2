import { type ReactNode, useEffect, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { ConsoleOption, Session } from '../../../app/domain/console.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { attemptUnasked } from '../../actions/call.ts'
import { openSession } from '../../actions/consoles.ts'
import { placeOf, startMachine } from '../../actions/machines.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import type { IconName } from '../../components/icon.tsx'
import { Segments } from '../../components/segments.tsx'
import { Say, useSay } from '../../say.tsx'
import { Display } from '../../screen/display.tsx'
import { useConsoles } from '../../store/consoles.ts'
import { machineOf, permissionOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { TerminalPane } from '../../terminal/terminal.tsx'
import { ConsoleStart } from './console-start.tsx'
import './console-tab.css'
import { useConsoleOptions } from './use-console-options.ts'

const icons: Readonly<Record<ConsoleOption['kind'], IconName>> = {
  screen: 'screen',
  serial: 'terminal',
  shell: 'terminal',
  attach: 'plug',
  logs: 'sort',
}

/** A machine's consoles on its own page: one at a time, each with its way in. */
export function ConsoleTab({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const found = useConsoleOptions(machineId)
  const name = useApp((state) => machineOf(machineId)(state)?.name ?? '')
  const [chosen, setChosen] = useState<string | null>(null)
  if (found === null) return <EmptyState>{say('console.looking')}</EmptyState>
  const screens = found.filter(isScreen)
  const options = [...screens, ...found.filter((option) => !isScreen(option))]
  const option =
    options.find((candidate) => candidate.id === chosen) ?? screens[0] ?? options.find(isOpenable) ?? options[0]
  if (option === undefined) {
    return (
      <EmptyState>
        <Say text="console.none" params={{ name }} />
      </EmptyState>
    )
  }
  const segments = (
    <Segments
      label={say('console.kinds', { name })}
      value={option.id}
      segments={options.map(({ id, kind, label }) => ({
        value: id,
        // The only one needs no name of its own.
        label: kind === 'screen' && screens.length === 1 ? say('screen.display') : say(label),
        icon: icons[kind],
      }))}
      onChange={setChosen}
    />
  )
  return (
    <div className="console-tab">
      {option.kind === 'screen' ? (
        <Display key={option.id} machineId={machineId} name={name} option={option}>
          {segments}
        </Display>
      ) : (
        <>
          <div className="console-bar">{segments}</div>
          <ConsolePlace key={option.id} machineId={machineId} name={name} option={option} />
        </>
      )}
    </div>
  )
}

function isScreen(option: ConsoleOption): boolean {
  return option.kind === 'screen'
}

function isOpenable(option: ConsoleOption): boolean {
  return option.withheld === null
}

/** One console: what is open of it, else the way to open it, else why it cannot be. */
function ConsolePlace({
  machineId,
  name,
  option,
}: {
  readonly machineId: MachineId
  readonly name: string
  readonly option: ConsoleOption
}): ReactNode {
  const say = useSay()
  const sessions = useConsoles(
    useShallow((state) => state.sessions.filter((session) => isOf(session, machineId, option.id))),
  )
  const session = sessions.at(-1)
  const canStart = useApp((state) => permissionOf('start', machineId)(state).kind === 'allowed')
  const [isAsking, setAsking] = useState(false)
  const opensItself = option.kind === 'serial' || option.kind === 'logs'
  const isMissing = session === undefined && option.withheld === null

  useEffect(() => {
    if (opensItself && isMissing) {
      void attemptUnasked(placeOf(machineId), () => openSession(machineId, option.id, { user: null, folder: null }))
    }
  }, [opensItself, isMissing, machineId, option.id])

  if (session !== undefined && !isAsking) {
    return (
      <>
        <TerminalPane session={session} isActive takesFocus={false} />
        {option.kind === 'shell' && option.withheld === null && (
          <div className="console-more">
            <Button size="small" icon="plus" onClick={() => setAsking(true)}>
              {say('console.newShell')}
            </Button>
          </div>
        )}
      </>
    )
  }
  if (option.withheld !== null) {
    return (
      <EmptyState
        actions={
          canStart && (
            <Button kind="primary" icon="play" onClick={() => void startMachine(machineId)}>
              {say('verb.start')}
            </Button>
          )
        }
      >
        <Say text={option.withheld} />
      </EmptyState>
    )
  }
  if (opensItself) return <EmptyState>{say('terminal.opening')}</EmptyState>
  return (
    <ConsoleStart
      machineId={machineId}
      name={name}
      option={option}
      onOpened={() => setAsking(false)}
      onCancel={session === undefined ? null : () => setAsking(false)}
    />
  )
}

function isOf(session: Session, machineId: MachineId, consoleId: string): boolean {
  return session.machineId === machineId && session.consoleId === consoleId
}
