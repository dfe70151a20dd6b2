import type { CommandRecord } from '../../app/domain/task.ts'

/** A process to run to its end. Arguments are passed as they are: no shell ever sees them. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** Added to the inherited environment, after `LC_ALL=C.UTF-8`. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string | Uint8Array
  /** A file whose bytes are the input, instead of `input`. */
  readonly inputPath?: string
  /** A new file that takes the standard output's bytes as they are; `stdout` is empty then. Fails when it is there. */
  readonly outputPath?: string
  /** Required: every wait has an end. */
  readonly timeoutMs: number
  /** Bytes of both streams together before it is ended as a flood. Default 64 MiB. */
  readonly maxOutputBytes?: number
  /** From SIGTERM to SIGKILL of the whole tree. Default 5 s. */
  readonly graceMs?: number
  /** Called for each line of stderr and stdout as it comes, for progress. `\r` ends a line too. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /**
   * For what would run on for ever if nobody ended it: it is ended with Berth, even by a crash. Left out, a process finishes its
   * work though Berth is gone. It is given no input.
   */
  readonly endsWithUs?: true
  /** Called with each piece of a stream as it comes, for progress that is written into one line. May end inside a character. */
  readonly onText?: (text: string, stream: 'stdout' | 'stderr') => void
  /** Words of the command line that must not be shown or logged (values of secrets). */
  readonly secrets?: readonly string[]
}

/** Why a process did not do what was asked: exactly one. */
export type ExitReason = 'exit' | 'signal' | 'timeout' | 'cancelled' | 'not-found' | 'flood'

/** How a process ended. Exit 0 has reason `exit`; whether it is success is the caller's to say. */
export interface RunResult {
  readonly command: Command
  readonly reason: ExitReason
  /** null unless the reason is `exit`. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** UTF-8, CRLF as LF, otherwise as it came. */
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

/** What a run belongs to: how it is cancelled and where it is written down. */
export interface RunContext {
  readonly signal: AbortSignal
  record(command: CommandRecord): void
}

/** Starts a process that lives on after us, and one that talks for as long as we listen. */
export interface Runner {
  /** Runs to the end; never rejects for what the process did, only for bugs. */
  run(command: Command, context: RunContext): Promise<RunResult>
  /**
   * Starts a process of its own session, which outlives Berth. Settles when it has exited or `ready` says so, whichever is
   * first, and writes down which; rejects with `tool-missing` when there is nothing to start and with what `ready` rejects.
   * Output goes to `logPath` (appended), never to a pipe that would break when Berth ends.
   */
  detach(
    command: {
      readonly file: string
      readonly args: readonly string[]
      readonly env?: Readonly<Record<string, string>>
      readonly cwd?: string
      readonly logPath: string
      /** Settles when the process does what it was started for; left out, having started is enough. */
      readonly ready?: (pid: number) => Promise<unknown>
    },
    context: RunContext,
  ): Promise<Detached>
  /** Starts a process whose lines are read until it ends, `stop` is called or Berth ends, even by a crash (docker events). */
  follow(command: {
    readonly file: string
    readonly args: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void
    /** Called once, whatever ended it. */
    readonly onEnd: (result: {
      readonly reason: ExitReason
      readonly exitCode: number | null
      readonly stderr: string
    }) => void
  }): { readonly pid: number | null; stop(): void }
}

export interface Detached {
  readonly pid: number
  /** Settles when the process is gone, while this Berth lives. */
  readonly exited: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>
}
