import type { Text } from '../../app/messages/text.ts'
import type { InProcessLine } from './in-process-line.ts'

/** How a console is reached, as data: providers say it, `open.ts` opens it. */
export type ConsoleTarget =
  /** A program in a terminal of its own (docker exec -it …). */
  | {
      readonly kind: 'pty'
      readonly title: string
      readonly file: string
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
      /** Where it starts; left out: wherever Berth runs. */
      readonly folder?: string
      /** What its exit codes mean when the program could not do its work; null for an ordinary end. */
      readonly explain: (exitCode: number, lastOutput: string) => Text | null
      /**
       * What runs in its foreground, where this computer's own process list does not say it (a shell in a container); null
       * when idle. Asked before a person closes it.
       */
      readonly foreground?: () => Promise<string | null>
      /** Called once after a person closed it: ends what the program leaves running on the other side. */
      readonly leave?: () => Promise<void>
    }
  /**
   * A UNIX socket on which one side of a serial line waits. It has one reader at a time: Berth's session, which everybody
   * watches. `logPath` is the file into which the machine writes the same bytes from its first one on; null when none.
   */
  | {
      readonly kind: 'socket'
      readonly title: string
      readonly path: string
      readonly logPath: string | null
    }
  /** A terminal device of this computer behind which one side of a serial line waits (`/dev/ttys003`). Nothing is kept of it. */
  | {
      readonly kind: 'device'
      readonly title: string
      readonly path: string
    }
  /** A TCP port on which one side of a serial line waits. Nothing is kept of it. */
  | {
      readonly kind: 'tcp'
      readonly title: string
      readonly host: string
      readonly port: number
    }
  /** The serial line of a machine that runs inside Berth. `logPath` has the same bytes from its first one on. */
  | {
      readonly kind: 'line'
      readonly title: string
      readonly line: InProcessLine
      readonly logPath: string
    }
  /** A program whose output is only read (docker logs -f). */
  | {
      readonly kind: 'output'
      readonly title: string
      readonly file: string
      readonly args: readonly string[]
      readonly env: Readonly<Record<string, string>>
    }

/** A serial line, whatever it is reached through: when it breaks while its machine runs, it is tried again. */
export type LineTarget = Extract<ConsoleTarget, { readonly kind: 'socket' | 'device' | 'tcp' }>

export function isLine(target: ConsoleTarget): target is LineTarget {
  return target.kind === 'socket' || target.kind === 'device' || target.kind === 'tcp'
}
