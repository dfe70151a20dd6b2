import { hostLabel } from '../../format/host.ts'
import type { SayFunction } from '../../say.tsx'
import { useSay } from '../../say.tsx'
import type { State } from '../../store/store.ts'
import { useApp } from '../../store/store.ts'
import type { Filter } from '../../store/ui.ts'

/** What a filter is called, in the sidebar, in its chip and as the list's title. */
export function filterLabel(
  filter: Filter,
  { inventory, system }: Pick<State, 'inventory' | 'system'>,
  say: SayFunction,
): string {
  switch (filter.kind) {
    case 'state':
      return say(`nav.${filter.group}`)
    case 'host': {
      const host = inventory.hosts.find((known) => known.id === filter.hostId)
      return host === undefined ? filter.hostId : hostLabel(host, system, say)
    }
    case 'endpoint':
      return inventory.endpoints.find((known) => known.id === filter.endpointId)?.label ?? filter.endpointId
    case 'tag':
      return filter.tag
  }
}

/** The one filter's name, else "All machines": several filters show as chips below. */
export function useListTitle(): string {
  const say = useSay()
  return useApp((state) => {
    const [only, ...more] = state.ui.filters
    return only === undefined || more.length > 0 ? say('nav.all') : filterLabel(only, state, say)
  })
}
