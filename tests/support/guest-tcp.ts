import {
  flag,
  type OutgoingSegment,
  type Segment,
  segmentFrame,
} from '../../main/providers/builtin/emulator/network/tcp-segment.ts'
import { deferred, ends, type GuestNetwork, segmentOf } from './guest-network.ts'

export interface GuestTcpOptions {
  readonly windowBytes?: number
  readonly windowScale?: number | null
  readonly maxSegmentBytes?: number
  /** The data segments that are lost on the way to the guest, counted from 0. */
  readonly loses?: (index: number) => boolean
  readonly firstSequence?: number
}

/** The guest's end of one connection. As simple as a TCP can be: it sends what its peer's window takes, and repeats nothing. */
export interface GuestTcp {
  readonly port: number
  readonly opened: Promise<void>
  readonly over: Promise<'ended' | 'reset'>
  readonly received: () => Buffer
  /** Data segments as they arrived. */
  readonly segments: readonly Segment[]
  readonly unconfirmedBytes: () => number
  write(bytes: Uint8Array): void
  /** Settles when all that was written is confirmed. */
  flushed(): Promise<void>
  /** Stops or begins to take what arrives: the window shuts or opens. */
  setWindow(bytes: number): void
  end(): void
  reset(): void
  /** Sends a segment as it is, for what no honest guest does. */
  raw(about: {
    readonly flags: number
    readonly sequence?: number
    readonly acknowledged?: number
    readonly data?: Uint8Array
  }): void
}

/** Sends one segment of no connection that this file keeps. */
export function sendSegment(
  guest: GuestNetwork,
  address: number,
  segment: Pick<OutgoingSegment, 'sourcePort' | 'destinationPort' | 'flags'> & Partial<OutgoingSegment>,
): void {
  guest.send(segmentFrame(ends(address), { sequence: 0, acknowledged: 0, window: 0, ...segment }))
}

let nextPort = 40_000

