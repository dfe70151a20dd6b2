import { describe, expect, test } from 'vitest'
import {
  buildRows,
  countMachines,
  createFilter,
  type ListQuery,
  type Row,
  rankMachines,
} from '../../../../renderer/views/machines/list-model.ts'
import { rangeOf, selectionAfter, toggled } from '../../../../renderer/views/machines/selection.ts'
import { sortTable } from '../../../../renderer/views/machines/table-model.ts'
import { endpoint, inventory, machine } from '../../support.ts'

const query: ListQuery = {
  filters: [],
  search: '',
  group: 'provider',
  ranks: null,
  foldedGroups: new Set(),
  unfoldedGroups: new Set(),
  locale: 'en',
}
const keys = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.key)
const docker = endpoint('docker:default', { label: 'Docker' })
const both = { endpoints: [endpoint('qemu:local', { label: 'QEMU' }), docker] }
const inDocker = { endpointId: docker.id, kind: 'container' } as const

describe('the list', () => {
  test('groups by endpoint, sorted by name as people count', () => {
    const state = inventory([machine('vm-10'), machine('vm-9'), machine('web', inDocker)], both)
    expect(keys(buildRows(state, query))).toEqual([
      'qemu:local',
      'qemu:vm-9',
      'qemu:vm-10',
      'docker:default',
      'qemu:web',
    ])
  })

  test('a pinned machine stands in Pinned only', () => {
    const annotations = { 'qemu:b': { pinned: true, tags: [], note: '' } }
    const state = inventory([machine('a'), machine('b')], { annotations })
    expect(keys(buildRows(state, query))).toEqual(['pinned', 'qemu:b', 'qemu:local', 'qemu:a'])
  })

  test('an endpoint that is away is folded until it is unfolded, and its machines stay', () => {
    const state = inventory([machine('a')], { endpoints: [endpoint('qemu:local', { state: 'unreachable' })] })
    expect(buildRows(state, query)).toMatchObject([{ kind: 'group', count: 1, isFolded: true }])
    const open = buildRows(state, { ...query, unfoldedGroups: new Set(['qemu:local']) })
    expect(open).toMatchObject([{ isFolded: false }, { kind: 'machine', isStale: true }])
  })

  test.each(['not-running', 'broken', 'refused'] as const)(
    'machines of an endpoint that is %s stay in sight as last known',
    (state) => {
      const away = inventory([machine('a', { state: 'running' })], { endpoints: [endpoint('qemu:local', { state })] })
      expect(buildRows(away, query)).toMatchObject([
        { kind: 'group', isFolded: false },
        { kind: 'machine', isStale: true },
      ])
    },
  )

  test('an endpoint being asked shows where its machines will be', () => {
    const state = inventory([], { endpoints: [endpoint('qemu:local', { state: 'checking' })] })
    expect(buildRows(state, query).map((row) => row.kind)).toEqual(['group', 'skeleton', 'skeleton', 'skeleton'])
  })

  test('a tool that is not installed has no group, one that needs the person has', () => {
    const endpoints = [endpoint('qemu:local', { state: 'missing' }), endpoint('docker:a', { state: 'refused' })]
    expect(keys(buildRows(inventory([], { endpoints }), query))).toEqual(['docker:a'])
  })

  test('a search opens folded groups and leaves out what does not match', () => {
    const state = inventory([machine('alpine'), machine('win11')], both)
    const rows = buildRows(state, { ...query, search: 'win', foldedGroups: new Set(['qemu:local']) })
    expect(keys(rows)).toEqual(['qemu:local', 'qemu:win11'])
  })

  test('machines are found by state in either language, tag, address and system', () => {
    const annotations = { 'qemu:a': { pinned: false, tags: ['coursework'], note: '' } }
    const one = machine('a', { state: 'paused', addresses: ['10.0.2.15'], os: 'Debian 13' })
    const state = inventory([one, machine('b')], { annotations })
    for (const search of ['paused', '일시 정지', 'course', '10.0.2', 'debian 13', 'DEBIAN']) {
      expect(keys(buildRows(state, { ...query, search }))).toEqual(['qemu:local', 'qemu:a'])
    }
  })

  test('a Korean name is found by its initial consonants', () => {
    const state = inventory([machine('실습용 우분투'), machine('b')])
    expect(keys(buildRows(state, { ...query, search: 'ㅅㅅㅇ' }))).toEqual(['qemu:local', 'qemu:실습용 우분투'])
  })

  test('by tag: the untagged come last', () => {
    const annotations = { 'qemu:b': { pinned: false, tags: ['ci'], note: '' } }
    const rows = buildRows(inventory([machine('a'), machine('b')], { annotations }), { ...query, group: 'tag' })
    expect(keys(rows)).toEqual(['tag:ci', 'qemu:b', 'tag:', 'qemu:a'])
  })

  test('an order by CPU holds the moment it was chosen; a machine that comes later stands last', () => {
    const machines = [machine('a'), machine('b')]
    const cpu = new Map([
      ['qemu:a', 1],
      ['qemu:b', 90],
    ])
    const ranks = rankMachines(machines, 'cpu', { cpu: (id) => cpu.get(id) ?? -1, usedAt: () => '' })
    const rows = buildRows(inventory([...machines, machine('0-new')]), { ...query, group: 'none', ranks })
    expect(keys(rows)).toEqual(['qemu:b', 'qemu:a', 'qemu:0-new'])
  })
})

