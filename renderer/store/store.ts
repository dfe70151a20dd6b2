import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { type ConnectionState, initialConnection } from './connection.ts'
import { type InventoryState, initialInventory } from './inventory.ts'
import { initialSettings, type SettingsState } from './settings.ts'
import { initialStats, type StatsState } from './stats.ts'
import { initialSystem, type SystemState } from './system.ts'
import { initialTasks, type TasksState } from './tasks.ts'
import { initialUi, type UiState } from './ui.ts'

/**
 * The window's copy of main's truth, and what only the window knows (ui). Data alone: functions that change it live in
 * connect.ts (from feeds) and in actions/ (from people). Consoles and snapshots keep stores of their own.
 */
export interface State {
  readonly connection: ConnectionState
  readonly system: SystemState
  readonly settings: SettingsState
  readonly inventory: InventoryState
  readonly tasks: TasksState
  readonly stats: StatsState
  readonly ui: UiState
}

export const store = createStore<State>(() => ({
  connection: initialConnection,
  system: initialSystem,
  settings: initialSettings,
  inventory: initialInventory,
  tasks: initialTasks,
  stats: initialStats,
  ui: initialUi,
}))

/** Reads from the store; draws again only when what `select` returns is another value. */
export function useApp<T>(select: (state: State) => T): T {
  return useStore(store, select)
}

/** Changes the window's own state. */
export function setUi(change: Partial<UiState> | ((ui: UiState) => Partial<UiState>)): void {
  store.setState((state) => ({ ui: { ...state.ui, ...(typeof change === 'function' ? change(state.ui) : change) } }))
}
