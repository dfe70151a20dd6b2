import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Snapshot, SnapshotTree } from '../../../../app/domain/snapshot.ts'
import {
  lastLane,
  layoutTree,
  type Rail,
  railsIn,
  type TreeLayout,
} from '../../../../renderer/views/snapshots/layout-tree.ts'

const measures = { snapshotPx: 46, nowPx: 40, blockGapPx: 12 }

function snapshot(id: string, parentId: string | null, day = 0, extra: Partial<Snapshot> = {}): Snapshot {
  return {
    id,
    name: id,
    description: '',
    parentId,
    createdAt: new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
    hasMemory: false,
    sizeBytes: null,
    keptForUndo: false,
    ...extra,
  }
}

function tree(snapshots: readonly Snapshot[], currentId: string | null): SnapshotTree {
  return { snapshots, currentId, restores: [], notice: null }
}

function names(layout: TreeLayout): readonly string[] {
  return layout.rows.map((row) => `${row.lane} ${row.kind === 'now' ? 'Now' : row.snapshot.id}`)
}

/** A forest of any shape: each snapshot's parent is an earlier one or none; Now comes from any of them or from none. */
const anyTree = fc
  .array(fc.record({ parent: fc.nat(), day: fc.nat(400), unknown: fc.boolean(), root: fc.nat(12) }), { maxLength: 90 })
  .chain((plan) =>
    fc.tuple(fc.constant(plan), fc.option(fc.nat(), { nil: null })).map(([parts, current]) => {
      const snapshots = parts.map((part, index) =>
        snapshot(
          `s${index}`,
          index === 0 || part.root === 0 ? null : `s${index - 1 - (part.parent % Math.min(index, 4))}`,
          part.day,
          part.unknown ? { createdAt: null } : {},
        ),
      )
      const currentId = current === null || parts.length === 0 ? null : `s${current % parts.length}`
      return tree(snapshots, currentId)
    }),
  )

/** What a rail covers: its vertical part by lane and rows, its horizontal part by the row's top and lanes. */
function parts(rail: Rail) {
  if (rail.kind === 'run')
    return { vertical: { lane: rail.lane, from: rail.fromRow, to: rail.toRow }, horizontal: null }
  return {
    vertical: { lane: rail.fromLane, from: rail.fromRow, to: rail.toRow - 0.5 },
    horizontal: { at: rail.toRow, from: rail.fromLane, to: rail.toLane },
  }
}

describe('the snapshot tree', () => {
  test('runs downward with the line to Now in lane 0 and side branches before the child that stays', () => {
    const layout = layoutTree(
      tree(
        [
          snapshot('fresh', null, 1),
          snapshot('updates', 'fresh', 2),
          snapshot('driver test', 'updates', 3),
          snapshot('551', 'driver test', 4),
          snapshot('560', 'driver test', 5),
          snapshot('studio', 'updates', 6),
          snapshot('signing', 'studio', 8),
          snapshot('kept', 'signing', 9, { keptForUndo: true }),
          snapshot('sample', 'studio', 10),
        ],
        'studio',
      ),
      measures,
    )
    expect(names(layout)).toEqual([
      '0 fresh',
      '0 updates',
      '1 driver test',
      '2 551',
      '1 560',
      '0 studio',
      '1 signing',
      '1 kept',
      '1 sample',
      '0 Now',
    ])
    expect(layout.heightPx).toBe(9 * 46 + 40)
    expect(layout.rails.filter((rail) => rail.leadsToNow).map((rail) => [rail.kind, rail.fromRow, rail.toRow])).toEqual(
      [
        ['run', 0, 1],
        ['run', 1, 5],
        ['run', 5, 9],
      ],
    )
    expect(layout.rails.filter((rail) => rail.isKept)).toHaveLength(1)
  })

  test('keeps a chain of 200 in one lane', () => {
    const chain = Array.from({ length: 200 }, (_, i) => snapshot(`s${i}`, i === 0 ? null : `s${i - 1}`, i))
    const layout = layoutTree(tree(chain, 's199'), measures)
    expect(layout.lanes).toBe(0)
    expect(layout.rows).toHaveLength(201)
    expect(layout.rows.at(-1)).toMatchObject({ kind: 'now', position: 201, branchLength: 201 })
  })

  test('folds lanes beyond the last and names the parent where no true line can be drawn', () => {
    // A comb: every node has an older leaf that stays nowhere and a newer child that goes one lane deeper.
    const deep: Snapshot[] = [snapshot('d0', null, 0)]
    for (let i = 1; i <= 10; i += 1) {
      deep.push(snapshot(`d${i}`, `d${i - 1}`, i))
      deep.push(snapshot(`stay${i}`, `d${i - 1}`, 300 - i))
    }
    const layout = layoutTree(tree(deep, null), measures)
    expect(layout.lanes).toBe(lastLane)
    const folded = layout.rows.filter((row) => row.kind === 'snapshot' && row.namesParent)
    expect(folded.length).toBeGreaterThan(0)
    for (const row of folded) expect(row.lane).toBe(lastLane)
  })

  test('starts each root in a block of its own, Now’s last', () => {
    const layout = layoutTree(tree([snapshot('b', null, 2), snapshot('a', null, 1)], 'a'), measures)
    expect(names(layout)).toEqual(['0 b', '0 a', '0 Now'])
    expect(layout.rows.map((row) => row.topPx)).toEqual([0, 58, 104])
  })

  test('lets Now stand alone when the machine has no snapshots or came from none', () => {
    expect(names(layoutTree(tree([], null), measures))).toEqual(['0 Now'])
    expect(names(layoutTree(tree([snapshot('a', null)], null), measures))).toEqual(['0 a', '0 Now'])
    expect(names(layoutTree(tree([snapshot('a', null)], 'gone'), measures))).toEqual(['0 a', '0 Now'])
  })

  test('shows a damaged tree: missing parents and rings become roots, nothing is lost', () => {
    const layout = layoutTree(
      tree(
        [snapshot('orphan', 'missing', 1), snapshot('x', 'z', 2), snapshot('y', 'x', 3), snapshot('z', 'y', 4)],
        'y',
      ),
      measures,
    )
    expect(layout.rows).toHaveLength(5)
    expect(new Set(names(layout)).size).toBe(5)
  })

  test('draws only the rails that touch the rows in view', () => {
    const chain = Array.from({ length: 50 }, (_, i) => snapshot(`s${i}`, i === 0 ? null : `s${i - 1}`, i))
    const { rails } = layoutTree(tree([...chain, snapshot('side', 's0', 90)], 's49'), measures)
    expect(railsIn(rails, 20, 25).map((rail) => [rail.fromRow, rail.toRow])).toEqual([
      [19, 20],
      [20, 21],
      [21, 22],
      [22, 23],
      [23, 24],
      [24, 25],
      [25, 26],
    ])
  })
})

