import { network } from './addresses.ts'
import { createByteQueue } from './byte-queue.ts'
import type { Ends } from './packets.ts'
import { advance, ahead, flag, type OutgoingSegment, type Segment, segmentFrame } from './tcp-segment.ts'

/** What an endpoint holds of either direction at most: bytes on their way to the guest, and from it. */
export const bufferBytes = 128 * 1024
/** Frames of one endpoint in a row, before the others have their turn. */
const framesInARow = 16
const ownMaxSegment = network.mtu - 40
const ownWindowScale = 4
/** No link is lost here: a guest that drops a frame has no memory left, or is stuck. */
const firstRetryMs = 1_000
const maxRetryMs = 16_000
const maxRetries = 8
const maxOpenRetries = 5
/** After so long without a word the guest is asked whether it still has this connection. */
const keepAliveMs = 10 * 60_000

export interface EndpointEvents {
  readonly opened: () => void
  /** What the guest sent; valid only until this returns. */
  readonly data: (bytes: Uint8Array) => void
  /** The guest will send no more. */
  readonly ended: () => void
  /** The guest has taken something: there may be room again. */
  readonly taken: () => void
  /** It is over: `closed` by both, `reset` by the guest, `lost` when the guest no longer answers. */
  readonly over: (how: 'closed' | 'reset' | 'lost') => void
  /** How much of what was handed over by `data` nobody has taken yet. */
  readonly untaken: () => number
}

export interface EndpointOptions {
  readonly ends: () => Ends
  readonly ports: { readonly source: number; readonly destination: number }
  readonly firstSequence: number
  /** Puts a frame on the guest's link; there is room for it. */
  readonly send: (frame: Uint8Array) => void
  /** Milliseconds of a clock that stands still while the guest does. */
  readonly now: () => number
  readonly events: EndpointEvents
}

/** One end of a TCP connection, of which the guest has the other. */
export interface Endpoint {
  /** When `tick` is due next; infinity when nothing is waited for. */
  readonly dueMs: number
  readonly isOver: boolean
  /** What the next new byte is numbered with, by which the guest knows a reset as meant. */
  readonly sequence: number
  /** How many more bytes are taken gladly. */
  room(): number
  write(bytes: Uint8Array): void
  /** No more will be written. */
  end(): void
  /** Something that was untaken has been taken: the guest may send more. */
  release(): void
  /** Ends it at once and tells the guest. */
  reset(): void
  receive(segment: Segment): void
  /** Sends what is due, in frames of which the link has room for `frames`. Returns how many were sent. */
  pump(frames: number): number
  /** Whether it would send more if it had its turn. */
  wants(): boolean
  tick(): void
}

/** Answers the guest's SYN; the connection is open once the guest has seen that. */
export function answerSyn(options: EndpointOptions, syn: Segment): Endpoint {
  return createEndpoint(options, syn)
}

/** Opens a connection to a port of the guest's. */
export function openToGuest(options: EndpointOptions): Endpoint {
  return createEndpoint(options, null)
}

