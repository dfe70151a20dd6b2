import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { SnapshotId } from '../../../app/domain/ids.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import { GridPart } from '../../components/grid-part.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { layoutTree, type TreeRow } from './layout-tree.ts'
import { Rails } from './rails.tsx'
import { NowLine, SnapshotLine } from './snapshot-lines.tsx'

const basePx = { snapshot: 46, now: 40, gap: 12 }

/** The tree itself: rows that are drawn while in view, and the lines between them. */
export function SnapshotGrid({
  tree,
  context,
  selected,
  onSelect,
  find,
  onDelete,
}: {
  readonly tree: SnapshotTree
  readonly context: PermitContext
  readonly selected: readonly SnapshotId[]
  readonly onSelect: (ids: readonly SnapshotId[]) => void
  /** Rows that do not hold this are dimmed; the tree keeps its shape. */
  readonly find: string
  readonly onDelete: () => void
}): ReactNode {
  const say = useSay()
  const zoom = useApp((state) => Math.max(1, (state.settings?.textZoomPercent ?? 100) / 100))
  const layout = useMemo(
    () =>
      layoutTree(tree, {
        snapshotPx: basePx.snapshot * zoom,
        nowPx: basePx.now * zoom,
        blockGapPx: basePx.gap,
      }),
    [tree, zoom],
  )
  const { rows } = layout
  const scroll = useRef<HTMLDivElement>(null)
  const [isRelative, setRelative] = useState(false)
  const [cursor, setCursor] = useState<string | null>(selected.at(-1) ?? null)
  const anchor = useRef<string | null>(selected.at(-1) ?? null)
  const at = Math.max(
    0,
    rows.findIndex((row) => keyOf(row) === cursor),
  )
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    getScrollElement: () => scroll.current,
    count: rows.length,
    // Known without drawing: a row reaches to the next one's top.
    estimateSize: (index) => (rows[index + 1]?.topPx ?? layout.heightPx) - (rows[index]?.topPx ?? 0),
    getItemKey: (index) => keyOf(rows[index]),
    overscan: 12,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new layout has new heights
  useEffect(() => virtual.measure(), [layout, virtual])
  const items = virtual.getVirtualItems()

  // After a restore the tree is laid out anew: what is chosen stays in view.
  const lastLayout = useRef(layout)
  useEffect(() => {
    if (lastLayout.current === layout) return
    lastLayout.current = layout
    const index = rows.findIndex((row) => keyOf(row) === selected.at(-1))
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
  }, [layout, rows, selected, virtual])

  const found = useMemo(() => {
    const words = find.trim().toLocaleLowerCase()
    if (words === '') return null
    return new Set(
      tree.snapshots
        .filter((one) => `${one.name}\n${one.description}`.toLocaleLowerCase().includes(words))
        .map((one) => one.id),
    )
  }, [tree, find])
  useEffect(() => {
    if (found === null) return
    const index = rows.findIndex((row) => row.kind === 'snapshot' && found.has(row.snapshot.id))
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' })
  }, [found, rows, virtual])

  const choose = (index: number, how: { readonly isRange: boolean; readonly isJoined: boolean }): void => {
    const row = rows[index]
    if (row === undefined) return
    setCursor(keyOf(row))
    onSelect(chosenBy(row, index, how))
  }
  const chosenBy = (
    row: TreeRow,
    index: number,
    how: { readonly isRange: boolean; readonly isJoined: boolean },
  ): readonly SnapshotId[] => {
    if (row.kind === 'now') return []
    const { id } = row.snapshot
    if (how.isRange && !how.isJoined) {
      const start = Math.max(
        0,
        rows.findIndex((one) => keyOf(one) === anchor.current),
      )
      const range = rows.slice(Math.min(start, index), Math.max(start, index) + 1)
      return range.flatMap((one) => (one.kind === 'snapshot' ? [one.snapshot.id] : []))
    }
    anchor.current = id
    if (!how.isJoined) return [id]
    return selected.includes(id) ? selected.filter((one) => one !== id) : [...selected, id]
  }

  const focusRow = (index: number): void => {
    virtual.scrollToIndex(index, { align: 'auto' })
    requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus())
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || !(event.target as HTMLElement).matches('[data-row]')) return
    const row = rows[at]
    const isMod = isMac ? event.metaKey : event.ctrlKey
    const to = {
      ArrowDown: Math.min(rows.length - 1, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: rows.length - 1,
      ArrowLeft: rows.findIndex((one) => one.kind === 'snapshot' && one.snapshot === row?.parent),
      ArrowRight: rows.findIndex((one) => row?.kind === 'snapshot' && one.parent === row.snapshot),
    }[event.key]
    if (to !== undefined && !isMod) {
      event.preventDefault()
      if (to < 0) return
      choose(to, { isRange: event.shiftKey, isJoined: false })
      focusRow(to)
    } else if (isMod && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      onSelect(rows.flatMap((one) => (one.kind === 'snapshot' ? [one.snapshot.id] : [])))
    } else if ((event.key === 'Delete' || (isMac && isMod && event.key === 'Backspace')) && selected.length > 0) {
      event.preventDefault()
      event.stopPropagation()
      onDelete()
    } else if (event.key === ' ') {
      event.preventDefault()
      choose(at, { isRange: false, isJoined: true })
    }
  }
  const noteAlt = (event: PointerEvent): void => setRelative(event.altKey)

  return (
    <div ref={scroll} className="snapshot-grid" onPointerMove={noteAlt} onPointerLeave={() => setRelative(false)}>
      <GridPart
        role="treegrid"
        tabIndex={-1}
        aria-label={say('tab.snapshots')}
        aria-multiselectable="true"
        aria-rowcount={rows.length}
        className="snapshot-rows"
        style={{ height: layout.heightPx }}
        onKeyDown={onKeyDown}
      >
        {items.map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const shared = {
            index: item.index,
            isCursor: item.index === at,
            onPress: (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) =>
              choose(item.index, { isRange: event.shiftKey, isJoined: isMac ? event.metaKey : event.ctrlKey }),
          }
          return row.kind === 'now' ? (
            <NowLine key="now" row={row} context={context} {...shared} />
          ) : (
            <SnapshotLine
              key={row.snapshot.id}
              row={row}
              context={context}
              isSelected={selected.includes(row.snapshot.id)}
              isDimmed={found !== null && !found.has(row.snapshot.id)}
              isRelative={isRelative}
              {...shared}
            />
          )
        })}
        <Rails layout={layout} firstRow={items[0]?.index ?? 0} lastRow={items.at(-1)?.index ?? 0} />
      </GridPart>
    </div>
  )
}

function keyOf(row: TreeRow | undefined): string {
  return row?.kind === 'snapshot' ? row.snapshot.id : 'now'
}