describe('any snapshot tree', () => {
  test('has every snapshot once and Now once, children below their parents', () => {
    fc.assert(
      fc.property(anyTree, (any) => {
        const { rows } = layoutTree(any, measures)
        expect(rows.filter((row) => row.kind === 'now')).toHaveLength(1)
        const order = new Map(rows.map((row, index) => [row.kind === 'now' ? 'Now' : row.snapshot.id, index]))
        expect(order.size).toBe(any.snapshots.length + 1)
        for (const row of rows) {
          if (row.kind === 'now' || row.parent === null) continue
          expect(order.get(row.snapshot.id) ?? 0).toBeGreaterThan(order.get(row.parent.id) ?? 0)
        }
      }),
    )
  })

  test('never lets a line cross another or pass through a node that is not its own', () => {
    fc.assert(
      fc.property(anyTree, (any) => {
        const { rows, rails } = layoutTree(any, measures)
        for (const rail of rails) {
          const { vertical, horizontal } = parts(rail)
          rows.forEach((row, index) => {
            const isInside = index > vertical.from && index < vertical.to
            expect(isInside && row.lane === vertical.lane).toBe(false)
          })
          if (horizontal === null) continue
          for (const other of rails) {
            const lane = parts(other).vertical
            const isCut =
              lane.lane > horizontal.from &&
              lane.lane <= horizontal.to &&
              lane.from < horizontal.at &&
              lane.to >= horizontal.at
            expect(isCut).toBe(false)
          }
        }
      }),
    )
  })

  test('finds a node’s parent as the last node above on the lane its line comes from', () => {
    fc.assert(
      fc.property(anyTree, (any) => {
        const { rows, rails } = layoutTree(any, measures)
        for (const rail of rails) {
          const lane = rail.kind === 'run' ? rail.lane : rail.fromLane
          let above = rail.toRow - 1
          while (above >= 0 && rows[above]?.lane !== lane) above -= 1
          expect(above).toBe(rail.fromRow)
        }
      }),
    )
  })

  test('keeps the line to Now straight in lane 0', () => {
    fc.assert(
      fc.property(anyTree, (any) => {
        for (const row of layoutTree(any, measures).rows) if (row.leadsToNow) expect(row.lane).toBe(0)
      }),
    )
  })

  test('counts each branch from 1 to its length', () => {
    fc.assert(
      fc.property(anyTree, (any) => {
        for (const row of layoutTree(any, measures).rows) {
          expect(row.position).toBeGreaterThanOrEqual(1)
          expect(row.position).toBeLessThanOrEqual(row.branchLength)
        }
      }),
    )
  })
})
