import type { LogPosition } from './serial-log.ts'
import type { ConsoleTarget } from './target.ts'

export interface ConsoleSize {
  readonly columns: number
  readonly rows: number
}

/** An opened console: bytes both ways, whatever it is made of. */
export interface ConsoleSource {
  /** The program in its terminal; null for a line. */
  readonly pid: number | null
  write(text: string): void
  /** A serial line has no size: nothing happens. */
  resize(size: ConsoleSize): void
  /** Stops reading, so that what writes must wait. */
  pause(): void
  resume(): void
  /** Lets go of it: hangs a program up, disconnects a line. `ended` is not called any more. */
  close(): void
  /** How far the log beside a line has been shown; null without one. */
  logPosition(): LogPosition | null
}

export interface SourceEnd {
  /** null for a line, and for a program ended by a signal. */
  readonly exitCode: number | null
}

export interface SourceEvents {
  /** The bytes are only good until it returns. */
  readonly data: (bytes: Uint8Array) => void
  /** Once, after the last data. */
  readonly ended: (end: SourceEnd) => void
}

/** Opens a console; rejects with a `Failure` when that cannot be. */
export type OpenSource = (
  target: ConsoleTarget,
  size: ConsoleSize,
  from: LogPosition | null,
  events: SourceEvents,
) => Promise<ConsoleSource>
