import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { failure } from '../../app/domain/errors.ts'
import { maxTimerMs } from '../../app/util/timers.ts'
import type { Log } from '../log.ts'
import type { Command, Detached, ExitReason, RunContext, Runner, RunResult } from './command.ts'
import { wrapKilledWithParent } from './kill-with-parent.ts'
import { createLines } from './lines.ts'
import { decodeOutput, lineOf, outcomeOf, recordOf, shownOutput } from './output.ts'

const defaultMaxOutputBytes = 64 * 1024 * 1024
const defaultGraceMs = 5_000
/** After the process is gone a child of its own may still hold the pipes: how long they may be silent before we let go. */
const drainMs = 1_000
/** How often the rest of a process group is looked at while its grace runs. */
const groupPollMs = 25
/** After SIGKILL: a process stuck in the kernel may take for ever, and is not waited for. */
const killMs = 1_000
/** Of a followed process's stderr, for the sentence about how it ended. */
const followedStderrBytes = 64 * 1024
const detachedOutputBytes = 64 * 1024

/**
 * Starts processes: the only place that does. Arguments are never seen by a shell. On POSIX every process leads a group of
 * its own, so that ending it ends what it started.
 */
export function createRunner(log: Log): Runner {
  return {
    run: (command, context) => run(command, context, log),
    detach: (command, context) => detach(command, context, log),
    follow: (command) => follow(command, log),
  }
}

async function run(command: Command, context: RunContext, log: Log): Promise<RunResult> {
  const startedAt = new Date()
  const startedMs = performance.now()
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  const maxOutputBytes = command.maxOutputBytes ?? defaultMaxOutputBytes
  const graceMs = command.graceMs ?? defaultGraceMs
  const files = openFiles(command)

  return new Promise((resolve) => {
    let child: ChildProcess | null = null
    // Why we ended it; what is set first stays.
    let endedBy: ExitReason | null = null
    let outputBytes = 0
    let isSettled = false
    let drain: NodeJS.Timeout | null = null

    const settle = (reason: ExitReason, exitCode: number | null, signal: string | null): void => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timeout)
      if (drain !== null) clearTimeout(drain)
      context.signal.removeEventListener('abort', cancel)
      const result: RunResult = {
        command,
        reason,
        exitCode: reason === 'exit' ? exitCode : null,
        signal,
        stdout: decodeOutput(stdout),
        stderr: decodeOutput(stderr),
        durationMs: Math.round(performance.now() - startedMs),
      }
      const record = recordOf(result, startedAt)
      log.info('process.ended', {
        line: record.line,
        outcome: record.outcome,
        exitCode: record.exitCode,
        durationMs: record.durationMs,
      })
      context.record(record)
      resolve(result)
    }

    const end = (reason: ExitReason): void => {
      if (endedBy !== null || isSettled) return
      endedBy = reason
      if (child === null || child.pid === undefined) return
      const ending = child
      void endTree(child.pid, graceMs).then(() => {
        // What has left the group may still hold the pipes: nothing more is waited for.
        destroyPipes(ending)
        settle(reason, null, ending.signalCode)
      })
    }
    const cancel = (): void => end('cancelled')
    const timeout = setTimeout(() => end('timeout'), Math.min(command.timeoutMs, maxTimerMs))

    if (context.signal.aborted) {
      files.close()
      return settle('cancelled', null, null)
    }
    context.signal.addEventListener('abort', cancel, { once: true })

    const isKilledWithParent = command.endsWithUs === true
    child = start(
      command,
      [files.input ?? 'pipe', files.output ?? 'pipe', 'pipe'],
      isKilledWithParent ? 'with-parent' : 'free',
    )
    files.close()
    const running = child

    const read = (name: 'stdout' | 'stderr', chunks: Uint8Array[]): void => {
      const { onLine } = command
      const lines = onLine === undefined ? null : createLines((line) => onLine(line, name))
      running[name]?.on('data', (chunk: Buffer) => {
        drain?.refresh()
        if (endedBy === 'flood') return
        const room = maxOutputBytes - outputBytes
        outputBytes += chunk.length
        chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
        lines?.push(chunk)
        command.onText?.(chunk.toString('utf8'), name)
        if (outputBytes > maxOutputBytes) end('flood')
      })
      running[name]?.on('end', () => lines?.end())
    }
    read('stdout', stdout)
    read('stderr', stderr)

    // A program that does not read its input to the end is no failure of ours: its exit code says what it thinks.
    running.stdin?.on('error', () => {})
    if (!isKilledWithParent) running.stdin?.end(command.input)

    running.on('error', (error) => {
      if (running.pid !== undefined) return
      stderr.push(Buffer.from(error.message))
      settle('not-found', null, null)
    })
    running.on('exit', () => {
      if (isSettled) return
      drain = setTimeout(() => destroyPipes(running), drainMs)
    })
    running.on('close', (exitCode, signal) => {
      // While a tree is being ended, `end` settles once all of it is gone.
      if (endedBy !== null) return
      settle(signal === null ? 'exit' : 'signal', exitCode, signal)
    })
  })
}

