import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { maskUrlPasswords } from './exec/mask.ts'

/** One structured line per thing that happened. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

const maxFileBytes = 4_000_000
const maxLineLength = 8_000
/** Of one warning or error, per second. */
const maxPerSecond = 20
const limitMs = 1_000

/**
 * Writes JSON lines to a file, which is put aside as `.1` when it grows large, and what needs attention to stderr as well.
 * Lines are written at once: the last ones before a crash are the ones that matter. Never throws: a full disk must not stop
 * what is being logged. Each warning has a limit per second, and what was left out is counted: a fault that repeats itself must
 * not push everything else out of the log.
 */
export function createLog(
  path: string,
  {
    fileLevel = 'info',
    stderr = createBreakableOutput(process.stderr),
    nowMs = () => performance.now(),
  }: {
    readonly fileLevel?: Level
    readonly stderr?: (line: string) => void
    readonly nowMs?: () => number
  } = {},
): Log {
  let size = sizeOf(path)

  const isWithinLimit = createLimit(nowMs, (event, count) => put('warn', 'log.repeated', { of: event, count }))

  const write = (level: Level, event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if ((level === 'warn' || level === 'error') && !isWithinLimit(event)) return
    put(level, event, fields)
  }

  const put = (level: Level, event: string, fields: Readonly<Record<string, unknown>>): void => {
    const line = lineOf({ at: new Date().toISOString(), level, event, ...fields })
    if (levels.indexOf(level) >= levels.indexOf('warn')) stderr(`berth: ${line}`)
    if (levels.indexOf(level) < levels.indexOf(fileLevel)) return
    try {
      if (size > maxFileBytes) {
        renameSync(path, `${path}.1`)
        size = 0
      }
      appendFileSync(path, line, { mode: 0o600 })
      size += line.length
    } catch {
      // Nowhere is left to say it.
    }
  }

  mkdirSync(dirname(path), { recursive: true })
  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  }
}

/**
 * Writes down what nobody caught, and goes on: one provider's mistake in an event must not take every terminal with it, and
 * the truth about machines is asked for again anyway.
 */
export function logUncaught(log: Log): void {
  process.on('uncaughtException', (error) => log.error('uncaught', { error }))
  process.on('unhandledRejection', (error) => log.error('unhandled', { error }))
}

/** Writes to a stream until its reader is gone: the error of a broken stream must not be logged to that very stream. */
export function createBreakableOutput(stream: NodeJS.WritableStream): (line: string) => void {
  let isBroken = false
  stream.on('error', () => {
    isBroken = true
  })
  return (line) => {
    if (isBroken) return
    try {
      stream.write(line)
    } catch {
      isBroken = true
    }
  }
}

/** Whether an event may be logged now. `skipped` is told of those left out once their second is over and another one comes. */
function createLimit(nowMs: () => number, skipped: (event: string, count: number) => void): (event: string) => boolean {
  const seconds = new Map<string, { readonly startedMs: number; count: number }>()
  return (event) => {
    const current = seconds.get(event)
    if (current !== undefined && nowMs() - current.startedMs < limitMs) {
      current.count += 1
      return current.count <= maxPerSecond
    }
    seconds.set(event, { startedMs: nowMs(), count: 1 })
    if (current !== undefined && current.count > maxPerSecond) skipped(event, current.count - maxPerSecond)
    return true
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function lineOf(entry: Readonly<Record<string, unknown>>): string {
  const text = textOf(entry)
  const line =
    text.length > maxLineLength ? JSON.stringify({ ...shortened(entry), cut: text.slice(0, maxLineLength) }) : text
  return `${maskUrlPasswords(line)}\n`
}

/** Never throws, whatever was given: a circular object is told of as such. */
function textOf(entry: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(entry, (_key, value: unknown) =>
      value instanceof Error ? (value.stack ?? value.message) : typeof value === 'bigint' ? String(value) : value,
    )
  } catch (error) {
    return JSON.stringify({ ...shortened(entry), unwritable: String(error) })
  }
}

function shortened({ at, level, event }: Readonly<Record<string, unknown>>) {
  return { at, level, event }
}
