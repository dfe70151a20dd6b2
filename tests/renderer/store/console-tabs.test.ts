import { describe, expect, it } from 'vitest'
import type { Session } from '../../../app/domain/console.ts'
import {
  type ConsolesState,
  keepSessions,
  showSession,
  stepTab,
  takeSession,
  toggleSplit,
} from '../../../renderer/store/console-tabs.ts'

const session = (id: string, rest: Partial<Session> = {}): Session => ({
  id,
  machineId: 'mock:1',
  machineName: 'web-api',
  consoleId: 'shell',
  kind: 'shell',
  title: 'sh',
  state: 'live',
  writable: true,
  exitCode: null,
  since: '2026-11-23T00:00:00.000Z',
  attempts: 0,
  reason: null,
  columns: 80,
  rows: 24,
  ...rest,
})
const noTabs: ConsolesState = {
  sessions: [],
  shown: [],
  active: null,
  isDockOpen: false,
  focusRequests: 0,
  isDockFilled: false,
  findIn: null,
  rang: new Set(),
  flooded: new Set(),
  closing: null,
}
const withTabs = (...ids: readonly string[]): ConsolesState =>
  ids.reduce<ConsolesState>((state, id) => takeSession(state, session(id)), noTabs)

describe('the dock', () => {
  it('keeps tabs in the order they were opened, whatever changes', () => {
    const state = takeSession(withTabs('a', 'b'), session('a', { state: 'ended' }))
    expect(state.sessions.map(({ id, state: how }) => `${id} ${how}`)).toEqual(['a ended', 'b live'])
  })

  it('opens for a session that is shown, in the place of the active one', () => {
    const one = showSession(withTabs('a', 'b'), 'a')
    expect(one).toMatchObject({ shown: ['a'], active: 'a', isDockOpen: true })
    expect(showSession(one, 'b')).toMatchObject({ shown: ['b'], active: 'b' })
  })

  it('splits with the neighbour, and is one again with the active one', () => {
    const split = toggleSplit(showSession(withTabs('a', 'b', 'c'), 'b'))
    expect(split).toMatchObject({ shown: ['b', 'c'], active: 'b' })
    const other = showSession(split, 'c')
    expect(other.shown).toEqual(['b', 'c'])
    expect(toggleSplit(other)).toMatchObject({ shown: ['c'], active: 'c' })
  })

  it('does not split what is alone', () => {
    expect(toggleSplit(showSession(withTabs('a'), 'a')).shown).toEqual(['a'])
  })

  it('goes around the tabs in both directions', () => {
    const state = showSession(withTabs('a', 'b', 'c'), 'c')
    expect(stepTab(state, 1).active).toBe('a')
    expect(stepTab(state, -1).active).toBe('b')
    expect(stepTab(withTabs(), 1).active).toBeNull()
  })

  it('shows the neighbour of a tab that is closed', () => {
    const state = showSession(withTabs('a', 'b', 'c'), 'b')
    expect(keepSessions(state, new Set(['a', 'c']))).toMatchObject({ shown: ['c'], active: 'c' })
    expect(keepSessions(state, new Set())).toMatchObject({ shown: [], active: null })
  })

  it('forgets a bell when the terminal is looked at', () => {
    const state = { ...withTabs('a', 'b'), rang: new Set(['b']) }
    expect(showSession(state, 'b').rang.size).toBe(0)
  })
})
