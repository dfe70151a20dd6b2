import type { MachineId } from '../../../app/domain/ids.ts'
import { type Machine, type MachineState, noAnnotation } from '../../../app/domain/machine.ts'
import type { Endpoint } from '../../../app/domain/provider.ts'
import { isAway } from '../../../app/domain/provider.ts'
import type { Settings } from '../../../app/domain/settings.ts'
import type { InventoryState } from '../../store/inventory.ts'
import { groupOf } from '../../store/selectors.ts'
import type { Filter } from '../../store/ui.ts'
import { createMatcher, searchable } from './search.ts'

export interface GroupRow {
  readonly kind: 'group'
  readonly key: string
  /** A name of its own, or what the window calls it (`pinned`, `untagged`, this computer). */
  readonly label: string | { readonly word: 'pinned' | 'untagged' | 'thisComputer' }
  /** The host, where it is not this computer. */
  readonly where: string | null
  readonly count: number
  readonly isFolded: boolean
  /** Set when the group is one endpoint: its state shows in the head. */
  readonly endpoint: Endpoint | null
}
export interface MachineRow {
  readonly kind: 'machine'
  readonly key: MachineId
  readonly id: MachineId
  /** Not reachable now: drawn faint, as it was. */
  readonly isStale: boolean
}
export interface SkeletonRow {
  readonly kind: 'skeleton'
  readonly key: string
}
export type Row = GroupRow | MachineRow | SkeletonRow

export interface ListQuery {
  readonly filters: readonly Filter[]
  readonly search: string
  readonly group: Settings['list']['group']
  readonly ranks: ReadonlyMap<MachineId, number> | null
  readonly foldedGroups: ReadonlySet<string>
  readonly unfoldedGroups: ReadonlySet<string>
  readonly locale: string
  /** Without groups, for the table; the order is then the table's own. */
  readonly isFlat?: boolean
}

const skeletons = 3

