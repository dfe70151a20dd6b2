import type { ReactNode } from 'react'
import { type Rail, railsIn, type TreeLayout, type TreeRow } from './layout-tree.ts'

const laneWidth = 18
const firstLaneX = 12
const bend = 12

export function laneX(lane: number): number {
  return firstLaneX + laneWidth * lane
}

/** The lines and nodes of the rows in view, above the rows' grounds and below nothing: they take no presses. */
export function Rails({
  layout,
  firstRow,
  lastRow,
}: {
  readonly layout: TreeLayout
  readonly firstRow: number
  readonly lastRow: number
}): ReactNode {
  const { rows } = layout
  // Lines to Now are drawn last, so that they lie over the bends of branches that leave them.
  const rails = [...railsIn(layout.rails, firstRow, lastRow)].sort(
    (a, b) => Number(a.leadsToNow) - Number(b.leadsToNow),
  )
  return (
    <svg
      className="snapshot-rails"
      width={laneX(layout.lanes) + firstLaneX}
      height={layout.heightPx}
      aria-hidden="true"
    >
      {rails.map((rail) => (
        <path
          key={`${rail.fromRow} ${rail.toRow}`}
          className={`rail ${rail.leadsToNow ? 'rail-now' : ''} ${rail.isKept ? 'rail-kept' : ''}`}
          d={pathOf(rail, rows)}
        />
      ))}
      {rows.slice(firstRow, lastRow + 1).map((row) => (
        <Node key={row.kind === 'snapshot' ? row.snapshot.id : 'now'} row={row} />
      ))}
    </svg>
  )
}

function Node({ row }: { readonly row: TreeRow }): ReactNode {
  const x = laneX(row.lane)
  const y = centre(row)
  if (row.kind === 'now') {
    return (
      <>
        <circle className="node node-ring" cx={x} cy={y} r={7} />
        <circle className="node node-dot" cx={x} cy={y} r={3.25} />
      </>
    )
  }
  const { hasMemory, keptForUndo } = row.snapshot
  const look = [
    'node',
    row.leadsToNow && 'node-now',
    keptForUndo ? 'node-kept' : hasMemory === true && 'node-memory',
  ].filter(Boolean)
  return <circle className={look.join(' ')} cx={x} cy={y} r={5} />
}

/** Straight down a lane, or out of the parent's lane in a quarter circle just above the branch's first row. */
function pathOf(rail: Rail, rows: readonly TreeRow[]): string {
  const from = rows[rail.fromRow]
  const to = rows[rail.toRow]
  if (from === undefined || to === undefined) return ''
  if (rail.kind === 'run') return `M${laneX(rail.lane)} ${centre(from)}V${centre(to)}`
  const y = centre(to) - bend
  const start = `M${laneX(rail.fromLane)} ${Math.min(centre(from), y)}V${y}`
  return `${start}a${bend} ${bend} 0 0 0 ${bend} ${bend}H${laneX(rail.toLane)}`
}

function centre(row: TreeRow): number {
  return row.topPx + row.heightPx / 2
}