describe('the number beside the title', () => {
  test('counts machines in folded groups and those of no group', () => {
    const annotations = { 'qemu:b': { pinned: true, tags: [], note: '' } }
    const state = inventory([machine('a'), machine('b'), machine('c')], { annotations })
    expect(countMachines(buildRows(state, query))).toBe(3)
    expect(countMachines(buildRows(state, { ...query, foldedGroups: new Set(['qemu:local']) }))).toBe(3)
    expect(countMachines(buildRows(state, { ...query, group: 'none' }))).toBe(3)
    expect(countMachines(buildRows(state, { ...query, isFlat: true }))).toBe(3)
  })
})

describe('filters', () => {
  const state = inventory(
    [machine('a', { state: 'running' }), machine('b'), machine('c', { ...inDocker, state: 'running' })],
    both,
  )
  const pass = (filters: ListQuery['filters']): readonly string[] =>
    [...state.machines.values()].filter(createFilter(state, filters)).map(({ name }) => name)

  test('of one kind any may hold', () => {
    expect(
      pass([
        { kind: 'state', group: 'running' },
        { kind: 'state', group: 'stopped' },
      ]),
    ).toEqual(['a', 'b', 'c'])
  })
  test('of different kinds all must', () => {
    expect(
      pass([
        { kind: 'state', group: 'running' },
        { kind: 'endpoint', endpointId: 'qemu:local' },
      ]),
    ).toEqual(['a'])
  })
  test('an unknown state needs attention only where its provider answers', () => {
    const away = inventory([machine('u', { state: 'unknown' })], {
      endpoints: [endpoint('qemu:local', { state: 'unreachable' })],
    })
    const filter = createFilter(away, [{ kind: 'state', group: 'attention' }])
    expect([...away.machines.values()].filter(filter)).toEqual([])
  })
})

describe('the selection', () => {
  const order = ['qemu:a', 'qemu:b', 'qemu:c', 'qemu:d'] as const

  test('a range goes both ways from its anchor', () => {
    expect(rangeOf(order, 'qemu:b', 'qemu:d')).toEqual(['qemu:b', 'qemu:c', 'qemu:d'])
    expect(rangeOf(order, 'qemu:c', 'qemu:a')).toEqual(['qemu:c', 'qemu:b', 'qemu:a'])
    expect(rangeOf(order, 'qemu:gone', 'qemu:a')).toEqual(['qemu:a'])
  })
  test('one is added and taken away', () => {
    expect(toggled(['qemu:a'], 'qemu:b')).toEqual(['qemu:a', 'qemu:b'])
    expect(toggled(['qemu:a', 'qemu:b'], 'qemu:a')).toEqual(['qemu:b'])
  })
  test('goes to the next row when its machine is removed, to the one before at the end', () => {
    expect(selectionAfter(order, ['qemu:b'], (id) => id !== 'qemu:b')).toEqual(['qemu:c'])
    expect(selectionAfter(order, ['qemu:d'], (id) => id !== 'qemu:d')).toEqual(['qemu:c'])
    expect(selectionAfter(order, ['qemu:a'], () => false)).toEqual([])
  })
  test('stays as it is while all of it is there', () => {
    const selection = ['qemu:a'] as const
    expect(selectionAfter(order, selection, () => true)).toBe(selection)
  })
})

describe('the table', () => {
  test('empty values stand last in both directions', () => {
    const machines = [machine('a'), machine('b', { os: 'Debian' }), machine('c', { os: 'Alpine' })]
    const facts = { locale: 'en', provider: () => '', state: () => '', cpu: () => null, memory: () => null }
    expect(sortTable(machines, { key: 'system', isDescending: false }, facts)).toEqual(['qemu:c', 'qemu:b', 'qemu:a'])
    expect(sortTable(machines, { key: 'system', isDescending: true }, facts)).toEqual(['qemu:b', 'qemu:c', 'qemu:a'])
  })
})
