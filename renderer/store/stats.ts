import type { MachineId } from '../../app/domain/ids.ts'
import type { Stats } from '../../app/domain/stats.ts'

/** Samples kept for a machine: two minutes at one each 2 s, as for one that is open; a row's come less often. */
export const historyLength = 60

export interface StatsState {
  /** Oldest first. Only machines on screen have any. */
  readonly byMachine: ReadonlyMap<MachineId, readonly Stats[]>
}

export const initialStats: StatsState = { byMachine: new Map() }

/** Adds one sample each, dropping what is older than the history. */
export function takeStats(state: StatsState, figures: readonly Stats[]): StatsState {
  if (figures.length === 0) return state
  const byMachine = new Map(state.byMachine)
  for (const figure of figures) {
    byMachine.set(figure.id, [...(byMachine.get(figure.id) ?? []).slice(1 - historyLength), figure])
  }
  return { byMachine }
}

/** Forgets machines that are not on screen any more: one that comes back must not show an old figure. */
export function onlyStats(state: StatsState, ids: ReadonlySet<MachineId>): StatsState {
  const kept = [...state.byMachine].filter(([id]) => ids.has(id))
  return kept.length === state.byMachine.size ? state : { byMachine: new Map(kept) }
}
