/// <reference path="./node-pty.d.ts" />
import { spawn } from 'node-pty'
import { failure } from '../../app/domain/errors.ts'
import { openInProcessLine } from './in-process-line.ts'
import { keepLastBytes } from './last-bytes.ts'
import { openLine } from './line.ts'
import { readOn } from './read-on.ts'
import type { ConsoleSize, ConsoleSource, OpenSource, SourceEvents } from './source.ts'
import { type ConsoleTarget, isLine } from './target.ts'

/** A paused terminal is looked at so often: once its program is gone, what is left in it is little and must be read. */
const watchMs = 80
/** From so much at once on, more is tried for at once. */
const muchBytes = 1_024
/** Somebody whose last key is no longer ago is typing: other terminals do not read on then, so that the next key has its turn soon. */
const typingMs = 1_000
/** A program that is hung up and does not end is killed after this. */
const hangUpMs = 3_000

let typed: { readonly terminal: object; readonly atMs: number } | null = null

/** Opens a console of any kind. The only place that knows terminals of this computer. */
export const openSource: OpenSource = (target, size, from, events) => {
  if (isLine(target)) return openLine(target, from, events)
  if (target.kind === 'line') return openInProcessLine(target, from, events)
  return openTerminal(target, size, events)
}

/**
 * Runs a program in a terminal of its own. What is only read (`output`) gets one too: it then waits when we do not read,
 * ends its lines as a terminal wants them, and is hung up when we leave.
 */
async function openTerminal(
  target: Extract<ConsoleTarget, { kind: 'pty' | 'output' }>,
  size: ConsoleSize,
  events: SourceEvents,
): Promise<ConsoleSource> {
  const terminal = startTerminal(target, size)
  const letGo = keepLastBytes(terminal)
  let isOver = false
  let watch: NodeJS.Timeout | null = null

  const unwatch = (): void => {
    if (watch !== null) clearInterval(watch)
    watch = null
  }

  // Bytes, not text: node-pty's types know only text, and give bytes when no encoding is set.
  const { fd, _socket: stream } = terminal as {
    readonly fd?: number
    readonly _socket?: { readonly readableLength: number }
  }
  let isPaused = false
  // What the stream read before a pause and still holds comes first.
  const isTypedElsewhere = (): boolean =>
    typed !== null && typed.terminal !== terminal && performance.now() - typed.atMs < typingMs
  const mayReadOn = (): boolean => !isOver && !isPaused && stream?.readableLength === 0 && !isTypedElsewhere()
  terminal.onData((data) => {
    if (isOver) return
    const bytes = data as unknown as Uint8Array
    events.data(bytes)
    // Little is a key's echo; much is likely to go on.
    if (fd !== undefined && bytes.length >= muchBytes) readOn(fd, mayReadOn, events.data)
  })
  terminal.onExit(({ exitCode, signal }) => {
    unwatch()
    if (isOver) return
    isOver = true
    events.ended({ exitCode: signal === undefined || signal === 0 ? exitCode : null })
  })

  return {
    pid: terminal.pid,
    write(text) {
      if (isOver || target.kind !== 'pty') return
      typed = { terminal, atMs: performance.now() }
      terminal.write(text)
    },
    resize({ columns, rows }) {
      if (!isOver) terminal.resize(columns, rows)
    },
    pause() {
      if (isOver) return
      isPaused = true
      terminal.pause()
      watch ??= setInterval(() => {
        if (isAlive(terminal.pid)) return
        unwatch()
        isPaused = false
        terminal.resume()
      }, watchMs)
    },
    resume() {
      unwatch()
      isPaused = false
      if (!isOver) terminal.resume()
    },
    close() {
      unwatch()
      if (isOver) return
      isOver = true
      hangUp(terminal)
      letGo()
    },
    logPosition: () => null,
  }
}

function startTerminal(target: Extract<ConsoleTarget, { kind: 'pty' | 'output' }>, size: ConsoleSize) {
  try {
    return spawn(target.file, [...target.args], {
      name: 'xterm-256color',
      cols: size.columns,
      rows: size.rows,
      ...(target.kind === 'pty' && target.folder !== undefined ? { cwd: target.folder } : {}),
      env: { ...process.env, COLORTERM: 'truecolor', ...target.env },
      encoding: null,
    })
  } catch (error) {
    throw failure(
      'tool-failed',
      { key: 'terminal.cannotStart', params: { title: target.title } },
      { detail: error instanceof Error ? error.message : String(error), cause: error },
    )
  }
}

/** Windows has no hanging up: there it is ended at once. */
function hangUp(terminal: ReturnType<typeof startTerminal>): void {
  terminal.kill()
  if (process.platform === 'win32') return
  setTimeout(() => {
    if (isAlive(terminal.pid)) terminal.kill('SIGKILL')
  }, hangUpMs).unref()
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
