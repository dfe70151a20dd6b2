import { failure } from '../../app/domain/errors.ts'
import { type LogPosition, readLog } from './serial-log.ts'
import type { ConsoleSource, OpenSource } from './source.ts'
import type { ConsoleTarget } from './target.ts'

/** What a line inside this process tells whoever is connected to it. */
export interface LineEvents {
  /** Bytes, and where the log stands after them: they are written there before they are said here. */
  readonly said: (bytes: Uint8Array, log: LogPosition) => void
  /** Its machine is off; nothing follows. */
  readonly ended: () => void
}

export interface LineConnection {
  write(bytes: Uint8Array): void
  /** So many bytes are dealt with. The machine waits for whoever is slowest. */
  taken(bytes: number): void
  close(): void
}

/** A serial line of a machine that runs in this process. Any number may be connected. */
export interface InProcessLine {
  connect(events: LineEvents): LineConnection
}

interface Chunk {
  readonly bytes: Uint8Array
  readonly log: LogPosition
}

/** Connects to a line, after what its log holds: no byte is left out and none is shown twice. */
export async function openInProcessLine(
  target: Extract<ConsoleTarget, { kind: 'line' }>,
  from: Parameters<OpenSource>[2],
  events: Parameters<OpenSource>[3],
): Promise<ConsoleSource> {
  const waiting: Chunk[] = []
  let isReading = false
  let isOver = false
  let hasEnded = false
  let position: LogPosition | null = from

  const give = ({ bytes, log }: Chunk): void => {
    const shown = position !== null && position.file === log.file ? position.offset - (log.offset - bytes.length) : 0
    connection.taken(bytes.length)
    if (shown >= bytes.length) return
    position = log
    events.data(bytes.subarray(Math.max(0, shown)))
  }
  const pass = (): void => {
    while (isReading && !isOver) {
      const chunk = waiting.shift()
      if (chunk === undefined) break
      give(chunk)
    }
    if (!hasEnded || isOver || !isReading || waiting.length > 0) return
    isOver = true
    events.ended({ exitCode: null })
  }
  // Connected before the log is read: what is said meanwhile waits.
  const connection = target.line.connect({
    said(bytes, log) {
      waiting.push({ bytes, log })
      pass()
    },
    ended() {
      hasEnded = true
      pass()
    },
  })
  try {
    const history = await readLog(target.logPath, from)
    position = history.position(0)
    if (history.bytes.length > 0) events.data(history.bytes)
  } catch (error) {
    connection.close()
    throw failure(
      'unreachable',
      { key: 'terminal.noLine', params: { title: target.title } },
      { detail: String(error), cause: error },
    )
  }
  isReading = true
  pass()

  return {
    pid: null,
    write(text) {
      if (!isOver) connection.write(new TextEncoder().encode(text))
    },
    resize() {},
    pause() {
      isReading = false
    },
    resume() {
      isReading = true
      pass()
    },
    close() {
      isOver = true
      connection.close()
    },
    logPosition: () => position,
  }
}
