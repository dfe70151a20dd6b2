import type { SnapshotId } from '../../../app/domain/ids.ts'
import type { Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'

/** Heights in pixels: they follow the text zoom, so the caller gives them. */
export interface TreeMeasures {
  readonly snapshotPx: number
  readonly nowPx: number
  /** Free space between the blocks of two roots. */
  readonly blockGapPx: number
}

interface Placed {
  readonly lane: number
  readonly topPx: number
  readonly heightPx: number
  /** On the line from its root to Now. */
  readonly leadsToNow: boolean
  /** Place on its branch, from 1, and the branch's length: what a screen reader says. */
  readonly position: number
  readonly branchLength: number
}

export interface SnapshotRow extends Placed {
  readonly kind: 'snapshot'
  readonly snapshot: Snapshot
  readonly parent: Snapshot | null
  /** True where no line can be drawn to the parent without lying: its name then stands in the row. */
  readonly namesParent: boolean
}

export interface NowRow extends Placed {
  readonly kind: 'now'
  readonly parent: Snapshot | null
}

export type TreeRow = SnapshotRow | NowRow

/** A line from one row to a later one. `branch` leaves the parent's lane just above its row; `run` goes straight down. */
export type Rail =
  | (RailLook & { readonly kind: 'run'; readonly lane: number; readonly fromRow: number; readonly toRow: number })
  | (RailLook & {
      readonly kind: 'branch'
      readonly fromLane: number
      readonly toLane: number
      readonly fromRow: number
      readonly toRow: number
    })

interface RailLook {
  readonly leadsToNow: boolean
  /** Leads to a copy that Berth keeps by itself. */
  readonly isKept: boolean
}

export interface TreeLayout {
  readonly rows: readonly TreeRow[]
  readonly rails: readonly Rail[]
  readonly heightPx: number
  /** The rightmost lane that is used. */
  readonly lanes: number
}

/** Deeper branches stay at this lane and name their parent. */
export const lastLane = 6

interface Node {
  /** null for Now. */
  readonly snapshot: Snapshot | null
  readonly parent: Node | null
  readonly children: Node[]
  leadsToNow: boolean
  depth: number
  rowIndex: number
}

/** Nodes of one line, from where it leaves its parent's lane to its end. */
type Branch = Node[]

/**
 * Places every snapshot and Now in a row and a lane, time running downward. The line that leads to Now is lane 0. Below each
 * node come first its side branches, oldest first and each whole, one lane further right; then the child that stays on the
 * node's line (the one leading to Now, else the newest). So a lane is never entered by a foreign branch while it is in use,
 * and no line crosses another. Snapshots whose parent is missing, or whose parents form a ring, become roots: a damaged tree
 * is shown, not refused.
 */
export function layoutTree(tree: SnapshotTree, measures: TreeMeasures): TreeLayout {
  const visits = link(tree).flatMap(walk)
  const rows: TreeRow[] = []
  const rails: Rail[] = []
  let topPx = 0
  for (const [index, { node }] of visits.entries()) node.rowIndex = index
  for (const { node, branch } of visits) {
    if (node.parent === null && rows.length > 0) topPx += measures.blockGapPx
    const heightPx = node.snapshot === null ? measures.nowPx : measures.snapshotPx
    const rail = railTo(node)
    if (rail !== null) rails.push(rail)
    const parent = node.parent?.snapshot ?? null
    const placed: Placed = {
      lane: Math.min(node.depth, lastLane),
      topPx,
      heightPx,
      leadsToNow: node.leadsToNow,
      position: branch.indexOf(node) + 1,
      branchLength: branch.length,
    }
    topPx += heightPx
    const { snapshot } = node
    if (snapshot === null) rows.push({ kind: 'now', parent, ...placed })
    else rows.push({ kind: 'snapshot', snapshot, parent, namesParent: parent !== null && rail === null, ...placed })
  }
  return { rows, rails, heightPx: topPx, lanes: rows.reduce((most, row) => Math.max(most, row.lane), 0) }
}

/** One block in drawing order. A stack, not recursion: a chain may be thousands long. */
function walk(root: Node): readonly { readonly node: Node; readonly branch: Branch }[] {
  const visits: { node: Node; branch: Branch }[] = []
  const stack: { node: Node; depth: number; branch: Branch }[] = [{ node: root, depth: 0, branch: [] }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, depth, branch } = next
    node.depth = depth
    branch.push(node)
    visits.push({ node, branch })
    const staying = node.children.find((child) => child.leadsToNow) ?? node.children.at(-1)
    // A stack gives back what came last first: the line that stays is drawn below all side branches.
    if (staying !== undefined) stack.push({ node: staying, depth, branch })
    const sides = node.children.filter((child) => child !== staying)
    for (const side of sides.toReversed()) stack.push({ node: side, depth: depth + 1, branch: [] })
  }
  return visits
}

