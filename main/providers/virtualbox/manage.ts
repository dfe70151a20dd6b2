import { setTimeout as delay } from 'node:timers/promises'
import type { TextParams } from '../../../app/messages/text.ts'
import type { RunResult } from '../../exec/command.ts'
import type { Host, Op } from '../provider.ts'
import { manageFailure } from './errors.ts'
import { hasErrors, lastFraction } from './parse.ts'
import { withResponseFile } from './response-file.ts'

export interface ManageOptions {
  /** Default 60 s: VirtualBox itself waits ten seconds for a lock, and slow disks take their time. */
  readonly timeoutMs?: number
  /** How far it is, from 0 to 1, as VirtualBox says it. */
  readonly onFraction?: (fraction: number) => void
  readonly secrets?: readonly string[]
  /** The arguments hold a secret: they go through a file of this person's alone, since every user may read a process's arguments. */
  readonly throughFile?: true
  /** For the sentence of a failure, where the tool does not say what it is about. */
  readonly known?: TextParams
}

const defaultTimeoutMs = 60_000
const serverIsAway = /Failed to create the VirtualBox object/
const serverTries = 8
const serverPauseMs = 750
/** At SIGTERM VBoxManage has the operation cancelled and waits until it is taken back: killed earlier, it would go on. */
const graceMs = 60_000

/** VBoxManage, in a locale that can say every name. Killing one does not end what it asked VirtualBox to do; SIGTERM does. */
export interface Manage {
  /** Path of VBoxManage; null when VirtualBox is not installed. */
  file(): Promise<string | null>
  /** Runs it and returns whatever came of it. Throws only when it was cancelled, timed out or could not run. */
  attempt(args: readonly string[], op: Op, options?: ManageOptions): Promise<RunResult>
  /** Runs it and returns what it said. Throws what its error means, also when it ended with 0 and an error. */
  run(args: readonly string[], op: Op, options?: ManageOptions): Promise<string>
  /** From now on in this locale: set by the probe, where the usual one does not exist. */
  setLocale(locale: string): void
}

export function createManage(host: Host): Manage {
  // macOS has no C.UTF-8 before its fourteenth version.
  let locale = host.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'

  const attempt: Manage['attempt'] = async (args, op, options = {}) => {
    const { onFraction } = options
    let told: number | null = null
    const run = async (): Promise<RunResult> =>
      options.throughFile === true ? withResponseFile(host.runtimeDir, args, start) : start(args)
    const start = async (words: readonly string[]): Promise<RunResult> =>
      host.exec.run(
        {
          file: (await host.findTool('VBoxManage')) ?? 'VBoxManage',
          args: words,
          env: { LC_ALL: locale, LANG: locale },
          timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
          graceMs,
          ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
          ...(onFraction === undefined
            ? {}
            : {
                onText: (text, stream) => {
                  const fraction = stream === 'stderr' ? lastFraction(text) : null
                  if (fraction === null || fraction === told) return
                  told = fraction
                  onFraction(fraction)
                },
              }),
        },
        op,
      )
    let result = await run()
    // Nothing was asked of it yet: its server was just ending, as it does after a while without work.
    for (let left = serverTries; left > 0 && serverIsAway.test(result.stderr); left -= 1) {
      await delay(serverPauseMs, undefined, { signal: op.signal }).catch(() => {})
      result = await run()
    }
    if (result.reason !== 'exit') throw manageFailure(result, options.known)
    return result
  }

  return {
    file: () => host.findTool('VBoxManage'),
    attempt,
    async run(args, op, options) {
      const result = await attempt(args, op, options)
      if (hasFailed(result)) throw manageFailure(result, options?.known)
      return result.stdout
    },
    setLocale(next) {
      locale = next
    },
  }
}

/** An exit code of 0 with an error is a failure too. */
export function hasFailed(result: RunResult): boolean {
  return result.exitCode !== 0 || hasErrors(result.stderr)
}
