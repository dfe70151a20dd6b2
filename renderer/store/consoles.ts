import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Client } from '../../app/contract/client.ts'
import type { SessionId } from '../../app/domain/ids.ts'
import { onConnected } from './connect.ts'
import { type ConsolesState, keepSessions, takeSession } from './console-tabs.ts'
import { remember, remembered } from './remembered.ts'

interface Kept {
  readonly shown: readonly SessionId[]
  readonly active: SessionId | null
  readonly isDockOpen: boolean
}

const kept = remembered<Kept>('dock', { shown: [], active: null, isDockOpen: false })

export const consoles = createStore<ConsolesState>(() => ({
  sessions: [],
  shown: kept.shown,
  active: kept.active,
  isDockOpen: kept.isDockOpen,
  focusRequests: 0,
  isDockFilled: false,
  findIn: null,
  rang: new Set(),
  flooded: new Set(),
  closing: null,
}))

consoles.subscribe(({ shown, active, isDockOpen }, before) => {
  if (shown === before.shown && active === before.active && isDockOpen === before.isDockOpen) return
  remember('dock', { shown, active, isDockOpen } satisfies Kept)
})

/** Reads from the consoles; draws again only when what `select` returns is another value. */
export function useConsoles<T>(select: (state: ConsolesState) => T): T {
  return useStore(consoles, select)
}

/** Follows the feeds of every connection: listens first, then asks for the whole. */
export function followConsoles(): () => void {
  return onConnected((client: Client) => {
    client.on('console.changed', (session) => consoles.setState((state) => takeSession(state, session)))
    client.on('console.closed', ({ sessionId }) =>
      consoles.setState((state) => {
        const ids = new Set(state.sessions.map((session) => session.id))
        ids.delete(sessionId)
        return keepSessions(state, ids)
      }),
    )
    client.call('console.list').then(
      ({ sessions }) =>
        consoles.setState((state) => {
          const known = sessions.reduce(takeSession, state)
          return keepSessions(known, new Set(sessions.map((session) => session.id)))
        }),
      () => {}, // The line is down: the next connection asks again.
    )
  })
}
