import { type ConsoleWindowTarget, consoleFragment } from '../../app/contract/console-window.ts'
import type { ConsoleOption } from '../../app/domain/console.ts'
import type { MachineId, SessionId } from '../../app/domain/ids.ts'
import { sessionById, showSession, stepTab, toggleSplit } from '../store/console-tabs.ts'
import { consoles } from '../store/consoles.ts'
import { store } from '../store/store.ts'
import { attempt, call } from './call.ts'
import { placeOf } from './machines.ts'

/** Whom to be and where to start in a shell; null lets the machine decide. */
export interface ShellChoice {
  readonly user: string | null
  readonly folder: string | null
}
const asUsual: ShellChoice = { user: null, folder: null }

/** Which console a machine's Terminal button opens: the first terminal that can be opened now, else the first. */
export function bestConsole(options: readonly ConsoleOption[]): ConsoleOption | null {
  const terminals = options.filter((option) => option.kind !== 'screen')
  return terminals.find((option) => option.withheld === null) ?? terminals[0] ?? null
}

/**
 * Opens a machine's best console in the dock, or brings the one that is open before the eye; `isNew` asks for another shell.
 * What goes wrong shows on the machine's page.
 */
export async function openTerminal(machineId: MachineId, isNew = false): Promise<SessionId | null> {
  return attempt(placeOf(machineId), async () => {
    const best = bestConsole(await call('console.options', { id: machineId }))
    if (best === null) return null
    const open = consoles
      .getState()
      .sessions.find(
        (session) => session.machineId === machineId && session.consoleId === best.id && session.state !== 'ended',
      )
    const sessionId = open !== undefined && !isNew ? open.id : await openSession(machineId, best.id, asUsual)
    showTerminal(sessionId)
    return sessionId
  })
}

/** Shows a console in a window of its own; a page in a browser opens that window itself, and its tab's key goes with it. */
export async function openConsoleWindow(target: ConsoleWindowTarget): Promise<void> {
  if (store.getState().system?.shell === 'electron') {
    await attempt(placeOf(target.machineId), () =>
      call('console.openWindow', { id: target.machineId, consoleId: target.consoleId }),
    )
    return
  }
  const address = `${window.location.pathname}${consoleFragment(target)}`
  window.open(address, `console ${target.machineId}`, 'popup,width=900,height=660')?.focus()
}

/** Opens one console; rejects with main's failure. */
export function openSession(machineId: MachineId, consoleId: string, choice: ShellChoice): Promise<SessionId> {
  return call('console.open', { id: machineId, consoleId, ...choice })
}

/**
 * Opens a terminal of this computer in the dock. `commands` are typed at its prompt, for the person to read, change and send
 * off: nothing runs by itself.
 */
export async function openHostTerminal(commands: readonly string[] | null): Promise<SessionId | null> {
  const joint = store.getState().system?.platform === 'win32' ? '; ' : ' && '
  return attempt('window', async () => {
    const sessionId = await call('console.openHost', { typed: commands?.join(joint) ?? null })
    showTerminal(sessionId)
    return sessionId
  })
}

export function showTerminal(sessionId: SessionId): void {
  consoles.setState((state) => showSession(state, sessionId))
}

export function stepTerminal(by: 1 | -1): void {
  consoles.setState((state) => stepTab(state, by))
}

export function splitTerminals(): void {
  consoles.setState(toggleSplit)
}

/** Shows or hides the dock. Hiding ends nothing. */
export function toggleDock(): void {
  consoles.setState((state) => ({ isDockOpen: !state.isDockOpen, isDockFilled: false }))
}

export function fillWindow(isFilled: boolean): void {
  consoles.setState({ isDockFilled: isFilled })
}

/** Closes a terminal and what runs in it; asks first when something does. */
export async function closeTerminal(sessionId: SessionId): Promise<void> {
  const session = sessionById(sessionId)(consoles.getState())
  if (session === null) return
  const command = session.state === 'live' ? await call('console.foreground', { sessionId }).catch(() => null) : null
  if (command === null) await endTerminal(sessionId)
  else consoles.setState({ closing: { sessionId, command } })
}

/** The answer to the question before closing. */
export async function endTerminal(sessionId: SessionId): Promise<void> {
  consoles.setState({ closing: null })
  await attempt('window', () => call('console.close', { sessionId }))
}

export function keepTerminal(): void {
  consoles.setState({ closing: null })
}

export function reopenTerminal(sessionId: SessionId): Promise<void | null> {
  return attempt('window', () => call('console.reopen', { sessionId }))
}