/** The files that stand for a process's streams; they are its own once it has started. Throws what keeps them from opening. */
function openFiles({ inputPath, outputPath }: Pick<Command, 'inputPath' | 'outputPath'>): {
  readonly input: number | null
  readonly output: number | null
  close(): void
} {
  const input = inputPath === undefined ? null : openSync(inputPath, 'r')
  const close = (): void => {
    if (input !== null) closeSync(input)
  }
  try {
    const output = outputPath === undefined ? null : openSync(outputPath, 'wx', 0o600)
    return {
      input,
      output,
      close() {
        close()
        if (output !== null) closeSync(output)
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

async function detach(command: Parameters<Runner['detach']>[0], context: RunContext, log: Log): Promise<Detached> {
  if (context.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
  const startedAt = new Date()
  const startedMs = performance.now()
  const output = openSync(command.logPath, 'a+', 0o600)
  try {
    const outputFrom = fstatSync(output).size
    const child = start(command, ['ignore', output, output], 'outlives')
    const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    })
    const problem = await new Promise<Error | null>((resolve) => {
      child.once('spawn', () => resolve(null))
      child.once('error', resolve)
    })
    child.on('error', () => {})
    child.unref()

    const write = (reason: ExitReason, exitCode: number | null, said: string): void => {
      const record = {
        kind: 'process',
        line: lineOf(command),
        startedAt: startedAt.toISOString(),
        durationMs: Math.round(performance.now() - startedMs),
        exitCode,
        outcome: outcomeOf(reason, exitCode ?? 0),
        output: shownOutput('', said),
      } as const
      log.info('process.detached', { line: record.line, outcome: record.outcome, exitCode, pid: child.pid })
      context.record(record)
    }

    if (problem !== null || child.pid === undefined) {
      write('not-found', null, problem?.message ?? '')
      throw failure(
        'tool-missing',
        { key: 'error.toolMissing', params: { tool: command.file } },
        { hint: { key: 'error.toolMissing.hint' }, detail: `$ ${lineOf(command)}\n${problem?.message ?? ''}` },
      )
    }
    const { pid } = child
    const ready = command.ready?.(pid).then(() => null)
    const end = await Promise.race([exited, ready ?? null]).catch((error) => {
      write(context.signal.aborted ? 'cancelled' : 'timeout', null, readFrom(output, outputFrom))
      throw error
    })
    if (end === null) write('exit', null, '')
    else write(end.signal === null ? 'exit' : 'signal', end.exitCode, readFrom(output, outputFrom))
    return { pid, exited }
  } finally {
    closeSync(output)
  }
}

function follow(command: Parameters<Runner['follow']>[0], log: Log): ReturnType<Runner['follow']> {
  const child = start(command, ['pipe', 'pipe', 'pipe'], 'with-parent')
  let stderr = ''
  let isStopped = false
  let isOver = false

  const read = (name: 'stdout' | 'stderr'): void => {
    const lines = createLines((line) => {
      if (name === 'stderr') stderr = `${stderr}${line}\n`.slice(-followedStderrBytes)
      if (!isStopped) command.onLine(line, name)
    })
    child[name]?.on('data', (chunk: Buffer) => lines.push(chunk))
    child[name]?.on('end', () => lines.end())
  }
  read('stdout')
  read('stderr')

  const over = (reason: ExitReason, exitCode: number | null): void => {
    if (isOver) return
    isOver = true
    log.info('process.followed', { line: lineOf(command), outcome: outcomeOf(reason, exitCode), exitCode })
    command.onEnd({ reason, exitCode, stderr: stderr.trimEnd() })
  }
  child.on('error', (error) => {
    if (child.pid !== undefined) return
    stderr += error.message
    over('not-found', null)
  })
  child.on('exit', () => {
    setTimeout(() => destroyPipes(child), drainMs).unref()
  })
  child.on('close', (exitCode, signal) => {
    if (!isStopped) over(signal === null ? 'exit' : 'signal', exitCode)
  })
  return {
    pid: child.pid ?? null,
    stop() {
      if (isStopped || isOver) return
      isStopped = true
      if (child.pid === undefined) return
      void endTree(child.pid, defaultGraceMs).then(() => {
        destroyPipes(child)
        over('cancelled', null)
      })
    },
  }
}

function start(
  command: {
    readonly file: string
    readonly args: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly cwd?: string
  },
  stdio: ('ignore' | 'pipe' | number)[],
  lifetime: 'free' | 'with-parent' | 'outlives',
): ChildProcess {
  const { file, args } = lifetime === 'with-parent' ? wrapKilledWithParent(command.file, command.args) : command
  return spawn(file, args, {
    cwd: command.cwd,
    // English words, and never a locale that cannot say every name.
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...command.env },
    stdio,
    shell: false,
    windowsHide: true,
    // Its own session and group on POSIX: the whole of it can be ended, and it does not end with us by itself. Windows ends what
    // we started when we end, unless it is told to let it live on.
    detached: process.platform !== 'win32' || lifetime === 'outlives',
  })
}

/** SIGTERM, then SIGKILL after the grace, to a process and all it started. Settles when none of them is left. */
async function endTree(pid: number, graceMs: number): Promise<void> {
  if (process.platform === 'win32') {
    const killer = spawn('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    await new Promise<void>((resolve) => {
      killer.once('error', () => resolve())
      killer.once('close', () => resolve())
    })
    return
  }
  if (!signalGroup(pid, 'SIGTERM') || (await isGroupGone(pid, graceMs))) return
  signalGroup(pid, 'SIGKILL')
  await isGroupGone(pid, killMs)
}

/** Looks until nobody is left in the group, at most so long. */
async function isGroupGone(pid: number, forMs: number): Promise<boolean> {
  const until = performance.now() + forMs
  while (signalGroup(pid, 0)) {
    if (performance.now() >= until) return false
    await new Promise((resolve) => setTimeout(resolve, groupPollMs))
  }
  return true
}

/** False when nobody is left in the group. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

function destroyPipes(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

function readFrom(file: number, position: number): string {
  const bytes = Buffer.alloc(detachedOutputBytes)
  const count = readSync(file, bytes, 0, bytes.length, position)
  return bytes.subarray(0, count).toString('utf8')
}
