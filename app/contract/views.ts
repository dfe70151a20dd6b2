import type { Session } from '../domain/console.ts'
import type { AppError } from '../domain/errors.ts'
import type { MachineId, SessionId, TaskId } from '../domain/ids.ts'
import type { Annotation, Machine, MachineKind } from '../domain/machine.ts'
import type { Endpoint, HostInfo, ProviderInfo } from '../domain/provider.ts'
import type { ScreenArea, ScreenStatus, TextCursor } from '../domain/screen.ts'
import type { TaskResult, TaskState, TaskVerb } from '../domain/task.ts'

/** The whole, at one revision. Changes with a higher revision apply on top. */
export interface Inventory {
  readonly revision: number
  readonly hosts: readonly HostInfo[]
  readonly providers: readonly ProviderInfo[]
  readonly endpoints: readonly Endpoint[]
  readonly machines: readonly Machine[]
  /** Only for machines that have any. */
  readonly annotations: Readonly<Record<MachineId, Annotation>>
}

/**
 * What changed since `revision - 1`. A client whose revision is older asks for the whole again. Fields left out did not
 * change; hosts and endpoints come whole because they are few.
 */
export interface InventoryChange {
  readonly revision: number
  readonly upserts: readonly Machine[]
  readonly removed: readonly MachineId[]
  readonly hosts?: readonly HostInfo[]
  readonly providers?: readonly ProviderInfo[]
  readonly endpoints?: readonly Endpoint[]
  readonly annotations?: Readonly<Record<MachineId, Annotation>>
}

export interface SnapshotsChanged {
  readonly machineId: MachineId
}

export interface SessionsView {
  readonly sessions: readonly Session[]
}

/** Down a terminal's stream. `replay` is what was said before, once, first; acknowledge it as data. */
export type ConsoleDown =
  | { readonly kind: 'replay'; readonly data: Uint8Array; readonly columns: number; readonly rows: number }
  | { readonly kind: 'data'; readonly data: Uint8Array }
  /** Another viewer resized the session. */
  | { readonly kind: 'size'; readonly columns: number; readonly rows: number }

/**
 * Down a screen's stream. Frames are numbered from 1 and the next comes when the last is said to be shown; meanwhile what
 * changes is gathered, so a slow viewer sees fewer pictures, never old ones. A frame of another size or kind than the last
 * begins anew and is whole.
 */
export type ScreenDown =
  | { readonly kind: 'status'; readonly status: ScreenStatus }
  /** `lines` are the rows given, in the order in which their packed cells stand in `data`, a whole row each. */
  | {
      readonly kind: 'text'
      readonly frame: number
      readonly columns: number
      readonly rows: number
      readonly lines: readonly number[]
      readonly cursor: TextCursor | null
      readonly data: Uint8Array
    }
  /** The pixels of `areas` one after another, row by row, four bytes each. */
  | {
      readonly kind: 'pixels'
      readonly frame: number
      readonly width: number
      readonly height: number
      readonly areas: readonly ScreenArea[]
      readonly data: Uint8Array
    }
  /** The whole as a PNG file. */
  | {
      readonly kind: 'picture'
      readonly frame: number
      readonly width: number
      readonly height: number
      readonly data: Uint8Array
    }

/** What a machine's screen showed when a snapshot was taken; `data` in base64. */
export type SnapshotPicture =
  /** Cells packed as `writeCell` does, row by row. */
  | { readonly kind: 'text'; readonly columns: number; readonly rows: number; readonly data: string }
  /** A PNG file. */
  | { readonly kind: 'image'; readonly width: number; readonly height: number; readonly data: string }

/** A finished or running task as the activity keeps it, across restarts. */
export interface ActivityEntry {
  readonly taskId: TaskId
  readonly verb: TaskVerb
  readonly machineId: MachineId | null
  readonly machineName: string
  readonly machineKind?: MachineKind
  readonly subject: string | null
  readonly state: TaskState
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: AppError | null
  readonly result: TaskResult
}

export interface BrowseResult {
  readonly path: string
  /** null at the root. */
  readonly parent: string | null
  readonly entries: readonly {
    readonly name: string
    readonly path: string
    readonly kind: 'folder' | 'file'
    readonly sizeBytes: number | null
  }[]
}

/** What quitting means now. When all lists are empty Berth quits without asking. */
export interface QuitPlan {
  /** Machines that go on running without Berth, those on their way up or down among them. */
  readonly staying: readonly { readonly id: MachineId; readonly name: string }[]
  /** How many containers run: they belong to their daemon, and nothing of them changes. */
  readonly containers: number
  /** Machines that cannot, and must be suspended or shut down first. */
  readonly ending: readonly { readonly id: MachineId; readonly name: string }[]
  /** Of all of these, those that can be suspended. */
  readonly suspendable: readonly MachineId[]
  /** Tasks that would be interrupted; quitting waits for them. */
  readonly tasks: readonly TaskId[]
  /** Terminals whose command would end. */
  readonly terminals: readonly {
    readonly sessionId: SessionId
    readonly machineName: string
    readonly command: string
  }[]
}
