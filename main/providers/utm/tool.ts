import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type Failure, failure, isCancelled } from '../../../app/domain/errors.ts'
import type { Command, RunResult } from '../../exec/command.ts'
import type { Host, Op } from '../provider.ts'
import { appArguments, sessionArguments, utmctlArguments } from './commands.ts'
import { eventFailure, hasFailed, lockedFailure } from './errors.ts'
import { parseHasCommand } from './parse.ts'
import { parsePlist, readPlist } from './plist.ts'
import { scriptArguments } from './scripts.ts'

/** UTM answers one event after the other: more callers than this only wait there. */
const maxConcurrent = 4
const lookMs = 5_000

export interface Tool {
  /** What `utmctl` printed; throws when anything says that it failed. */
  ask(args: readonly string[], timeoutMs: number, op: Op): Promise<string>
  /**
   * What carries something into a guest or out of it. Throws as `ask` does, but not for more output than was wanted, and with
   * `anyCode` not for an exit code, which is the guest's then.
   */
  carry(
    command: Omit<Command, 'file'>,
    op: Pick<Op, 'signal' | 'record'>,
    how?: { readonly anyCode: boolean },
  ): Promise<RunResult>
  /** Null when nothing says that it failed. Whether it did what it should is for a look at the state to say. */
  tell(args: readonly string[], timeoutMs: number, op: Op): Promise<Failure | null>
  /** What a script returned; `args` reach it as they are, no word of them becomes part of it. */
  script(script: string, args: readonly string[], timeoutMs: number, op: Op): Promise<string>
  /** Whether UTM's app runs. Asks the system, so that looking does not start it. */
  appRuns(op: Op): Promise<boolean>
  /** Path of `utmctl`; null when UTM is not here. */
  file(): Promise<string | null>
  /** UTM's version, from its bundle; null when it does not say. */
  version(): Promise<string | null>
  /** Whether this `utmctl` has its own snapshots; asked once for as long as its version stays. */
  hasSnapshots(op: Op): Promise<boolean>
}

const infoSchema = z.object({ CFBundleShortVersionString: z.string() })
const sessionSchema = z.object({
  IOConsoleUsers: z.array(z.object({ CGSSessionScreenIsLocked: z.boolean().optional() })).optional(),
})

export function createTool(host: Host, env: NodeJS.ProcessEnv): Tool {
  const isRemote = env['SSH_CONNECTION'] !== undefined || env['SSH_TTY'] !== undefined
  const limit = createConcurrencyLimit(maxConcurrent)
  const features = new Map<string, boolean>()

  const run = async (
    name: string,
    command: Omit<Command, 'file'>,
    op: Pick<Op, 'signal' | 'record'>,
  ): Promise<RunResult> => {
    const file = await host.findTool(name)
    if (file === null) {
      const params = { tool: name === 'utmctl' ? 'UTM' : name }
      throw failure('tool-missing', { key: 'error.toolMissing', params }, { hint: { key: 'error.toolMissing.hint' } })
    }
    return limit(() =>
      host.exec.run(
        { file, ...command },
        {
          signal: op.signal,
          // Exit 0 is not success here: what is shown to a person says so too.
          record: (command) =>
            op.record(/^Error from event: /m.test(command.output ?? '') ? { ...command, outcome: 'failed' } : command),
        },
      ),
    )
  }

  const failureOf = async (result: RunResult): Promise<Failure> => {
    const error = eventFailure(result, isRemote)
    const isSilent = error.error.code === 'unreachable' || error.error.code === 'timeout'
    return isSilent && result.reason === 'exit' && (await isLocked()) ? lockedFailure(error) : error
  }

  /** What the system says of the console's session; false when it says nothing. */
  const isLocked = async (): Promise<boolean> => {
    const op = { signal: AbortSignal.timeout(lookMs), progress: () => {}, record: () => {} }
    try {
      const { stdout } = await run('ioreg', { args: sessionArguments, timeoutMs: lookMs }, op)
      const { IOConsoleUsers = [] } = sessionSchema.parse(parsePlist(Buffer.from(stdout)))
      return IOConsoleUsers.some(({ CGSSessionScreenIsLocked }) => CGSSessionScreenIsLocked === true)
    } catch {
      return false
    }
  }

  const file = (): Promise<string | null> => host.findTool('utmctl')
  const version = async (): Promise<string | null> => {
    const path = await file()
    if (path === null) return null
    try {
      // UTM.app/Contents/MacOS/utmctl, however it was reached.
      const contents = dirname(dirname(await realpath(path)))
      return infoSchema.parse(await readPlist(join(contents, 'Info.plist'))).CFBundleShortVersionString
    } catch {
      return null
    }
  }

  return {
    async ask(args, timeoutMs, op) {
      const result = await run('utmctl', { args, timeoutMs }, op)
      if (hasFailed(result)) throw await failureOf(result)
      return result.stdout
    },
    async carry(command, op, { anyCode } = { anyCode: false }) {
      const result = await run('utmctl', command, op)
      const failed = hasFailed(anyCode ? { ...result, exitCode: 0 } : result)
      if (failed && result.reason !== 'flood') throw await failureOf(result)
      return result
    },
    async tell(args, timeoutMs, op) {
      const result = await run('utmctl', { args, timeoutMs }, op)
      if (!hasFailed(result)) return null
      const error = await failureOf(result)
      if (isCancelled(error)) throw error
      return error
    },
    async script(script, args, timeoutMs, op) {
      const result = await run('osascript', { args: scriptArguments(script, args), timeoutMs }, op)
      if (hasFailed(result)) throw await failureOf(result)
      return result.stdout.replace(/\n$/, '')
    },
    async appRuns(op) {
      const result = await run('pgrep', { args: appArguments, timeoutMs: lookMs }, op)
      if (result.reason === 'exit' && (result.exitCode === 0 || result.exitCode === 1)) return result.exitCode === 0
      throw eventFailure(result, isRemote)
    },
    file,
    version,
    async hasSnapshots(op) {
      const key = `${await file()} ${await version()}`
      let has = features.get(key)
      if (has === undefined) {
        const result = await run('utmctl', { args: utmctlArguments.help(), timeoutMs: lookMs }, op)
        has = parseHasCommand(result.stdout, 'snapshot')
        // A version whose help crashes has none, and is not asked again.
        if (result.reason === 'exit' || result.reason === 'signal') features.set(key, has)
      }
      return has
    },
  }
}

/** Runs at most so many jobs at once; the others wait in line. */
function createConcurrencyLimit(max: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (job) => {
    if (running >= max) await new Promise<void>((enter) => waiting.push(enter))
    else running += 1
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
