import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { GridPart } from '../../components/grid-part.tsx'
import { ContextMenu } from '../../components/menu.tsx'
import { useSay } from '../../say.tsx'
import { store, useApp } from '../../store/store.ts'
import { useZoom } from '../app/use-layout.ts'
import { contextEntries } from './context-entries.ts'
import { GroupRow } from './group-row.tsx'
import type { Row } from './list-model.ts'
import { MachineRow } from './machine-row.tsx'
import { rowHeights } from './row-heights.ts'
import { SkeletonRow } from './skeleton-row.tsx'
import { useGrid } from './use-grid.ts'
import { useStatsOf } from './use-stats-of.ts'

/** The list's rows: only those near the view are drawn, whatever their number. */
export function MachineRows({
  rows,
  order,
  title,
  hidesSystem,
}: {
  readonly rows: readonly Row[]
  readonly order: readonly MachineId[]
  readonly title: string
  readonly hidesSystem: boolean
}): ReactNode {
  const say = useSay()
  const scroll = useRef<HTMLDivElement>(null)
  const heights = rowHeights(useZoom())
  const selection = useApp((state) => state.ui.selection)
  const cursorIndex = useRef(-1)
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => {
      if (rows[index]?.kind !== 'group') return heights.row
      return index === 0 ? heights.firstGroup : heights.group
    },
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    // The row with the tab stop stays drawn wherever the list is scrolled, or the keyboard would lose its place.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range)
      const at = cursorIndex.current
      if (at < 0 || at >= rows.length || indexes.includes(at)) return indexes
      return [...indexes, at].sort((one, other) => one - other)
    },
  })
  const grid = useGrid(rows, order, scroll, virtualizer)
  cursorIndex.current = rows.findIndex((row) => row.key === grid.cursor)

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights and rows are what measuring depends on
  useEffect(() => virtualizer.measure(), [rows, heights.row, virtualizer])

  const items = virtualizer.getVirtualItems()
  useStatsOf(
    'list',
    items.flatMap((item) => {
      const row = rows[item.index]
      return row?.kind === 'machine' ? [row.id] : []
    }),
  )

  return (
    <ContextMenu entries={() => contextEntries(store.getState(), say)} follow={store.subscribe}>
      <GridPart
        ref={scroll}
        role="treegrid"
        aria-label={title}
        aria-multiselectable="true"
        aria-rowcount={rows.length}
        className="list-body"
        data-pane-start
        {...grid.handlers}
      >
        <div role="presentation" className="list-canvas" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            const common = { top: item.start, rowIndex: item.index + 1, isCursor: row.key === grid.cursor }
            if (row.kind === 'group') return <GroupRow key={row.key} row={row} {...common} />
            if (row.kind === 'skeleton') return <SkeletonRow key={row.key} index={item.index} top={item.start} />
            return (
              <MachineRow
                key={row.key}
                id={row.id}
                {...common}
                level={2}
                isSelected={selection.includes(row.id)}
                isStale={row.isStale}
                hidesSystem={hidesSystem}
              />
            )
          })}
        </div>
      </GridPart>
    </ContextMenu>
  )
}