/** The rails that are to be drawn while these rows are in view: those that end, begin or pass there. */
export function railsIn(rails: readonly Rail[], firstRow: number, lastRow: number): readonly Rail[] {
  return rails.filter((rail) => rail.toRow >= firstRow && rail.fromRow <= lastRow)
}

/** The roots of all blocks, oldest first; the one that ends in Now comes last, since nothing is later than now. */
function link(tree: SnapshotTree): readonly Node[] {
  const nodes = new Map<SnapshotId, Node>()
  const byId = new Map(tree.snapshots.map((snapshot) => [snapshot.id, snapshot]))
  const roots: Node[] = []
  const make = (start: Snapshot): void => {
    // Up to the first ancestor that has a node already, then down again making them.
    const chain: Snapshot[] = []
    const seen = new Set<SnapshotId>()
    let above: Snapshot | undefined = start
    while (above !== undefined && !nodes.has(above.id) && !seen.has(above.id)) {
      chain.push(above)
      seen.add(above.id)
      above = above.parentId === null ? undefined : byId.get(above.parentId)
    }
    for (const snapshot of chain.toReversed()) {
      const parent = snapshot.parentId === null ? null : (nodes.get(snapshot.parentId) ?? null)
      const node: Node = { snapshot, parent, children: [], leadsToNow: false, depth: 0, rowIndex: -1 }
      nodes.set(snapshot.id, node)
      if (parent === null) roots.push(node)
      else parent.children.push(node)
    }
  }
  for (const snapshot of tree.snapshots) make(snapshot)
  for (const node of nodes.values()) node.children.sort(byAge)
  roots.sort(byAge)

  const from = tree.currentId === null ? null : (nodes.get(tree.currentId) ?? null)
  const now: Node = { snapshot: null, parent: from, children: [], leadsToNow: false, depth: 0, rowIndex: -1 }
  from?.children.push(now)
  let root = now
  for (let node: Node | null = now; node !== null; node = node.parent) {
    node.leadsToNow = true
    root = node
  }
  return [...roots.filter((other) => other !== root), root]
}

/** Unknown times come first: they are of tools that did not yet write them. */
function byAge(a: Node, b: Node): number {
  const [left, right] = [a.snapshot?.createdAt ?? '', b.snapshot?.createdAt ?? '']
  return left < right ? -1 : left > right ? 1 : 0
}

/** The line to a node from its parent; null for a root, and where lanes are folded and a line would pass through others. */
function railTo(node: Node): Rail | null {
  const { parent, depth } = node
  if (parent === null) return null
  const look = { leadsToNow: node.leadsToNow, isKept: node.snapshot?.keptForUndo ?? false }
  const place = { fromRow: parent.rowIndex, toRow: node.rowIndex }
  if (depth > parent.depth) {
    return depth > lastLane ? null : { kind: 'branch', fromLane: parent.depth, toLane: depth, ...place, ...look }
  }
  const isFolded = depth >= lastLane && node.rowIndex !== parent.rowIndex + 1
  return isFolded ? null : { kind: 'run', lane: Math.min(depth, lastLane), ...place, ...look }
}
