import type { QuitPlan } from '../../app/contract/views.ts'
import type { AppError } from '../../app/domain/errors.ts'
import type { EndpointId, HostId, MachineId, SnapshotId, TaskId } from '../../app/domain/ids.ts'
import type { TaskVerb } from '../../app/domain/task.ts'
import { remembered } from './remembered.ts'

export type View = 'machines' | 'providers' | 'settings' | 'trash' | 'first-run'

export const detailTabs = ['overview', 'console', 'snapshots', 'settings', 'activity'] as const
export type DetailTab = (typeof detailTabs)[number]

export type StateGroup = 'running' | 'paused' | 'stopped' | 'attention'

/** One way to narrow the list. Several are joined: within a kind by "or", between kinds by "and". */
export type Filter =
  | { readonly kind: 'state'; readonly group: StateGroup }
  | { readonly kind: 'host'; readonly hostId: HostId }
  | { readonly kind: 'endpoint'; readonly endpointId: EndpointId }
  | { readonly kind: 'tag'; readonly tag: string }

export type OpenDialog =
  | { readonly kind: 'create'; readonly name?: string }
  | { readonly kind: 'remove'; readonly machineIds: readonly MachineId[] }
  | { readonly kind: 'clone'; readonly machineId: MachineId; readonly snapshotId: SnapshotId | null }
  | { readonly kind: 'export'; readonly machineId: MachineId }
  | { readonly kind: 'locate'; readonly machineId: MachineId }
  /** `source`: a file of this computer that is chosen already. */
  | { readonly kind: 'copyFiles'; readonly machineId: MachineId; readonly source?: string }
  | { readonly kind: 'runCommand'; readonly machineId: MachineId }
  | { readonly kind: 'rename'; readonly machineId: MachineId }
  | { readonly kind: 'discard'; readonly machineId: MachineId }
  /** Asked before unsaved work is lost or many machines are touched at once. */
  | {
      readonly kind: 'power'
      readonly verb: 'powerOff' | 'reset' | 'start' | 'shutDown' | 'snapshot'
      readonly machineIds: readonly MachineId[]
    }
  | { readonly kind: 'quit'; readonly plan: QuitPlan }
  | { readonly kind: 'tag'; readonly machineIds: readonly MachineId[] }
  | { readonly kind: 'licenses' }

/** Something went wrong that belongs to a place on screen: `machine:ID`, `endpoint:ID`, `create`, `settings`, `window`. */
export interface PlacedFailure {
  readonly error: AppError
  /** ISO 8601 UTC. */
  readonly at: string
  /** The task it came from; its commands can be shown. */
  readonly taskId: TaskId | null
  /** What was asked for; null when no task's verb names it. */
  readonly verb: TaskVerb | null
}

export type SortKey = 'name' | 'state' | 'system' | 'provider' | 'cpu' | 'memory' | 'address' | 'since'

export interface UiState {
  readonly view: View
  /** Empty means all machines. */
  readonly filters: readonly Filter[]
  readonly search: string
  /** In the order they were chosen; the last one is the one the detail shows when it is alone. */
  readonly selection: readonly MachineId[]
  /** Where a range starts. */
  readonly anchor: MachineId | null
  /** Which row has the list's tab stop: a machine's id or a group's key. */
  readonly cursor: string | null
  readonly tabs: Readonly<Record<MachineId, DetailTab>>
  readonly dialog: OpenDialog | null
  readonly failures: Readonly<Record<string, PlacedFailure>>
  /** Keys of groups that are folded; an offline provider's group is folded unless it is in `unfoldedGroups`. */
  readonly foldedGroups: ReadonlySet<string>
  readonly unfoldedGroups: ReadonlySet<string>
  readonly isSidebarHidden: boolean
  /** The sidebar over the list, where the window is too narrow to hold both. */
  readonly isSidebarOver: boolean
  /** In a window too narrow for list and detail side by side: which of the two is shown. */
  readonly step: 'list' | 'detail'
  readonly isPaletteOpen: boolean
  readonly areTasksOpen: boolean
  /** Set when a machine's page should open its snapshot popover, rename field or stop ladder; cleared by who does it. */
  readonly request: { readonly kind: 'takeSnapshot' | 'rename' | 'ladder'; readonly machineId: MachineId } | null
  /** Places taken when sorting by something that changes, so that rows do not move by themselves; null sorts by name. */
  readonly ranks: ReadonlyMap<MachineId, number> | null
  /** How the table is sorted. */
  readonly tableSort: { readonly key: SortKey; readonly isDescending: boolean }
  /** Machines in the trash, as last heard. */
  readonly trashCount: number
  /** An endpoint the Providers page should bring into view. */
  readonly shownEndpoint: EndpointId | null
}

export const initialUi: UiState = {
  view: 'machines',
  filters: [],
  search: '',
  selection: [],
  anchor: null,
  cursor: null,
  tabs: remembered<Record<MachineId, DetailTab>>('tabs', {}),
  dialog: null,
  failures: {},
  foldedGroups: new Set(remembered<readonly string[]>('folded', [])),
  unfoldedGroups: new Set(),
  isSidebarHidden: remembered('sidebarHidden', false),
  isSidebarOver: false,
  step: 'list',
  isPaletteOpen: false,
  areTasksOpen: false,
  request: null,
  ranks: null,
  tableSort: { key: 'name', isDescending: false },
  trashCount: 0,
  shownEndpoint: null,
}
