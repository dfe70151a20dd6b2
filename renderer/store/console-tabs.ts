import type { Session } from '../../app/domain/console.ts'
import type { SessionId } from '../../app/domain/ids.ts'

/** Console sessions as main tells them, and how this window shows them. Their bytes never come here. */
export interface ConsolesState {
  /** In the order they were opened: the order of the tabs. */
  readonly sessions: readonly Session[]
  /** The one or two sessions the dock shows, the left one first. */
  readonly shown: readonly SessionId[]
  /** Which of them had the keyboard last. */
  readonly active: SessionId | null
  readonly isDockOpen: boolean
  /** Grows with each session that is put before the eye: the active one then takes the keyboard, though it was active before. */
  readonly focusRequests: number
  /** The dock has all of the window but the strip. */
  readonly isDockFilled: boolean
  /** The session that is being searched. */
  readonly findIn: SessionId | null
  /** Sessions that rang while nobody looked. */
  readonly rang: ReadonlySet<SessionId>
  /** Sessions that say more than can be shown at this moment. */
  readonly flooded: ReadonlySet<SessionId>
  /** The session whose closing waits for an answer, and what would end with it. */
  readonly closing: { readonly sessionId: SessionId; readonly command: string } | null
}

export const sessionById =
  (id: SessionId | null) =>
  (state: ConsolesState): Session | null =>
    state.sessions.find((session) => session.id === id) ?? null

/** Takes a session as main tells it; a new one stands last. */
export function takeSession(state: ConsolesState, session: Session): ConsolesState {
  const isKnown = state.sessions.some((known) => known.id === session.id)
  return {
    ...state,
    sessions: isKnown
      ? state.sessions.map((known) => (known.id === session.id ? session : known))
      : [...state.sessions, session],
  }
}

/** Forgets what is not among `ids`; the dock then shows a neighbour of what it showed. */
export function keepSessions(state: ConsolesState, ids: ReadonlySet<SessionId>): ConsolesState {
  const sessions = state.sessions.filter((session) => ids.has(session.id))
  const shown = state.shown.filter((id) => ids.has(id))
  const gone = state.sessions.findIndex((session) => session.id === state.active && !ids.has(session.id))
  if (shown.length === 0 && sessions.length > 0) {
    const neighbour = sessions[Math.min(Math.max(0, gone), sessions.length - 1)]
    if (neighbour !== undefined) shown.push(neighbour.id)
  }
  return {
    ...state,
    sessions,
    shown,
    active: state.active !== null && shown.includes(state.active) ? state.active : (shown[0] ?? null),
    rang: new Set([...state.rang].filter((id) => ids.has(id))),
    flooded: new Set([...state.flooded].filter((id) => ids.has(id))),
    closing: state.closing !== null && ids.has(state.closing.sessionId) ? state.closing : null,
    findIn: state.findIn !== null && ids.has(state.findIn) ? state.findIn : null,
    isDockFilled: state.isDockFilled && sessions.length > 0,
  }
}

/** Puts a session before the eye: into the place of the active one, unless it is shown already. */
export function showSession(state: ConsolesState, id: SessionId): ConsolesState {
  const at = Math.max(0, state.active === null ? 0 : state.shown.indexOf(state.active))
  const shown = state.shown.includes(id) ? state.shown : state.shown.toSpliced(at, 1, id)
  return {
    ...state,
    shown,
    active: id,
    focusRequests: state.focusRequests + 1,
    isDockOpen: true,
    rang: without(state.rang, id),
  }
}

/** Two side by side, or one again: the active one stays, and its neighbour in the tabs joins it. */
export function toggleSplit(state: ConsolesState): ConsolesState {
  const active = state.active ?? state.shown[0]
  if (active === undefined) return state
  if (state.shown.length > 1) return { ...state, shown: [active], active }
  const at = state.sessions.findIndex((session) => session.id === active)
  const other = state.sessions[at + 1] ?? state.sessions[at - 1]
  if (other === undefined) return state
  // Side by side in the order of their tabs.
  const shown = state.sessions.filter(({ id }) => id === active || id === other.id).map(({ id }) => id)
  return { ...state, shown, active, rang: without(state.rang, other.id) }
}

/** The tab after the active one (1), or before it (-1); around the ends. */
export function stepTab(state: ConsolesState, by: 1 | -1): ConsolesState {
  const { sessions } = state
  const at = sessions.findIndex((session) => session.id === state.active)
  const next = sessions[(at + by + sessions.length) % sessions.length]
  return next === undefined ? state : showSession(state, next.id)
}

export function without<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  if (!set.has(value)) return set
  const rest = new Set(set)
  rest.delete(value)
  return rest
}

export function withValue<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  return set.has(value) ? set : new Set([...set, value])
}
