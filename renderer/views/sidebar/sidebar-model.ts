import type { MachineId } from '../../../app/domain/ids.ts'
import type { Endpoint, HostInfo } from '../../../app/domain/provider.ts'
import type { InventoryState } from '../../store/inventory.ts'
import { groupOf } from '../../store/selectors.ts'
import type { StateGroup } from '../../store/ui.ts'

export interface SidebarModel {
  readonly all: number
  readonly byState: Readonly<Record<StateGroup, number>>
  readonly hosts: readonly {
    readonly host: HostInfo
    readonly count: number
    readonly endpoints: readonly { readonly endpoint: Endpoint; readonly count: number }[]
  }[]
  readonly tags: readonly { readonly tag: string; readonly count: number }[]
}

/** The sidebar's lines with their counts: of the whole, not of what is filtered. */
export function buildSidebar(inventory: InventoryState, locale: string): SidebarModel {
  const byState: Record<StateGroup, number> = { running: 0, paused: 0, stopped: 0, attention: 0 }
  const byEndpoint = new Map<string, number>()
  const byTag = new Map<string, number>()
  const endpointById = new Map(inventory.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  for (const machine of inventory.machines.values()) {
    const group = groupOf(machine, endpointById.get(machine.endpointId) ?? null)
    if (group !== null) byState[group] += 1
    byEndpoint.set(machine.endpointId, (byEndpoint.get(machine.endpointId) ?? 0) + 1)
  }
  for (const [id, annotation] of Object.entries(inventory.annotations)) {
    if (!inventory.machines.has(id as MachineId)) continue
    for (const tag of annotation.tags) byTag.set(tag, (byTag.get(tag) ?? 0) + 1)
  }
  return {
    all: inventory.machines.size,
    byState,
    hosts: inventory.hosts.map((host) => {
      const endpoints = inventory.endpoints
        .filter((endpoint) => endpoint.hostId === host.id)
        .map((endpoint) => ({ endpoint, count: byEndpoint.get(endpoint.id) ?? 0 }))
        .filter(({ endpoint, count }) => endpoint.state !== 'missing' || count > 0)
      return { host, endpoints, count: endpoints.reduce((sum, { count }) => sum + count, 0) }
    }),
    tags: [...byTag]
      .map(([tag, count]) => ({ tag, count }))
      .sort((one, other) => one.tag.localeCompare(other.tag, locale)),
  }
}
