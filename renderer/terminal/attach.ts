import type { Client } from '../../app/contract/client.ts'
import type { ConsoleDown } from '../../app/contract/views.ts'
import type { AppError } from '../../app/domain/errors.ts'
import type { SessionId } from '../../app/domain/ids.ts'
import { cutInput } from './paste.ts'
import { type Precedence, windowPrecedence } from './precedence.ts'
import { createPump } from './pump.ts'

/** Of a terminal, what attaching needs; a test can be one. */
export interface Screen {
  readonly cols: number
  readonly rows: number
  write(data: Uint8Array, written: () => void): void
  reset(): void
}

export interface Attachment {
  /** What the terminal sends by itself or a person typed. */
  input(text: string): void
  resize(columns: number, rows: number): void
  /** While what was said before is being shown: what it makes the terminal answer has been answered long ago. */
  isReplaying(): boolean
  /** More comes than anybody could read, whether it can be shown or not. */
  isFlooded(): boolean
  detach(): void
}

interface Listeners {
  /** Another viewer gave the session this size. */
  readonly sized: (columns: number, rows: number) => void
  /** More is said than can be shown, or no longer. */
  readonly flooded: (isFlooded: boolean) => void
  /** The stream is over, for a reason of main's or because the line is down. */
  readonly closed: (error: AppError) => void
}

/** What a full-screen program that paints all the time says at most. What is beyond it must come to so much to be a flood. */
const readableBytesPerMs = 1_500
const beyondBytes = 256 * 1024
/** So much is acknowledged at once, or what came at once: each acknowledgement costs both sides a turn. */
const ackBytes = 256 * 1024
/** Unshown bytes that make a flood to be told of when they stay for so long. */
const floodBytes = 512 * 1024
const floodMs = 1_500
const calmMs = 400

/** Joins a terminal to a session's stream: bytes down, keys up, and an acknowledgement for what the terminal has taken. */
export function attach(
  client: Client,
  sessionId: SessionId,
  screen: Screen,
  listeners: Listeners,
  precedence: Precedence = windowPrecedence,
): Attachment {
  const pump = createPump(screen, precedence)
  let isDetached = false
  let replays = 0
  let unshownBytes = 0
  /** Bytes beyond what can be read, as they were at a moment: they are fewer with every millisecond of silence. */
  let beyond = { bytes: 0, atMs: 0 }
  let isFlooded = false
  let floodTimer: ReturnType<typeof setTimeout> | null = null

  const watchFlood = (): void => {
    const isHigh = unshownBytes > floodBytes
    if (isHigh === isFlooded) {
      if (floodTimer !== null) clearTimeout(floodTimer)
      floodTimer = null
    } else
      floodTimer ??= setTimeout(
        () => {
          floodTimer = null
          isFlooded = isHigh
          listeners.flooded(isFlooded)
        },
        isHigh ? floodMs : calmMs,
      )
  }

  const beyondNow = (atMs: number): number => Math.max(0, beyond.bytes - (atMs - beyond.atMs) * readableBytesPerMs)

  const show = (data: Uint8Array, shown: () => void): void => {
    const atMs = performance.now()
    beyond = { bytes: beyondNow(atMs) + data.length, atMs }
    unshownBytes += data.length
    watchFlood()
    let takenBytes = 0
    pump.write(data, (bytes, isLast) => {
      unshownBytes -= bytes
      takenBytes += bytes
      if (isLast) shown()
      if (isDetached) return
      watchFlood()
      if (!isLast && takenBytes < ackBytes) return
      stream.up({ kind: 'ack', bytes: takenBytes })
      takenBytes = 0
    })
  }

  const down = (frame: ConsoleDown): void => {
    if (isDetached) return
    if (frame.kind === 'data') show(frame.data, () => {})
    else if (frame.kind === 'size') listeners.sized(frame.columns, frame.rows)
    else {
      replays += 1
      // In its turn: what came before it is still being written.
      pump.write(new Uint8Array(), () => screen.reset())
      show(frame.data, () => {
        replays -= 1
      })
    }
  }

  const stream = client.open(
    'console.attach',
    { sessionId, columns: screen.cols, rows: screen.rows },
    {
      down,
      closed: (error) => {
        if (!isDetached && error !== null) listeners.closed(error)
      },
    },
  )

  return {
    input(text) {
      precedence.typed(screen)
      for (const data of cutInput(text)) stream.up({ kind: 'input', data })
    },
    resize: (columns, rows) => stream.up({ kind: 'resize', columns, rows }),
    isReplaying: () => replays > 0,
    isFlooded: () => beyondNow(performance.now()) > beyondBytes,
    detach() {
      isDetached = true
      pump.stop()
      if (floodTimer !== null) clearTimeout(floodTimer)
      if (isFlooded) listeners.flooded(false)
      stream.close()
    },
  }
}
