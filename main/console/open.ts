/// <reference path="./node-pty.d.ts" />
import { spawn } from 'node-pty'
import { failure } from '../../app/domain/errors.ts'
import { openLine } from './line.ts'
import type { ConsoleSize, ConsoleSource, OpenSource, SourceEvents } from './source.ts'
import type { ConsoleTarget } from './target.ts'

/** node-pty drops what is unread 200 ms after its program ended: a paused terminal must be read before. */
const watchMs = 80

/** Opens a console of any kind. The only place that knows terminals of this computer. */
export const openSource: OpenSource = (target, size, from, events) =>
  target.kind === 'socket' ? openLine(target, from, events) : openTerminal(target, size, events)

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
  let isOver = false
  let watch: NodeJS.Timeout | null = null

  const unwatch = (): void => {
    if (watch !== null) clearInterval(watch)
    watch = null
  }

  // Bytes, not text: node-pty's types know only text, and give bytes when no encoding is set.
  terminal.onData((data) => {
    if (!isOver) events.data(data as unknown as Uint8Array)
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
      if (!isOver && target.kind === 'pty') terminal.write(text)
    },
    resize({ columns, rows }) {
      if (!isOver) terminal.resize(columns, rows)
    },
    pause() {
      if (isOver) return
      terminal.pause()
      watch ??= setInterval(() => {
        if (isAlive(terminal.pid)) return
        unwatch()
        terminal.resume()
      }, watchMs)
    },
    resume() {
      unwatch()
      if (!isOver) terminal.resume()
    },
    close() {
      unwatch()
      if (isOver) return
      isOver = true
      // A paused terminal is never read to its end, so node-pty would not let go of it.
      terminal.resume()
      terminal.kill()
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
