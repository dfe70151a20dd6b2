import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { GridPart } from '../../components/grid-part.tsx'
import { Icon } from '../../components/icon.tsx'
import { ContextMenu } from '../../components/menu.tsx'
import { cpuShare } from '../../format/figures.ts'
import { stateKey } from '../../format/state-key.ts'
import { useLocale, useSay } from '../../say.tsx'
import { endpointOf, statsOf } from '../../store/selectors.ts'
import { setUi, store, useApp } from '../../store/store.ts'
import { useZoom } from '../app/use-layout.ts'
import { contextEntries } from './context-entries.ts'
import type { MachineRow as MachineRowModel, Row } from './list-model.ts'
import { rowHeights } from './row-heights.ts'
import './table.css'
import { type Column, columns, isLargestFirst, sortTable } from './table-model.ts'
import { TableRow } from './table-row.tsx'
import { useGrid } from './use-grid.ts'
import { useStatsOf } from './use-stats-of.ts'

const columnKeys = {
  name: 'column.name',
  state: 'column.state',
  system: 'column.system',
  provider: 'column.provider',
  cpu: 'column.cpu',
  memory: 'column.memory',
  address: 'column.address',
  since: 'column.upFor',
} as const satisfies Readonly<Record<Column, MessageKey>>

/** All machines with everything a row can say; the detail makes way for it. A click on a head sorts, at that moment. */
export function MachineTable({
  rows,
  title,
  onOrder,
}: {
  readonly rows: readonly Row[]
  readonly title: string
  /** Told the order that is shown. */
  readonly onOrder: (order: readonly MachineId[]) => void
}): ReactNode {
  const say = useSay()
  const scroll = useRef<HTMLDivElement>(null)
  const selection = useApp((state) => state.ui.selection)
  const { order, sorted } = useSortedRows(rows)
  useLayoutEffect(() => onOrder(order), [order, onOrder])
  const heights = rowHeights(useZoom())
  const cursorIndex = useRef(-1)
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: sorted.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => heights.row,
    getItemKey: (index) => sorted[index]?.key ?? index,
    overscan: 12,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range)
      const at = cursorIndex.current
      if (at < 0 || at >= sorted.length || indexes.includes(at)) return indexes
      return [...indexes, at].sort((one, other) => one - other)
    },
  })
  const grid = useGrid(sorted, order, scroll, virtualizer, false)
  cursorIndex.current = sorted.findIndex((row) => row.key === grid.cursor)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row's height is what measuring depends on
  useEffect(() => virtualizer.measure(), [heights.row, virtualizer])

  const items = virtualizer.getVirtualItems()
  useStatsOf(
    'list',
    items.flatMap((item) => sorted[item.index]?.id ?? []),
  )
  return (
    <ContextMenu entries={() => contextEntries(store.getState(), say)} follow={store.subscribe}>
      <GridPart
        role="grid"
        aria-label={title}
        aria-multiselectable="true"
        aria-rowcount={sorted.length + 1}
        className="table"
        {...grid.handlers}
      >
        <TableHead />
        <GridPart ref={scroll} role="rowgroup" className="table-body" data-pane-start>
          <div role="presentation" className="list-canvas" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const row = sorted[item.index]
              if (row === undefined) return null
              return (
                <TableRow
                  key={row.key}
                  id={row.id}
                  top={item.start}
                  rowIndex={item.index + 2}
                  isSelected={selection.includes(row.id)}
                  isCursor={row.key === grid.cursor}
                  isStale={row.isStale}
                />
              )
            })}
          </div>
        </GridPart>
      </GridPart>
    </ContextMenu>
  )
}

function TableHead(): ReactNode {
  const say = useSay()
  const { key, isDescending } = useApp((state) => state.ui.tableSort)
  return (
    <GridPart role="row" aria-rowindex={1} className="table-head">
      <span />
      {columns.map((column) => {
        const isSorted = column === key
        return (
          <GridPart
            key={column}
            role="columnheader"
            className={`table-${column}`}
            aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : 'none'}
          >
            <button type="button" className="table-sort" onClick={() => sortBy(column)}>
              {say(columnKeys[column])}
              {isSorted && <Icon name={isDescending ? 'down' : 'up'} />}
            </button>
          </GridPart>
        )
      })}
    </GridPart>
  )
}

function sortBy(column: Column): void {
  setUi(({ tableSort }) => ({
    tableSort: {
      key: column,
      isDescending: tableSort.key === column ? !tableSort.isDescending : isLargestFirst(column),
    },
  }))
}

/** Sorted when the order is chosen or a machine comes or goes; not when a figure changes. */
function useSortedRows(rows: readonly Row[]): { order: readonly MachineId[]; sorted: readonly MachineRowModel[] } {
  const locale = useLocale()
  const say = useSay()
  const sort = useApp((state) => state.ui.tableSort)
  const ids = rows
    .map((row) => row.key)
    .sort()
    .join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: which machines there are decides, not what they are like
  const order = useMemo(() => {
    const state = store.getState()
    const machines = ids.split('\n').flatMap((id) => state.inventory.machines.get(id as MachineId) ?? [])
    return sortTable(machines, sort, {
      locale,
      provider: (machine) => endpointOf(machine.endpointId)(state)?.label ?? '',
      state: (machine) => say(stateKey(machine.state, machine)),
      cpu: (machine) => cpuShare(statsOf(machine.id)(state), machine, state.system),
      memory: (machine) => statsOf(machine.id)(state)?.memoryBytes ?? null,
    })
  }, [ids, sort, locale])
  const sorted = useMemo(() => {
    const byId = new Map(rows.flatMap((row) => (row.kind === 'machine' ? [[row.id, row] as const] : [])))
    return order.flatMap((id) => byId.get(id) ?? [])
  }, [rows, order])
  return { order, sorted }
}
