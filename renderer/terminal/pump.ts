import type { Screen } from './attach.ts'
import type { Precedence } from './precedence.ts'

/** A few milliseconds of a terminal's work: between two pieces other terminals, keys and drawing have their turn. */
const pieceBytes = 64 * 1024
/** The same while somebody types in another one. */
const smallPieceBytes = 16 * 1024

export interface Pump {
  /** Writes in order; `written` is told of every piece. */
  write(data: Uint8Array, written: (bytes: number, isLast: boolean) => void): void
  stop(): void
}

interface Waiting {
  readonly data: Uint8Array
  readonly written: (bytes: number, isLast: boolean) => void
}

/**
 * Gives a terminal its bytes piece by piece. Given much at once, xterm works for 12 ms at a time and lets nobody in between;
 * and started from within its own timer, the browser makes its next turn wait 4 ms. So each piece is handed over from a
 * message, which waits for nothing.
 */
export function createPump(screen: Screen, precedence: Precedence): Pump {
  let queue: Waiting[] = []
  let isBusy = false
  let isStopped = false
  const turn = new MessageChannel()

  const next = (): void => {
    const first = queue[0]
    if (first === undefined || isStopped) {
      isBusy = false
      return
    }
    isBusy = true
    if (precedence.mustWait(screen, next)) return
    const piece = first.data.subarray(0, precedence.isTypedElsewhere(screen) ? smallPieceBytes : pieceBytes)
    const isLast = piece.length === first.data.length
    if (isLast) queue.shift()
    else queue[0] = { ...first, data: first.data.subarray(piece.length) }
    screen.write(piece, () => {
      first.written(piece.length, isLast)
      precedence.shown(screen)
      if (queue.length === 0) isBusy = false
      else turn.port2.postMessage(null)
    })
  }
  turn.port1.onmessage = next

  return {
    write(data, written) {
      queue.push({ data, written })
      if (!isBusy) next()
    },
    stop() {
      isStopped = true
      queue = []
      turn.port1.close()
    },
  }
}
