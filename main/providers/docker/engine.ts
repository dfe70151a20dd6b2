import type { EndpointId } from '../../../app/domain/ids.ts'
import type { TextParams } from '../../../app/messages/text.ts'
import type { RunResult } from '../../exec/command.ts'
import type { Host, Op } from '../provider.ts'
import { engineFailure } from './errors.ts'

/** How commands are given to one endpoint, and what is known of it. */
export interface Engine {
  readonly endpointId: EndpointId
  readonly flavour: 'docker' | 'podman'
  /** The product, for sentences. */
  readonly product: 'Docker' | 'Podman'
  readonly file: string
  /** Before every command's own arguments: `--context NAME`. */
  readonly prefix: readonly string[]
  readonly isLocal: boolean
  /** The engine's socket, where it is one on this computer; null otherwise. */
  readonly socketPath: string | null
  /** By which name its computer is reached; null for this one or when it is not known. */
  readonly hostName: string | null
  /** Of the client program: it decides which flags there are. */
  readonly clientVersion: string
}

export interface RunOptions {
  readonly timeoutMs?: number
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  readonly secrets?: readonly string[]
  /** Added to the client's own environment: values that are nobody else's business. */
  readonly env?: Readonly<Record<string, string>>
  /** For the sentence of a failure, where the tool does not say what it is about. */
  readonly known?: TextParams
}

/** An answer that only needs looking takes a fraction of a second; one over ssh, or a busy daemon's, much longer. */
const defaultTimeoutMs = 60_000

/** Runs one command and returns whatever came of it. Throws only when it was cancelled, timed out or could not run. */
export async function attempt(
  host: Host,
  engine: Engine,
  args: readonly string[],
  op: Op,
  options: RunOptions = {},
): Promise<RunResult> {
  const result = await host.exec.run(
    {
      file: engine.file,
      args: [...engine.prefix, ...args],
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
      ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
      ...(options.env === undefined ? {} : { env: options.env }),
    },
    op,
  )
  if (result.reason !== 'exit') throw engineFailure(result, engine.product, options.known)
  return result
}

/** Runs one command that must end with 0, and returns what it said. */
export async function run(
  host: Host,
  engine: Engine,
  args: readonly string[],
  op: Op,
  options: RunOptions = {},
): Promise<string> {
  const result = await attempt(host, engine, args, op, options)
  if (result.exitCode !== 0) throw engineFailure(result, engine.product, options.known)
  return result.stdout
}
