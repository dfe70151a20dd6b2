import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** One structured line per thing that happened. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

const largestFileBytes = 4_000_000
const longestLine = 8_000

/**
 * Writes JSON lines to a file, which is put aside as `.1` when it grows large, and what needs attention to stderr as well.
 * Lines are written at once: the last ones before a crash are the ones that matter. Never throws: a full disk must not stop
 * what is being logged.
 */
export function createLog(
  path: string,
  {
    fileLevel = 'info',
    stderr = (line) => process.stderr.write(line),
  }: {
    readonly fileLevel?: Level
    readonly stderr?: (line: string) => void
  } = {},
): Log {
  let size = sizeOf(path)

  const write = (level: Level, event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const line = lineOf({ at: new Date().toISOString(), level, event, ...fields })
    if (levels.indexOf(level) >= levels.indexOf('warn')) stderr(`berth: ${line}`)
    if (levels.indexOf(level) < levels.indexOf(fileLevel)) return
    try {
      if (size > largestFileBytes) {
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

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function lineOf(entry: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(entry, (_key, value: unknown) =>
    value instanceof Error ? (value.stack ?? value.message) : typeof value === 'bigint' ? String(value) : value,
  )
  return `${text.length > longestLine ? JSON.stringify({ ...shortened(entry), cut: text.slice(0, longestLine) }) : text}\n`
}

function shortened({ at, level, event }: Readonly<Record<string, unknown>>) {
  return { at, level, event }
}
