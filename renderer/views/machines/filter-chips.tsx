import type { ReactNode } from 'react'
import { chooseFilter } from '../../actions/navigate.ts'
import { Icon } from '../../components/icon.tsx'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { filterLabel } from './use-list-title.ts'

/** Several filters, each removable. One alone is the list's title. */
export function FilterChips(): ReactNode {
  const say = useSay()
  const filters = useApp((state) => state.ui.filters)
  const inventory = useApp((state) => state.inventory)
  const system = useApp((state) => state.system)
  if (filters.length < 2) return null
  return (
    <ul className="filter-chips">
      {filters.map((filter) => {
        const name = filterLabel(filter, { inventory, system }, say)
        return (
          <li key={JSON.stringify(filter)}>
            <button
              type="button"
              className="filter-chip"
              aria-label={say('filter.remove', { name })}
              onClick={() => chooseFilter(filter, true)}
            >
              <bdi dir="auto" className="cut">
                {name}
              </bdi>
              <Icon name="close" size="small" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
