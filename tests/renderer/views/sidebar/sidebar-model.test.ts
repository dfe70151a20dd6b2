import { describe, expect, test } from 'vitest'
import { permissionOf, shownState } from '../../../../renderer/store/selectors.ts'
import { store } from '../../../../renderer/store/store.ts'
import { layoutFor } from '../../../../renderer/views/app/use-layout.ts'
import { buildSidebar } from '../../../../renderer/views/sidebar/sidebar-model.ts'
import { endpoint, inventory, machine, task } from '../../support.ts'

describe('the sidebar', () => {
  test('counts states, endpoints and tags of the whole', () => {
    const model = buildSidebar(
      inventory(
        [machine('a', { state: 'running' }), machine('b', { state: 'starting' }), machine('c', { state: 'crashed' })],
        {
          annotations: {
            'qemu:a': { pinned: false, tags: ['ci', 'web'], note: '' },
            'qemu:gone': { pinned: false, tags: ['old'], note: '' },
          },
        },
      ),
      'en',
    )
    expect(model.all).toBe(3)
    expect(model.byState).toEqual({ running: 2, paused: 0, stopped: 0, attention: 1 })
    expect(model.hosts[0]).toMatchObject({ count: 3, endpoints: [{ count: 3 }] })
    expect(model.tags).toEqual([
      { tag: 'ci', count: 1 },
      { tag: 'web', count: 1 },
    ])
  })
  test('counts a machine that its tool paused with those that need attention, and one that a person paused not', () => {
    const { byState } = buildSidebar(
      inventory([machine('a', { state: 'paused' }), machine('b', { state: 'paused', needsHelp: true })]),
      'en',
    )
    expect(byState).toEqual({ running: 0, paused: 1, stopped: 0, attention: 1 })
  })
  test('does not count as running what its provider cannot be asked about', () => {
    const machines = [machine('a', { state: 'running' }), machine('b', { state: 'stopped' })]
    const byStateWith = (state: 'not-running' | 'unreachable' | 'checking') =>
      buildSidebar(inventory(machines, { endpoints: [endpoint('qemu:local', { state })] }), 'en').byState
    expect(byStateWith('not-running')).toMatchObject({ running: 0, stopped: 1 })
    expect(byStateWith('unreachable')).toMatchObject({ running: 0, stopped: 1 })
    expect(byStateWith('checking')).toMatchObject({ running: 1, stopped: 1 })
  })
  test('leaves out what is not installed', () => {
    const model = buildSidebar(inventory([], { endpoints: [endpoint('qemu:local', { state: 'missing' })] }), 'en')
    expect(model.hosts[0]?.endpoints).toEqual([])
  })
})

describe('what the window derives', () => {
  test('a permission is the same object until something it depends on changes', () => {
    const state = { ...store.getState(), inventory: inventory([machine('a')]) }
    const select = permissionOf('start', 'qemu:a')
    expect(select(state)).toBe(select({ ...state }))
    const busy = task('1', { machineId: 'qemu:a', verb: 'clone' })
    const later = { ...state, tasks: { ...state.tasks, byMachine: new Map([['qemu:a' as const, busy]]) } }
    expect(select(later)).toMatchObject({ kind: 'refused', reason: { key: 'why.task.clone' } })
  })
  test("a task's state stands for the machine's while it runs", () => {
    expect(shownState(machine('a'), task('1'))).toBe('starting')
    expect(shownState(machine('a', { state: 'running' }), task('1', { verb: 'takeSnapshot' }))).toBe('working')
    expect(shownState(machine('a'), null)).toBe('stopped')
  })
  test('large text makes a window narrow', () => {
    expect(layoutFor(1280)).toMatchObject({ hasSidebar: true, isListNarrow: false, isTwoStep: false })
    expect(layoutFor(1280 / 2)).toMatchObject({ hasSidebar: false, isListNarrow: true, isTwoStep: true })
  })
})
