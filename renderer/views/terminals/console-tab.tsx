import { type ReactNode, useEffect, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { ConsoleOption, Session } from '../../../app/domain/console.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { attemptUnasked } from '../../actions/call.ts'
import { openConsoleWindow, openSession } from '../../actions/consoles.ts'
import { configureMachine, placeOf, startMachine } from '../../actions/machines.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import type { IconName } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Segments } from '../../components/segments.tsx'
import { Say, useSay } from '../../say.tsx'
import { Display } from '../../screen/display.tsx'
import { takeWish } from '../../screen/wish.ts'
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

/** A machine's consoles, on its page or in a window of its own: one at a time, each with its way in. */
export function ConsoleTab({
  machineId,
  first = null,
  isOwnWindow = false,
}: {
  readonly machineId: MachineId
  /** The console to begin with; null is the best one. */
  readonly first?: string | null
  readonly isOwnWindow?: boolean
}): ReactNode {
  const say = useSay()
  const found = useConsoleOptions(machineId)
  const name = useApp((state) => machineOf(machineId)(state)?.name ?? '')
  const [chosen, setChosen] = useState<string | null>(first)
  if (found === null) return <EmptyState>{say('console.looking')}</EmptyState>
  const screens = found.filter(isScreen)
  const options = [...screens, ...found.filter((option) => !isScreen(option))]
  const option =
    options.find((candidate) => candidate.id === chosen) ??
    options.find(({ isFirst }) => isFirst === true) ??
    screens[0] ??
    options.find(isOpenable) ??
    options[0]
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
  const ownWindow = isOwnWindow ? null : (
    <IconButton
      size="small"
      icon="open-outside"
      label={say('console.window.open')}
      onClick={() => void openConsoleWindow({ machineId, consoleId: option.id })}
    />
  )
  const remark = option.remark !== undefined && (
    <>
      <span>{say(option.remark)}</span>
      {option.setUp !== undefined && <SetUpButton machineId={machineId} setUp={option.setUp} isSmall />}
    </>
  )
  return (
    <div className="console-tab">
      {option.kind === 'screen' ? (
        <Display key={option.id} machineId={machineId} name={name} option={option} remark={remark} end={ownWindow}>
          {segments}
        </Display>
      ) : (
        <>
          <div className="console-bar">
            {segments}
            <span className="grow" />
            {ownWindow}
          </div>
          <ConsolePlace key={option.id} machineId={machineId} name={name} option={option} takesFocus={isOwnWindow} />
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
  takesFocus,
}: {
  readonly machineId: MachineId
  readonly name: string
  readonly option: ConsoleOption
  readonly takesFocus: boolean
}): ReactNode {
  const say = useSay()
  const sessions = useConsoles(
    useShallow((state) => state.sessions.filter((session) => isOf(session, machineId, option.id))),
  )
  const session = sessions.at(-1)
  const canStart = useApp((state) => permissionOf('start', machineId)(state).kind === 'allowed')
  const [isAsking, setAsking] = useState(false)
  const [isWished, setWished] = useState(false)
  const opensItself = option.kind === 'serial' || option.kind === 'logs'
  const isMissing = session === undefined && option.withheld === null

  useEffect(() => {
    if (takeWish(machineId)) setWished(true)
  }, [machineId])
  useEffect(() => {
    if (opensItself && isMissing) {
      void attemptUnasked(placeOf(machineId), () => openSession(machineId, option.id, { user: null, folder: null }))
    }
  }, [opensItself, isMissing, machineId, option.id])

  if (session !== undefined && !isAsking) {
    return (
      <>
        <TerminalPane session={session} isActive takesFocus={takesFocus || isWished} />
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
          option.setUp !== undefined ? (
            <SetUpButton machineId={machineId} setUp={option.setUp} />
          ) : (
            canStart && (
              <Button kind="primary" icon="play" onClick={() => void startMachine(machineId)}>
                {say('verb.start')}
              </Button>
            )
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

/** The one click that gives a machine this console. What it needs changed is changed while the machine is off. */
function SetUpButton({
  machineId,
  setUp,
  isSmall = false,
}: {
  readonly machineId: MachineId
  readonly isSmall?: boolean
  readonly setUp: NonNullable<ConsoleOption['setUp']>
}): ReactNode {
  const say = useSay()
  const permission = useApp(permissionOf('configure', machineId))
  const machine = useApp(machineOf(machineId))
  const isOff = machine?.state === 'stopped' || machine?.state === 'crashed'
  const reason =
    permission.kind !== 'allowed'
      ? say(permission.reason)
      : isOff
        ? null
        : say('console.setUp.off', { name: machine?.name ?? '' })
  return (
    <Button
      {...(isSmall ? { size: 'small' } : { kind: 'primary', icon: 'plus' })}
      reason={reason}
      onClick={() => void configureMachine(machineId, setUp.changes)}
    >
      {say(setUp.label)}
    </Button>
  )
}

function isOf(session: Session, machineId: MachineId, consoleId: string): boolean {
  return session.machineId === machineId && session.consoleId === consoleId
}
