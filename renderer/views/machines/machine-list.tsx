import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef } from 'react'
import { openDialog } from '../../actions/navigate.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useLocale, useSay } from '../../say.tsx'
import { lastLook } from '../../store/last-look.ts'
import { setUi, store, useApp } from '../../store/store.ts'
import { SidebarToggle } from '../app/sidebar-toggle.tsx'
import { ArrangeMenu } from './arrange-menu.tsx'
import { FilterBar } from './filter-bar.tsx'
import { FilterChips } from './filter-chips.tsx'
import './list.css'
import { ListEmpty } from './list-empty.tsx'
import { rememberGroups } from './list-loading.tsx'
import { buildRows, countMachines, type ListQuery } from './list-model.ts'
import { MachineRows } from './machine-rows.tsx'
import { MachineTable } from './machine-table.tsx'
import { machineOrder, selectionAfter } from './selection.ts'
import { toggleTable } from './table-toggle.ts'
import { useFilterKeys } from './use-filter-keys.ts'
import { useListTitle } from './use-list-title.ts'

/** The pane in the middle: what there is, narrowed by filters and by what is typed, as a list or as a table. */
export function MachineList({
  isTable,
  hidesSystem,
}: {
  readonly isTable: boolean
  readonly hidesSystem: boolean
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const inventory = useApp((state) => state.inventory)
  const filters = useApp((state) => state.ui.filters)
  const search = useDeferredValue(useApp((state) => state.ui.search))
  const ranks = useApp((state) => state.ui.ranks)
  const foldedGroups = useApp((state) => state.ui.foldedGroups)
  const unfoldedGroups = useApp((state) => state.ui.unfoldedGroups)
  const group = useApp((state) => (state.settings ?? lastLook).list.group)
  const title = useListTitle()

  const { endpoints, hosts, machines, annotations } = inventory
  const rows = useMemo(() => {
    const query: ListQuery = {
      filters,
      search,
      group,
      ranks,
      foldedGroups,
      unfoldedGroups,
      locale,
      isFlat: isTable,
    }
    return buildRows({ ...store.getState().inventory, endpoints, hosts, machines, annotations }, query)
  }, [
    endpoints,
    hosts,
    machines,
    annotations,
    filters,
    search,
    group,
    ranks,
    foldedGroups,
    unfoldedGroups,
    locale,
    isTable,
  ])
  const order = useMemo(() => machineOrder(rows), [rows])
  useKeptSelection(order)
  const filterKeys = useFilterKeys(isTable ? null : order, search)
  const isWhole = !isTable && filters.length === 0 && search === ''
  useEffect(() => {
    if (isWhole) rememberGroups(rows)
  }, [isWhole, rows])

  const count = countMachines(rows)
  // Tools that are away keep their rows, so that a first machine is offered below them.
  const hasNothing =
    rows.length === 0 || (inventory.revision >= 0 && machines.size === 0 && rows.every(({ kind }) => kind === 'group'))
  return (
    <>
      <header className="pane-header drag-region">
        <SidebarToggle />
        <h1 className="pane-title cut">{title}</h1>
        <span className="list-count">{count > 0 && count}</span>
        <span className="grow" />
        {isTable && <FilterBar isShort hasShortHint {...filterKeys.keys} />}
        <ArrangeMenu />
        {isTable && (
          <IconButton
            icon="machines"
            label={say('list.table')}
            shortcut={shortcutText('table', isMac)}
            aria-pressed
            onClick={toggleTable}
          />
        )}
        <IconButton
          icon="plus"
          label={say('list.new')}
          shortcut={shortcutText('create', isMac)}
          onClick={() => openDialog({ kind: 'create' })}
        />
      </header>
      {!isTable && (
        <div className="list-filter">
          <FilterBar hasShortHint={hidesSystem} {...filterKeys.keys} />
        </div>
      )}
      <FilterChips />
      {rows.length === 0 ? null : isTable ? (
        <MachineTable rows={rows} title={title} onOrder={filterKeys.setOrder} />
      ) : (
        <MachineRows rows={rows} order={order} title={title} hidesSystem={hidesSystem} />
      )}
      {hasNothing && <ListEmpty />}
    </>
  )
}

/** A machine that goes away while selected passes the selection on to its neighbour, and the cursor with it. */
function useKeptSelection(order: ReturnType<typeof machineOrder>): void {
  const before = useRef(order)
  useEffect(() => {
    const { inventory, ui } = store.getState()
    if (inventory.revision >= 0) {
      const selection = selectionAfter(before.current, ui.selection, (id) => inventory.machines.has(id))
      if (selection !== ui.selection) {
        const [first = null] = selection
        setUi({ selection, anchor: first, cursor: first ?? ui.cursor })
      }
    }
    before.current = order
  }, [order])
}
