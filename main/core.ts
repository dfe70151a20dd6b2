import type { ConsoleWindowTarget } from '../app/contract/console-window.ts'
import type { SystemInfo } from '../app/domain/system.ts'
import type { ToolFinder } from './exec/find-tool.ts'
import type { Activity } from './services/activity.ts'
import type { AnnotationStore } from './services/annotations.ts'
import type { AttentionService } from './services/attention.ts'
import type { Consoles } from './services/consoles.ts'
import type { FileGuard } from './services/file-guard.ts'
import type { Purpose } from './services/files.ts'
import type { InventoryService } from './services/inventory.ts'
import type { QuitService } from './services/quit.ts'
import type { Screens } from './services/screens.ts'
import type { SnapshotPictures } from './services/snapshot-pictures.ts'
import type { StatsService } from './services/stats.ts'
import type { TaskService } from './services/tasks.ts'
import type { TrashService } from './services/trash.ts'
import type { SettingsStore } from './settings.ts'
import type { StateProblems } from './state/problems.ts'

/** What only the program around the core can do: Electron its way, the web way in hardly any of it. */
export interface Desktop {
  readonly shell: SystemInfo['shell']
  readonly appVersion: string
  /** BCP 47, as the system has it. */
  readonly systemLocale: () => string
  readonly hasScreenReader: () => boolean
  /** The system's file dialog; null when the person cancelled. Throws `unsupported` where there is none. */
  readonly pick: (purpose: Purpose) => Promise<string | null>
  /** Shows a file or folder, which is there, in the system's file manager. */
  readonly reveal: (path: string) => Promise<void>
  /** Opens a web address, which has been checked, in the person's browser. */
  readonly openLink: (url: string) => Promise<void>
  /** Shows one machine's console in a window of its own. Throws `unsupported` where the page opens its windows itself. */
  readonly openConsoleWindow: (target: ConsoleWindowTarget) => Promise<void>
  /** Ends the program once everything is put away. */
  readonly quit: () => void
}

/** Everything the handlers stand on. Built in `assemble.ts`, and nowhere else. */
export interface Core {
  readonly inventory: InventoryService
  readonly tasks: TaskService
  readonly activity: Activity
  readonly annotations: AnnotationStore
  readonly attention: AttentionService
  readonly consoles: Consoles
  readonly screens: Screens
  readonly snapshotPictures: SnapshotPictures
  readonly stats: StatsService
  readonly trash: TrashService
  readonly fileGuard: FileGuard
  readonly quitting: QuitService
  readonly settings: SettingsStore
  readonly problems: StateProblems
  readonly tools: Pick<ToolFinder, 'forget'>
  readonly desktop: Desktop
  readonly dataPath: string
}
