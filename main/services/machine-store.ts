import type { Inventory, InventoryChange } from '../../app/contract/views.ts'
import type { EndpointId, MachineId, ProviderId } from '../../app/domain/ids.ts'
import type { Annotation, Machine } from '../../app/domain/machine.ts'
import type { Endpoint, HostInfo, ProviderInfo } from '../../app/domain/provider.ts'
import { coalesce, type Schedule } from '../../app/util/coalesce.ts'
import { isSame } from '../../app/util/same.ts'

/** Changes within this time are published together. */
const publishDelayMs = 16

/** All known machines at one revision. Unchanged objects keep their identity and are not published. */
export interface MachineStore {
  readonly whole: () => Inventory
  readonly machine: (id: MachineId) => Machine | null
  readonly endpoint: (id: EndpointId) => Endpoint | null
  readonly endpointsOf: (provider: ProviderId) => readonly Endpoint[]
  readonly machines: () => Iterable<Machine>
  /** The number of what was last learnt; what is learnt later about a machine has a higher one. */
  readonly moment: () => number
  readonly upsert: (machine: Machine) => void
  readonly remove: (id: MachineId) => void
  /**
   * Takes a list that was asked for at `asked`. Machines about which something was learnt since are left as they are: the
   * list may be older than that.
   */
  readonly takeList: (endpointId: EndpointId, machines: readonly Machine[], asked: number) => void
  /** As `takeList` for one machine; null when the tool says that it does not exist. */
  readonly takeOne: (id: MachineId, machine: Machine | null, asked: number) => void
  /** All endpoints and hosts of one provider. Machines of endpoints that are no more leave with them. */
  readonly takeEndpoints: (provider: ProviderId, endpoints: readonly Endpoint[], hosts: readonly HostInfo[]) => void
  readonly takeEndpoint: (endpoint: Endpoint) => void
  readonly takeAnnotations: (annotations: Readonly<Record<MachineId, Annotation>>) => void
  /** Publishes what waits to be published now. */
  readonly publish: () => void
}

export function createMachineStore(
  start: { readonly providers: readonly ProviderInfo[]; readonly annotations: Inventory['annotations'] } & Pick<
    Inventory,
    'hosts' | 'endpoints' | 'machines'
  >,
  onChange: (change: InventoryChange) => void,
  schedule: Schedule,
): MachineStore {
  const machines = new Map(start.machines.map((machine) => [machine.id, machine]))
  const endpoints = new Map<ProviderId, readonly Endpoint[]>()
  for (const { id } of start.providers) {
    endpoints.set(
      id,
      start.endpoints.filter((endpoint) => endpoint.providerId === id),
    )
  }
  const hosts = new Map<ProviderId, readonly HostInfo[]>()
  const cachedHosts = start.hosts
  let annotations = start.annotations
  let revision = 0

  /** When something was last learnt about a machine, also about one that is gone. */
  const learntAt = new Map<MachineId, number>()
  let moment = 0

  const upserts = new Map<MachineId, Machine>()
  const removed = new Set<MachineId>()
  let changedParts: { hosts?: true; endpoints?: true; annotations?: true } = {}
  const publishing = coalesce(publish, publishDelayMs, schedule)

  function publish(): void {
    const parts = changedParts
    changedParts = {}
    if (upserts.size === 0 && removed.size === 0 && Object.keys(parts).length === 0) return
    revision += 1
    const change: InventoryChange = {
      revision,
      upserts: [...upserts.values()],
      removed: [...removed],
      ...(parts.hosts === true ? { hosts: allHosts() } : {}),
      ...(parts.endpoints === true ? { endpoints: allEndpoints() } : {}),
      ...(parts.annotations === true ? { annotations } : {}),
    }
    upserts.clear()
    removed.clear()
    onChange(change)
  }

  function allEndpoints(): readonly Endpoint[] {
    return [...endpoints.values()].flat()
  }

  /** By id, the first one that names it: two providers may list machines of the same computer. */
  function allHosts(): readonly HostInfo[] {
    const byId = new Map<string, HostInfo>()
    for (const { id } of start.providers) {
      for (const host of hosts.get(id) ?? cachedHosts) if (!byId.has(host.id)) byId.set(host.id, host)
    }
    const used = new Set(allEndpoints().map((endpoint) => endpoint.hostId))
    return [...byId.values()].filter((host) => used.has(host.id))
  }

  function put(machine: Machine): void {
    moment += 1
    learntAt.set(machine.id, moment)
    if (isSame(machines.get(machine.id), machine)) return
    machines.set(machine.id, machine)
    upserts.set(machine.id, machine)
    removed.delete(machine.id)
    publishing.request()
  }

  function drop(id: MachineId): void {
    moment += 1
    learntAt.set(id, moment)
    if (!machines.delete(id)) return
    upserts.delete(id)
    removed.add(id)
    publishing.request()
  }

  const isNewer = (id: MachineId, asked: number): boolean => (learntAt.get(id) ?? 0) > asked

  function putEndpoints(provider: ProviderId, next: readonly Endpoint[]): void {
    const before = endpoints.get(provider) ?? []
    const kept = next.map((endpoint) => {
      const old = before.find(({ id }) => id === endpoint.id)
      return isSame(old, endpoint) && old !== undefined ? old : endpoint
    })
    if (isSame(kept, before)) return
    endpoints.set(provider, kept)
    changedParts.endpoints = true
    publishing.request()
  }

  return {
    whole: () => ({
      revision,
      hosts: allHosts(),
      providers: start.providers,
      endpoints: allEndpoints(),
      // Changes that are not yet published belong to the next revision, which repeats them: harmless.
      machines: [...machines.values()],
      annotations,
    }),
    machine: (id) => machines.get(id) ?? null,
    endpoint: (id) => allEndpoints().find((endpoint) => endpoint.id === id) ?? null,
    endpointsOf: (provider) => endpoints.get(provider) ?? [],
    machines: () => machines.values(),
    moment: () => moment,
    upsert: put,
    remove: drop,
    takeList(endpointId, listed, asked) {
      const present = new Set<MachineId>()
      for (const machine of listed) {
        present.add(machine.id)
        if (!isNewer(machine.id, asked)) put(machine)
      }
      for (const machine of [...machines.values()]) {
        if (machine.endpointId !== endpointId || present.has(machine.id) || isNewer(machine.id, asked)) continue
        drop(machine.id)
      }
      // What was learnt before this list began no longer needs remembering.
      for (const [id, at] of learntAt) if (at <= asked && !machines.has(id)) learntAt.delete(id)
    },
    takeOne(id, machine, asked) {
      if (isNewer(id, asked)) return
      if (machine === null) drop(id)
      else put(machine)
    },
    takeEndpoints(provider, next, nextHosts) {
      const before = allHosts()
      hosts.set(provider, nextHosts)
      putEndpoints(provider, next)
      if (!isSame(before, allHosts())) {
        changedParts.hosts = true
        publishing.request()
      }
      const ids = new Set(next.map((endpoint) => endpoint.id))
      for (const machine of [...machines.values()]) {
        if (machine.id.startsWith(`${provider}:`) && !ids.has(machine.endpointId)) drop(machine.id)
      }
    },
    takeEndpoint(endpoint) {
      const before = endpoints.get(endpoint.providerId) ?? []
      putEndpoints(
        endpoint.providerId,
        before.map((old) => (old.id === endpoint.id ? endpoint : old)),
      )
    },
    takeAnnotations(next) {
      if (isSame(next, annotations)) return
      annotations = next
      changedParts.annotations = true
      publishing.request()
    },
    publish: publishing.flush,
  }
}