function createEndpoint(
  { ends, ports, firstSequence, send, now, events }: EndpointOptions,
  syn: Segment | null,
): Endpoint {
  const queue = createByteQueue()
  let state: 'opening' | 'open' | 'over' = 'opening'
  // Sequence numbers: the first that the guest has not confirmed, the next to send, the furthest ever sent.
  let unconfirmed = firstSequence
  let next = firstSequence
  let furthest = firstSequence
  let isEnding = false
  let isFinConfirmed = false
  // Of the guest's: the next byte it is to send, and as far as it was told that it may.
  let expected = 0
  let allowed = 0
  let toldBytes = 0
  let hasGuestEnded = false
  let guestWindow = 0
  let guestScale: number | null = null
  let maxSegment = 536
  let owesAck = false
  let isSynDue = true
  let isProbeDue = false
  let duplicates = 0
  let recoverUntil = firstSequence
  // Waits get longer until something is confirmed; the guest is lost when it says nothing at all.
  let retries = 0
  let unanswered = 0
  let retryAt = Number.POSITIVE_INFINITY
  let heardAt = now()

  const agree = (segment: Segment): void => {
    expected = advance(segment.sequence, 1)
    allowed = expected
    maxSegment = Math.max(64, Math.min(ownMaxSegment, segment.maxSegmentBytes ?? 536))
    guestScale = segment.windowScale
    guestWindow = segment.window
  }
  if (syn !== null) agree(syn)

  /** Everything behind `unconfirmed` that was sent or is to be sent: data, then perhaps a FIN. */
  const dataEnd = (): number => advance(unconfirmed, queue.length)
  const isAllSent = (): boolean => next === dataEnd()
  const windowNow = (): number => {
    const edge = advance(expected, Math.max(0, bufferBytes - events.untaken()))
    // What was once allowed stays allowed.
    if (ahead(edge, allowed) > 0) allowed = edge
    toldBytes = Math.max(0, ahead(allowed, expected))
    return Math.min(0xffff, guestScale === null ? toldBytes : toldBytes >>> ownWindowScale)
  }
  const frameOf = (
    segment: Pick<OutgoingSegment, 'sequence' | 'flags'> & Partial<OutgoingSegment>,
    from = 0,
  ): Uint8Array =>
    segmentFrame(
      ends(),
      {
        sourcePort: ports.source,
        destinationPort: ports.destination,
        acknowledged: (segment.flags & flag.ack) === 0 ? 0 : expected,
        window: windowNow(),
        ...segment,
      },
      (frame, at) => {
        if (segment.dataBytes !== undefined) queue.copy(frame, at, from, segment.dataBytes)
      },
    )
  const awaitAnswer = (): void => {
    if (retryAt === Number.POSITIVE_INFINITY) retryAt = now() + Math.min(maxRetryMs, firstRetryMs * 2 ** retries)
  }
  const finish = (how: 'closed' | 'reset' | 'lost'): void => {
    if (state === 'over') return
    state = 'over'
    queue.drop(queue.length)
    retryAt = Number.POSITIVE_INFINITY
    events.over(how)
  }
  const reset = (how: 'reset' | 'lost'): void => {
    if (state === 'over') return
    const isKnown = syn !== null || state === 'open'
    send(frameOf({ sequence: furthest, flags: flag.reset | (isKnown ? flag.ack : 0) }))
    finish(how)
  }

  function sendSyn(): void {
    send(
      frameOf({
        sequence: firstSequence,
        flags: flag.syn | (syn === null ? 0 : flag.ack),
        window: Math.min(0xffff, bufferBytes),
        maxSegmentBytes: ownMaxSegment,
        windowScale: syn === null || syn.windowScale !== null ? ownWindowScale : null,
      }),
    )
    isSynDue = false
    next = advance(firstSequence, 1)
    furthest = next
    awaitAnswer()
  }

  /** The length of the next segment of data; 0 when there is none, or the guest has no room for it. */
  function nextLength(): number {
    const sent = ahead(next, unconfirmed)
    const left = Math.min(queue.length - sent, maxSegment)
    const open = guestWindow - sent
    // A window that is too small for the segment waits, unless it would wait for nothing.
    return open >= left || sent === 0 ? Math.max(0, Math.min(left, open)) : 0
  }
  const isFinDue = (): boolean => isEnding && !isFinConfirmed && isAllSent()

  /** Sends one segment, and says whether there was one. */
  function sendNext(): boolean {
    if (state === 'over') return false
    if (state === 'opening') {
      if (isSynDue) sendSyn()
      else return false
      return true
    }
    if (isProbeDue && queue.length > 0) {
      isProbeDue = false
      send(frameOf({ sequence: unconfirmed, flags: flag.ack, dataBytes: 1 }))
      if (furthest === unconfirmed) furthest = advance(unconfirmed, 1)
      return true
    }
    const length = nextLength()
    if (length > 0) {
      const from = ahead(next, unconfirmed)
      const isLast = from + length === queue.length
      const flags = flag.ack | (isLast ? flag.push : 0)
      send(frameOf({ sequence: next, flags, dataBytes: length }, from))
      next = advance(next, length)
    } else if (isFinDue()) {
      send(frameOf({ sequence: next, flags: flag.ack | flag.fin }))
      next = advance(next, 1)
    } else if (owesAck) {
      send(frameOf({ sequence: next, flags: flag.ack }))
      owesAck = false
      return true
    } else return false
    owesAck = false
    if (ahead(next, furthest) > 0) furthest = next
    awaitAnswer()
    return true
  }

  /** Takes what the guest confirms. False when it confirms what was never sent. */
  function confirm(segment: Segment): boolean {
    const confirmed = ahead(segment.acknowledged, unconfirmed)
    if (confirmed < 0) return true
    if (ahead(segment.acknowledged, furthest) > 0) return false
    const window = guestScale === null ? segment.window : segment.window * 2 ** guestScale
    if (confirmed === 0) {
      const isDuplicate = segment.data.length === 0 && window === guestWindow && furthest !== unconfirmed
      guestWindow = window
      duplicates = isDuplicate ? duplicates + 1 : 0
      if (duplicates === 3 && ahead(unconfirmed, recoverUntil) >= 0) {
        recoverUntil = furthest
        next = unconfirmed
      }
      return true
    }
    guestWindow = window
    duplicates = 0
    retries = 0
    const dataBytes = Math.min(confirmed, queue.length)
    queue.drop(dataBytes)
    if (confirmed > dataBytes) isFinConfirmed = true
    unconfirmed = segment.acknowledged
    if (ahead(next, unconfirmed) < 0) next = unconfirmed
    retryAt = Number.POSITIVE_INFINITY
    if (unconfirmed !== furthest) awaitAnswer()
    if (dataBytes > 0) events.taken()
    return true
  }

  function take(segment: Segment): void {
    const skip = ahead(expected, segment.sequence)
    const isFin = (segment.flags & flag.fin) !== 0
    if (segment.data.length === 0 && !isFin) {
      // Neither data nor at the right place: a keep-alive, or a question whether the connection is still there.
      if (skip !== 0) owesAck = true
      return
    }
    owesAck = true
    if (skip < 0 || skip > segment.data.length || hasGuestEnded) return
    const wanted = segment.data.subarray(skip, skip + Math.max(0, ahead(allowed, expected)))
    if (wanted.length > 0) {
      expected = advance(expected, wanted.length)
      events.data(wanted)
    }
    if (isFin && skip + wanted.length === segment.data.length && state === 'open') {
      expected = advance(expected, 1)
      allowed = expected
      hasGuestEnded = true
      events.ended()
    }
  }

  function receive(segment: Segment): void {
    if (state === 'over') return
    heardAt = now()
    unanswered = 0
    const { flags } = segment
    if (state === 'opening') {
      receiveOpening(segment)
      return
    }
    if ((flags & flag.reset) !== 0) {
      const place = ahead(segment.sequence, expected)
      // One that a guest could only have meant for another connection is not believed.
      if (place >= 0 && place <= Math.max(0, ahead(allowed, expected))) finish('reset')
      return
    }
    if ((flags & flag.syn) !== 0 || (flags & flag.ack) === 0 || !confirm(segment)) {
      owesAck = true
      return
    }
    take(segment)
    if (isFinConfirmed && hasGuestEnded) {
      send(frameOf({ sequence: next, flags: flag.ack }))
      finish('closed')
    }
  }

  function receiveOpening(segment: Segment): void {
    const { flags } = segment
    const isAnswer = (flags & flag.ack) !== 0 && segment.acknowledged === advance(firstSequence, 1)
    if ((flags & flag.reset) !== 0) {
      if (syn === null ? isAnswer : segment.sequence === expected) finish('reset')
      return
    }
    if (syn !== null && (flags & flag.syn) !== 0) {
      // Asked again: the answer was not seen, or is on its way.
      return
    }
    if (!isAnswer) return
    if (syn === null) {
      if ((flags & flag.syn) === 0) return
      agree(segment)
      owesAck = true
    } else guestWindow = guestScale === null ? segment.window : segment.window * 2 ** guestScale
    unconfirmed = advance(firstSequence, 1)
    next = unconfirmed
    furthest = unconfirmed
    recoverUntil = unconfirmed
    retries = 0
    retryAt = Number.POSITIVE_INFINITY
    state = 'open'
    windowNow()
    events.opened()
    if (syn !== null) take(segment)
  }

  function tick(): void {
    if (state === 'over') return
    const isRetryDue = retryAt <= now()
    if (!isRetryDue && now() - heardAt < keepAliveMs * (unanswered + 1)) return
    unanswered += 1
    if (unanswered > (state === 'opening' ? maxOpenRetries : maxRetries)) {
      reset('lost')
      return
    }
    if (!isRetryDue) {
      // Something that the guest had already: it confirms again what it has, or knows nothing of this connection.
      send(frameOf({ sequence: advance(unconfirmed, -1), flags: flag.ack }))
      return
    }
    retries += 1
    retryAt = Number.POSITIVE_INFINITY
    isSynDue = true
    isProbeDue = queue.length > 0 && guestWindow === 0
    next = unconfirmed
    // Where the link has no room for what is due, it is tried again all the same.
    awaitAnswer()
  }

  return {
    get dueMs() {
      return state === 'over' ? Number.POSITIVE_INFINITY : Math.min(retryAt, heardAt + keepAliveMs * (unanswered + 1))
    },
    get isOver() {
      return state === 'over'
    },
    get sequence() {
      return furthest
    },
    room: () => bufferBytes - queue.length,
    write(bytes) {
      if (state !== 'over' && !isEnding) queue.push(bytes)
    },
    end() {
      isEnding = true
    },
    reset: () => reset('reset'),
    release() {
      if (state === 'open' && toldBytes < bufferBytes / 2) owesAck = true
    },
    receive,
    wants: () =>
      state === 'opening' ? isSynDue : state === 'open' && (owesAck || nextLength() > 0 || isProbeDue || isFinDue()),
    pump(frames) {
      // The guest's window is shut: it is asked again when that has lasted.
      if (state === 'open' && guestWindow === 0 && queue.length > 0) awaitAnswer()
      let sent = 0
      while (sent < Math.min(frames, framesInARow) && sendNext()) sent += 1
      return sent
    },
    tick,
  }
}