function createTcp(
  guest: GuestNetwork,
  peer: { readonly address: number; readonly port: number },
  port: number,
  options: GuestTcpOptions,
): GuestTcp & {
  readonly hear: (segment: Segment) => void
  readonly sendSyn: (withAck: boolean) => void
  adopt(s: Segment): void
} {
  const { windowScale = 4, maxSegmentBytes = 1460, loses = () => false } = options
  const first = options.firstSequence ?? 1_000
  let windowBytes = options.windowBytes ?? 64 * 1024
  let next = first
  let confirmed = first
  let expected = 0
  let peerWindow = 0
  let peerScale = 0
  let isOpen = false
  let isEnding = false
  let hasEnded = false
  let dataSegments = 0
  let pending = Buffer.alloc(0)
  const chunks: Buffer[] = []
  const segments: Segment[] = []
  const opening = deferred<void>()
  const over = deferred<'ended' | 'reset'>()
  let flushes: (() => void)[] = []
  opening.promise.catch(() => {})

  const send = (
    flags: number,
    data: Uint8Array = new Uint8Array(0),
    sequence = next,
    acknowledged = expected,
  ): void => {
    const isSyn = (flags & flag.syn) !== 0
    guest.send(
      segmentFrame(
        ends(peer.address),
        {
          sourcePort: port,
          destinationPort: peer.port,
          sequence: sequence >>> 0,
          acknowledged: acknowledged >>> 0,
          flags,
          window: isSyn || windowScale === null ? Math.min(65_535, windowBytes) : windowBytes >>> windowScale,
          ...(isSyn ? { maxSegmentBytes, windowScale } : {}),
          dataBytes: data.length,
        },
        (frame, at) => frame.set(data, at),
      ),
    )
  }
  const push = (): void => {
    while (isOpen && pending.length > 0) {
      const length = Math.min(maxSegmentBytes, pending.length, peerWindow - ((next - confirmed) | 0))
      if (length <= 0) return
      const data = pending.subarray(0, length)
      pending = pending.subarray(length)
      send(flag.ack | flag.push, data)
      next = (next + length) >>> 0
    }
    if (isOpen && isEnding && !hasEnded) {
      hasEnded = true
      send(flag.ack | flag.fin)
      next = (next + 1) >>> 0
    }
  }
  return {
    port,
    opened: opening.promise,
    over: over.promise,
    received: () => Buffer.concat(chunks),
    segments,
    unconfirmedBytes: () => pending.length + ((next - confirmed) | 0),
    write(bytes) {
      pending = Buffer.concat([pending, bytes])
      push()
    },
    flushed: () =>
      new Promise((resolve) => {
        if (pending.length === 0 && next === confirmed) resolve()
        else flushes.push(resolve)
      }),
    setWindow(bytes) {
      windowBytes = bytes
      send(flag.ack)
    },
    end() {
      isEnding = true
      push()
    },
    reset: () => send(flag.reset | flag.ack),
    raw: ({ flags, data, sequence, acknowledged }) => send(flags, data, sequence, acknowledged),
    sendSyn(withAck) {
      send(flag.syn | (withAck ? flag.ack : 0), undefined, first)
      next = (first + 1) >>> 0
    },
    adopt(segment) {
      expected = (segment.sequence + 1) >>> 0
    },
    hear(segment) {
      const { flags } = segment
      if ((flags & flag.reset) !== 0) {
        opening.reject(new Error('reset'))
        over.resolve('reset')
        return
      }
      if ((flags & flag.syn) !== 0 && (flags & flag.ack) !== 0) {
        expected = (segment.sequence + 1) >>> 0
        peerScale = windowScale === null ? 0 : (segment.windowScale ?? 0)
        send(flag.ack)
      } else if ((flags & flag.ack) !== 0) peerWindow = segment.window * 2 ** peerScale
      if ((flags & flag.syn) !== 0 && (flags & flag.ack) !== 0) peerWindow = segment.window
      if ((flags & flag.ack) !== 0 && ((segment.acknowledged - confirmed) | 0) > 0) confirmed = segment.acknowledged
      if (!isOpen && confirmed === (first + 1) >>> 0) {
        isOpen = true
        peerScale = windowScale === null ? 0 : 4
        opening.resolve()
      }
      if (segment.data.length > 0) {
        const index = dataSegments
        dataSegments += 1
        if (loses(index)) return
        segments.push({ ...segment, data: segment.data.slice() })
        if (segment.sequence === expected && segment.data.length <= windowBytes) {
          chunks.push(Buffer.from(segment.data))
          expected = (expected + segment.data.length) >>> 0
        }
        send(flag.ack)
      }
      if ((flags & flag.fin) !== 0 && (segment.sequence + segment.data.length) >>> 0 === expected) {
        expected = (expected + 1) >>> 0
        send(flag.ack)
        over.resolve('ended')
      }
      push()
      if (pending.length === 0 && next === confirmed) {
        for (const resolve of flushes) resolve()
        flushes = []
      }
    },
  }
}

/** Connects to an address and port. */
export function connectFrom(
  guest: GuestNetwork,
  address: number,
  port: number,
  options: GuestTcpOptions = {},
): GuestTcp {
  nextPort += 1
  const tcp = createTcp(guest, { address, port }, nextPort, options)
  guest.hear((packet) => {
    const segment = segmentOf(packet)
    if (segment?.destinationPort !== tcp.port || packet.source !== address || segment.sourcePort !== port) return false
    tcp.hear(segment)
    return true
  })
  tcp.sendSyn(false)
  return tcp
}

/** Takes the next connection to one of the guest's ports. */
export function listenIn(guest: GuestNetwork, port: number, options: GuestTcpOptions = {}): Promise<GuestTcp> {
  return new Promise((resolve) => {
    let tcp: ReturnType<typeof createTcp> | null = null
    let peer = { address: 0, port: 0 }
    guest.hear((packet) => {
      const segment = segmentOf(packet)
      if (segment?.destinationPort !== port) return false
      if (tcp === null) {
        if ((segment.flags & flag.syn) === 0) return false
        peer = { address: packet.source, port: segment.sourcePort }
        tcp = createTcp(guest, peer, port, options)
        tcp.adopt(segment)
        tcp.sendSyn(true)
        resolve(tcp)
        return true
      }
      if (packet.source !== peer.address || segment.sourcePort !== peer.port) return false
      if ((segment.flags & flag.syn) === 0) tcp.hear(segment)
      return true
    })
  })
}
