import type { MachineId } from '../../../app/domain/ids.ts'
import type { Row } from './list-model.ts'

/** The machines from one row to another, both included, in the list's order. */
export function rangeOf(order: readonly MachineId[], from: MachineId, to: MachineId): readonly MachineId[] {
  const [start, end] = [order.indexOf(from), order.indexOf(to)]
  if (start < 0 || end < 0) return [to]
  const range = order.slice(Math.min(start, end), Math.max(start, end) + 1)
  return start <= end ? range : range.reverse()
}

export function toggled(selection: readonly MachineId[], id: MachineId): readonly MachineId[] {
  return selection.includes(id) ? selection.filter((known) => known !== id) : [...selection, id]
}

export function machineOrder(rows: readonly Row[]): readonly MachineId[] {
  return rows.flatMap((row) => (row.kind === 'machine' ? [row.id] : []))
}

/**
 * What to select when selected machines are gone: the one that took the place of the first of them, by the order before.
 * Machines that are only filtered out stay selected.
 */
export function selectionAfter(
  before: readonly MachineId[],
  selection: readonly MachineId[],
  isThere: (id: MachineId) => boolean,
): readonly MachineId[] {
  const kept = selection.filter(isThere)
  if (kept.length === selection.length) return selection
  if (kept.length > 0) return kept
  const at = before.indexOf(selection[0] as MachineId)
  if (at < 0) return []
  const next = before.slice(at + 1).find(isThere) ?? before.slice(0, at).reverse().find(isThere)
  return next === undefined ? [] : [next]
}
