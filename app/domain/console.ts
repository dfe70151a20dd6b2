import type { Text } from '../messages/text.ts'
import type { MachineId, SessionId } from './ids.ts'
import type { ConfigureSpec } from './spec.ts'

/** A console a machine offers now, best first. `withheld` says why it cannot be opened at the moment. */
export interface ConsoleOption {
  /** Unique within the machine: `screen0`, `serial0`, `shell`, `attach`, `logs`. */
  readonly id: string
  /** A `screen` is seen and has no session: the stream `screen.attach` carries it. The others are terminals. */
  readonly kind: 'screen' | 'serial' | 'shell' | 'attach' | 'logs'
  readonly label: Text
  /** Whether what is typed goes anywhere. Logs do not. */
  readonly writable: boolean
  readonly withheld: Text | null
  /** The one that opens where nobody has chosen. Left out, a screen comes before the others. */
  readonly isFirst?: true
  /** What this console lacks, for a person who uses it: no pointer, no colours. */
  readonly remark?: Text
  /** A change of the machine's settings that would make this console possible or better, where one click can do it. */
  readonly setUp?: { readonly label: Text; readonly changes: ConfigureSpec }
}

/** The kinds of console that a terminal shows. */
export type TerminalKind = Exclude<ConsoleOption['kind'], 'screen'>

/**
 * opening: being made. live: bytes flow. ended: the other side is gone, its text is kept; what ended with its machine comes
 * back by itself when that runs again. lost: the connection broke and is being tried again.
 */
export type SessionState = 'opening' | 'live' | 'ended' | 'lost'

/** A console session: owned by main, watched by any number of windows. */
export interface Session {
  readonly id: SessionId
  /** null: of this computer itself, beside all machines. */
  readonly machineId: MachineId | null
  /** The machine's name, or this computer's. */
  readonly machineName: string
  readonly consoleId: string
  readonly kind: TerminalKind
  /** Short name for the tab: `bash`, `serial 1`, `logs`. Not translated. */
  readonly title: string
  readonly state: SessionState
  readonly writable: boolean
  /** Exit code of what ran in it, once ended; null when there is none or it is not known. */
  readonly exitCode: number | null
  /** When the present state began, ISO 8601 UTC. */
  readonly since: string
  /** Attempts to connect again so far, for `lost`. */
  readonly attempts: number
  /** Why it ended or could not be opened. */
  readonly reason: Text | null
  /** Set while it has ended and its machine was restored since: its text is then of another time than the machine. */
  readonly restored?: {
    readonly text: Text
    /** ISO 8601 UTC. */
    readonly at: string
  }
  readonly columns: number
  readonly rows: number
}
