import type { Session } from '../../app/domain/console.ts'
import type { SessionId } from '../../app/domain/ids.ts'
import { isWindowKey } from '../keyboard/commands.ts'
import { isMac } from '../keyboard/platform.ts'
import { localeIn, sayIn } from '../say.tsx'
import { currentClient, onConnected } from '../store/connect.ts'
import { without, withValue } from '../store/console-tabs.ts'
import { consoles } from '../store/consoles.ts'
import { store } from '../store/store.ts'
import { defaultTerminal } from './default-terminal.ts'
import { isTerminalKey } from './keys.ts'
import { createView, type Look, type TerminalView } from './view.ts'

/** Questions and answers that a terminal's own part of the screen shows. */
export interface ViewAsks {
  readonly mayPasteLines: (text: string) => Promise<boolean>
  readonly found: (result: { readonly index: number; readonly count: number }) => void
}

interface Entry {
  readonly view: TerminalView
  asks: ViewAsks | null
}

const entries = new Map<SessionId, Entry>()
/** By which line each is joined, so that none is joined twice. */
const joined = new Map<SessionId, unknown>()
let isFollowing = false

/** The terminal of a session: made when it is first shown, kept until the session is closed. */
export function viewOf(session: Session): TerminalView {
  if (!isFollowing) follow()
  isFollowing = true
  const known = entries.get(session.id)
  if (known !== undefined) return known.view
  const view = createView(session.id, session.kind !== 'serial', lookNow(), {
    rang: () => {
      const isSeen = view.host() !== null && document.hasFocus()
      if (!isSeen) consoles.setState((state) => ({ rang: withValue(state.rang, session.id) }))
    },
    flooded: (isFlooded) =>
      consoles.setState((state) => ({
        flooded: isFlooded ? withValue(state.flooded, session.id) : without(state.flooded, session.id),
      })),
    isWindowKey: (event) => isWindowKey(event) || isTerminalKey(event),
    mayPasteLines: (text) => entries.get(session.id)?.asks?.mayPasteLines(text) ?? Promise.resolve(false),
    found: (result) => entries.get(session.id)?.asks?.found(result),
    linkHint: () => sayIn(localeIn(store.getState()))(isMac ? 'terminal.linkMac' : 'terminal.link'),
  })
  entries.set(session.id, { view, asks: null })
  return view
}

/** Joins a terminal that has just been shown, and so has its size, to its session. */
export function joinView(sessionId: SessionId): void {
  const entry = entries.get(sessionId)
  const client = currentClient()
  if (entry === undefined || client === null || joined.get(sessionId) === client) return
  joined.set(sessionId, client)
  entry.view.attachTo(client)
}

/** Takes away what is above the line the cursor is in; what runs there does not notice. */
export function clearTerminal(sessionId: SessionId): void {
  const view = entries.get(sessionId)?.view
  view?.terminal.clear()
  view?.focus()
}

/** Puts the keyboard into a session's terminal, once what was just asked for is drawn. */
export function focusTerminal(sessionId: SessionId): void {
  requestAnimationFrame(() => entries.get(sessionId)?.view.focus())
}

/** Says who answers a terminal's questions: whoever shows it. */
export function answerFor(sessionId: SessionId, asks: ViewAsks): () => void {
  const entry = entries.get(sessionId)
  if (entry === undefined) return () => {}
  entry.asks = asks
  return () => {
    if (entry.asks === asks) entry.asks = null
  }
}

function lookNow(): Look {
  const { settings, system } = store.getState()
  const terminal = settings?.terminal ?? defaultTerminal
  return {
    terminal,
    zoom: (settings?.textZoomPercent ?? 100) / 100,
    isRead: terminal.screenReader || (system?.hasScreenReader ?? false),
  }
}

/** Follows what concerns every terminal: sessions that go, the settings, a line that is there again. */
function follow(): void {
  consoles.subscribe(({ sessions }) => {
    const ids = new Set(sessions.map((session) => session.id))
    for (const [id, { view }] of entries) {
      if (ids.has(id)) continue
      entries.delete(id)
      joined.delete(id)
      view.dispose()
    }
  })
  store.subscribe((state, before) => {
    const isReadAnew = state.system?.hasScreenReader !== before.system?.hasScreenReader
    if (state.settings === before.settings && !isReadAnew) return
    for (const { view } of entries.values()) view.setLook(lookNow())
  })
  onConnected((client) => {
    for (const [id, { view }] of entries) {
      if (joined.get(id) === client) continue
      joined.set(id, client)
      view.attachTo(client)
    }
  })
}