/** Machines that pass the filters and the search, in order. */
export function chooseMachines(inventory: InventoryState, query: ListQuery): readonly Machine[] {
  const endpoints = new Map(inventory.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const passes = createFilter(inventory, query.filters)
  const matches = createMatcher(query.search)
  const isSearching = query.search.trim() !== ''
  const found: Machine[] = []
  for (const machine of inventory.machines.values()) {
    if (!passes(machine)) continue
    const label = endpoints.get(machine.endpointId)?.label ?? ''
    const annotation = inventory.annotations[machine.id] ?? noAnnotation
    if (isSearching && !matches(searchable(machine, annotation, label))) continue
    found.push(machine)
  }
  return found.sort(byRankThenName(query.ranks, query.locale))
}

/** The list's rows: Pinned first, then one group per endpoint, host or tag. */
export function buildRows(inventory: InventoryState, query: ListQuery): readonly Row[] {
  const machines = chooseMachines(inventory, query)
  const endpoints = new Map(inventory.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const isStale = (machine: Machine): boolean => {
    const endpoint = endpoints.get(machine.endpointId)
    return endpoint !== undefined && isAway(endpoint)
  }
  const row = (machine: Machine): MachineRow => ({
    kind: 'machine',
    key: machine.id,
    id: machine.id,
    isStale: isStale(machine),
  })
  if (query.isFlat === true) return machines.map(row)

  const isSearching = query.search.trim() !== ''
  const pinned = machines.filter((machine) => inventory.annotations[machine.id]?.pinned === true)
  const pinnedIds = new Set(pinned.map((machine) => machine.id))
  const others = machines.filter((machine) => !pinnedIds.has(machine.id))
  const rows: Row[] = []

  const add = (group: Omit<GroupRow, 'kind' | 'count' | 'isFolded'>, members: readonly Machine[]): void => {
    const isOffline = group.endpoint !== null && group.endpoint.state === 'unreachable'
    const isFolded =
      !isSearching && (query.foldedGroups.has(group.key) || (isOffline && !query.unfoldedGroups.has(group.key)))
    rows.push({ kind: 'group', ...group, count: members.length, isFolded })
    if (isFolded) return
    rows.push(...members.map(row))
    if (members.length === 0 && group.endpoint?.state === 'checking') {
      for (let index = 0; index < skeletons; index += 1) rows.push({ kind: 'skeleton', key: `${group.key}/${index}` })
    }
  }

  if (pinned.length > 0) {
    add({ key: 'pinned', label: { word: 'pinned' }, where: null, endpoint: null }, pinned)
  }
  switch (query.group) {
    case 'none':
      rows.push(...others.map(row))
      break
    case 'provider':
      for (const { endpoint, where, members } of byEndpoint(inventory, others)) {
        if (members.length > 0 || showsEmpty(endpoint, query, isSearching)) {
          add({ key: endpoint.id, label: endpoint.label, where, endpoint }, members)
        }
      }
      break
    case 'host':
      for (const host of inventory.hosts) {
        const members = others.filter((machine) => endpoints.get(machine.endpointId)?.hostId === host.id)
        const label = host.label ?? { word: 'thisComputer' as const }
        if (members.length > 0) add({ key: `host:${host.id}`, label, where: null, endpoint: null }, members)
      }
      break
    case 'tag': {
      const firstTag = (machine: Machine): string =>
        [...(inventory.annotations[machine.id]?.tags ?? [])].sort()[0] ?? ''
      const tags = [...new Set(others.map(firstTag))].sort((one, other) =>
        one === '' ? 1 : other === '' ? -1 : one.localeCompare(other, query.locale),
      )
      for (const tag of tags) {
        const label = tag === '' ? { word: 'untagged' as const } : tag
        const members = others.filter((machine) => firstTag(machine) === tag)
        add({ key: `tag:${tag}`, label, where: null, endpoint: null }, members)
      }
      break
    }
  }
  return rows
}

/** How many machines the rows stand for, those of folded groups included. */
export function countMachines(rows: readonly Row[]): number {
  let count = 0
  let inGroup = 0
  for (const row of rows) {
    if (row.kind === 'group') {
      count += row.count
      inGroup = row.isFolded ? 0 : row.count
    } else if (row.kind === 'machine' && inGroup > 0) inGroup -= 1
    else if (row.kind === 'machine') count += 1
  }
  return count
}

/** An endpoint without a machine to show still has something to say while it is being asked or needs the person. */
function showsEmpty(endpoint: Endpoint, query: ListQuery, isSearching: boolean): boolean {
  if (isSearching) return false
  const isNarrowed = query.filters.some((filter) => filter.kind === 'state' || filter.kind === 'tag')
  const isElsewhere =
    query.filters.length > 0 &&
    !query.filters.some(
      (filter) =>
        (filter.kind === 'endpoint' && filter.endpointId === endpoint.id) ||
        (filter.kind === 'host' && filter.hostId === endpoint.hostId),
    )
  if (isNarrowed || isElsewhere) return false
  return ['checking', 'unreachable', 'not-running', 'refused', 'broken', 'too-old'].includes(endpoint.state)
}

function* byEndpoint(
  inventory: InventoryState,
  machines: readonly Machine[],
): Generator<{ endpoint: Endpoint; where: string | null; members: readonly Machine[] }> {
  const members = new Map<string, Machine[]>()
  for (const machine of machines) {
    const list = members.get(machine.endpointId)
    if (list === undefined) members.set(machine.endpointId, [machine])
    else list.push(machine)
  }
  for (const endpoint of inventory.endpoints) {
    const host = inventory.hosts.find((known) => known.id === endpoint.hostId)
    yield { endpoint, where: host?.label ?? null, members: members.get(endpoint.id) ?? [] }
  }
}

/** Within a kind of filter any may hold, between kinds all must. */
export function createFilter(inventory: InventoryState, filters: readonly Filter[]): (machine: Machine) => boolean {
  if (filters.length === 0) return () => true
  const endpoints = new Map(inventory.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const holds = (filter: Filter, machine: Machine): boolean => {
    const endpoint = endpoints.get(machine.endpointId)
    switch (filter.kind) {
      case 'state':
        return groupOf(machine, endpoint ?? null) === filter.group
      case 'host':
        return endpoint?.hostId === filter.hostId
      case 'endpoint':
        return machine.endpointId === filter.endpointId
      case 'tag':
        return inventory.annotations[machine.id]?.tags.includes(filter.tag) ?? false
    }
  }
  const isPlace = (filter: Filter): boolean => filter.kind === 'host' || filter.kind === 'endpoint'
  const kinds = [
    filters.filter((filter) => filter.kind === 'state'),
    filters.filter(isPlace),
    filters.filter((filter) => filter.kind === 'tag'),
  ].filter((kind) => kind.length > 0)
  return (machine) => kinds.every((kind) => kind.some((filter) => holds(filter, machine)))
}

function byRankThenName(
  ranks: ReadonlyMap<MachineId, number> | null,
  locale: string,
): (one: Machine, other: Machine) => number {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' })
  const rank = (machine: Machine): number => ranks?.get(machine.id) ?? Number.MAX_SAFE_INTEGER
  return (one, other) =>
    rank(one) - rank(other) || collator.compare(one.name, other.name) || (one.id < other.id ? -1 : 1)
}

const stateOrder: readonly MachineState[] = [
  'crashed',
  'inaccessible',
  'unknown',
  'working',
  'restoring',
  'starting',
  'stopping',
  'suspending',
  'running',
  'paused',
  'suspended',
  'stopped',
]

/** Places by what machines are like at this moment: kept, so that rows stay where they are until it is asked for again. */
export function rankMachines(
  machines: Iterable<Machine>,
  key: Settings['list']['sort'],
  facts: { readonly cpu: (id: MachineId) => number; readonly usedAt: (id: MachineId) => string },
): ReadonlyMap<MachineId, number> | null {
  if (key === 'name') return null
  const collator = new Intl.Collator(undefined, { numeric: true })
  const compare: Record<typeof key, (one: Machine, other: Machine) => number> = {
    state: (one, other) => stateOrder.indexOf(one.state) - stateOrder.indexOf(other.state),
    cpu: (one, other) => facts.cpu(other.id) - facts.cpu(one.id),
    lastUsed: (one, other) => {
      const [first, second] = [facts.usedAt(one.id), facts.usedAt(other.id)]
      return first === second ? 0 : first > second ? -1 : 1
    },
  }
  const sorted = [...machines].sort((one, other) => compare[key](one, other) || collator.compare(one.name, other.name))
  return new Map(sorted.map((machine, index) => [machine.id, index]))
}
