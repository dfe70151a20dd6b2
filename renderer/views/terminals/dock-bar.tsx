import type { KeyboardEvent, ReactNode } from 'react'
import type { Session } from '../../../app/domain/console.ts'
import {
  closeTerminal,
  fillWindow,
  openHostTerminal,
  openTerminal,
  showTerminal,
  splitTerminals,
  toggleDock,
} from '../../actions/consoles.ts'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, type MenuEntry } from '../../components/menu.tsx'
import { Name } from '../../components/name.tsx'
import { type MarkName, StateMark } from '../../components/state-mark.tsx'
import { thisComputer } from '../../format/host.ts'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { type SayFunction, useSay } from '../../say.tsx'
import { consoles, useConsoles } from '../../store/consoles.ts'
import { store } from '../../store/store.ts'
import { terminalKeyText } from '../../terminal/keys.ts'
import { useSessionName } from '../../terminal/session-name.ts'
import { clearTerminal, focusTerminal } from '../../terminal/views.ts'

/** Machines offered for a new terminal: more are a search away, in the list. */
const maxOffered = 15

/** The tabs of the dock and what is done with all of it. */
export function DockBar(): ReactNode {
  const say = useSay()
  const sessions = useConsoles((state) => state.sessions)
  const shown = useConsoles((state) => state.shown)
  const active = useConsoles((state) => state.active)
  const isFilled = useConsoles((state) => state.isDockFilled)
  const isFindOpen = useConsoles((state) => state.findIn !== null && state.findIn === state.active)
  const none = sessions.length === 0 ? say('dock.empty') : null
  const onlyOne = sessions.length === 1 ? say('dock.splitOne') : none

  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const at = sessions.findIndex((session) => session.id === (event.target as HTMLElement).dataset['tab'])
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: sessions.length - 1 }[event.key]
    if (at < 0) return
    if (event.key === 'Delete') void closeTerminal(sessions[at]?.id ?? '')
    const next = to === undefined ? undefined : sessions[(to + sessions.length) % sessions.length]
    if (next === undefined) return
    event.preventDefault()
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus()
  }

  return (
    <header className={`dock-bar ${isFilled ? 'drag-region' : ''}`}>
      <div className="dock-tabs" role="tablist" aria-label={say('dock.tabs')} onKeyDown={move} data-pane-start>
        {sessions.map((session) => (
          <DockTab
            key={session.id}
            session={session}
            isActive={session.id === active}
            isShown={shown.includes(session.id)}
          />
        ))}
      </div>
      <Menu entries={() => newEntries(say)} side="top">
        <IconButton size="small" icon="plus" label={say('dock.new')} />
      </Menu>
      <span className="grow" />
      <IconButton
        size="small"
        icon="split"
        label={say('dock.split')}
        shortcut={shortcutText('splitTerminal', isMac)}
        aria-pressed={shown.length > 1}
        reason={onlyOne}
        onClick={() => thenType(splitTerminals)}
      />
      <IconButton
        size="small"
        icon="search"
        label={say('terminal.find')}
        shortcut={terminalKeyText('find')}
        aria-pressed={isFindOpen}
        reason={none}
        onClick={() => consoles.setState({ findIn: isFindOpen ? null : active })}
      />
      <IconButton
        size="small"
        icon="to-top"
        label={say('terminal.menu.clear')}
        reason={none}
        onClick={() => active !== null && clearTerminal(active)}
      />
      <IconButton
        size="small"
        icon="fill-window"
        label={isFilled ? say('dock.unfill') : say('dock.fill')}
        aria-pressed={isFilled}
        reason={none}
        onClick={() => thenType(() => fillWindow(!isFilled))}
      />
      <IconButton
        size="small"
        icon="down"
        label={say('dock.hide')}
        shortcut={shortcutText('dock', isMac)}
        onClick={toggleDock}
      />
    </header>
  )
}

/** Does it and puts the keyboard where it most likely goes on: into the terminal. */
function thenType(work: () => void): void {
  work()
  const { active } = consoles.getState()
  if (active !== null) focusTerminal(active)
}

function DockTab({
  session,
  isActive,
  isShown,
}: {
  readonly session: Session
  readonly isActive: boolean
  readonly isShown: boolean
}): ReactNode {
  const say = useSay()
  const { name, key } = useSessionName(session)
  const hasRung = useConsoles((state) => state.rang.has(session.id))
  const word =
    session.state === 'ended' ? say('dock.tabEnded') : session.state === 'lost' ? say('dock.tabLost') : session.title
  return (
    <span className={`dock-tab ${isActive ? 'dock-tab-active' : isShown ? 'dock-tab-shown' : ''}`}>
      <button
        type="button"
        role="tab"
        data-tab={session.id}
        aria-selected={isActive}
        aria-keyshortcuts="Delete"
        tabIndex={isActive ? 0 : -1}
        className="dock-tab-button"
        onClick={() => {
          showTerminal(session.id)
          focusTerminal(session.id)
        }}
        onAuxClick={(event) => event.button === 1 && void closeTerminal(session.id)}
      >
        <StateMark name={markOf(session)} />
        <Name name={name} fallback={session.machineId ?? ''} />
        <span className="dock-tab-title">{word}</span>
        {hasRung && (
          <span className="dock-tab-bell">
            <span className="visually-hidden">{say('dock.rang')}</span>
          </span>
        )}
      </button>
      {/* Hidden from screen readers: a tab list holds tabs alone, and Delete closes the tab. */}
      <button
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        className="dock-tab-close"
        data-tip={say(key('close'), { name, title: session.title })}
        onClick={() => void closeTerminal(session.id)}
      >
        <Icon name="close" size="small" />
      </button>
    </span>
  )
}

function markOf({ state }: Session): MarkName {
  return state === 'live' ? 'running' : state === 'ended' ? 'stopped' : 'busy'
}

/** Where a new terminal may be opened: the machine of the active tab first, then the selection, then what runs. */
function newEntries(say: SayFunction): readonly MenuEntry[] {
  const { inventory, system, ui } = store.getState()
  const { sessions, active } = consoles.getState()
  const first = [sessions.find((session) => session.id === active)?.machineId, ...ui.selection]
  const running = [...inventory.machines.values()].filter((machine) => machine.state === 'running')
  const offered = running
    .toSorted((a, b) => Number(first.includes(b.id)) - Number(first.includes(a.id)) || a.name.localeCompare(b.name))
    .slice(0, maxOffered)
  const host: MenuEntry = {
    kind: 'item',
    id: 'host',
    label: thisComputer(system, say),
    icon: 'laptop',
    choose: () => void openHostTerminal(null),
  }
  return [
    { kind: 'heading', id: 'in', label: say('dock.newIn') },
    host,
    { kind: 'separator', id: 'machines' },
    ...(offered.length === 0 ? [{ kind: 'heading', id: 'none', label: say('dock.noRunning') } as const] : []),
    ...offered.map(
      (machine): MenuEntry => ({
        kind: 'item',
        id: machine.id,
        label: machine.name,
        icon: 'terminal',
        choose: () => void openTerminal(machine.id, true),
      }),
    ),
  ]
}
