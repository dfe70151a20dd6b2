import {
  type Ends,
  ethernetBytes,
  ipv4Bytes,
  ipv4Frame,
  protocols,
  read16,
  read32,
  sealTransport,
  write16,
  write32,
} from './packets.ts'

export const flag = { fin: 1, syn: 2, reset: 4, push: 8, ack: 16 } as const

export interface Segment {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: number
  /** As it stands in the header: not yet scaled. */
  readonly window: number
  /** Of a SYN: the largest segment its sender takes, and how its windows are scaled; null where it does not say. */
  readonly maxSegmentBytes: number | null
  readonly windowScale: number | null
  /** Valid only until the frame's buffer is used again. */
  readonly data: Uint8Array
}

const headerBytes = 20

/** null for what is no whole TCP segment. */
export function readSegment(payload: Uint8Array): Segment | null {
  if (payload.length < headerBytes) return null
  const dataAt = ((payload[12] as number) >> 4) * 4
  if (dataAt < headerBytes || dataAt > payload.length) return null
  const flags = (payload[13] as number) & 0x3f
  const options = (flags & flag.syn) === 0 ? noOptions : readOptions(payload.subarray(headerBytes, dataAt))
  return {
    sourcePort: read16(payload, 0),
    destinationPort: read16(payload, 2),
    sequence: read32(payload, 4),
    acknowledged: read32(payload, 8),
    flags,
    window: read16(payload, 14),
    ...options,
    data: payload.subarray(dataAt),
  }
}

type Options = Pick<Segment, 'maxSegmentBytes' | 'windowScale'>
const noOptions: Options = { maxSegmentBytes: null, windowScale: null }
const option = { end: 0, nothing: 1, maxSegment: 2, windowScale: 3 } as const
/** What the protocol allows at most. */
const maxWindowScale = 14

function readOptions(bytes: Uint8Array): Options {
  let { maxSegmentBytes, windowScale } = noOptions
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at]
    if (kind === option.end) break
    if (kind === option.nothing) {
      at += 1
      continue
    }
    const length = bytes[at + 1] ?? 0
    if (length < 2 || at + length > bytes.length) break
    if (kind === option.maxSegment && length === 4) maxSegmentBytes = read16(bytes, at + 2)
    if (kind === option.windowScale && length === 3) windowScale = Math.min(maxWindowScale, bytes[at + 2] as number)
    at += length
  }
  return { maxSegmentBytes, windowScale }
}

export interface OutgoingSegment {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: number
  readonly window: number
  readonly maxSegmentBytes?: number
  readonly windowScale?: number | null
  readonly dataBytes?: number
}

/** A segment's frame, with its data filled in by `fill`, which is told where that begins. */
export function segmentFrame(
  ends: Ends,
  segment: OutgoingSegment,
  fill: (frame: Uint8Array, at: number) => void = () => {},
): Uint8Array {
  const { maxSegmentBytes, windowScale = null, dataBytes = 0 } = segment
  const optionBytes = (maxSegmentBytes === undefined ? 0 : 4) + (windowScale === null ? 0 : 4)
  const frame = ipv4Frame(ends, protocols.tcp, headerBytes + optionBytes + dataBytes)
  const at = ethernetBytes + ipv4Bytes
  write16(frame, at, segment.sourcePort)
  write16(frame, at + 2, segment.destinationPort)
  write32(frame, at + 4, segment.sequence)
  write32(frame, at + 8, segment.acknowledged)
  frame[at + 12] = ((headerBytes + optionBytes) / 4) << 4
  frame[at + 13] = segment.flags
  write16(frame, at + 14, segment.window)
  let next = at + headerBytes
  if (maxSegmentBytes !== undefined) {
    frame.set([option.maxSegment, 4, maxSegmentBytes >> 8, maxSegmentBytes & 255], next)
    next += 4
  }
  if (windowScale !== null) {
    frame.set([option.nothing, option.windowScale, 3, windowScale], next)
    next += 4
  }
  fill(frame, next)
  sealTransport(frame, protocols.tcp, 16)
  return frame
}

/** How far `a` is ahead of `b`, in sequence numbers, which begin again at 2^32. */
export function ahead(a: number, b: number): number {
  return (a - b) | 0
}

export function advance(sequence: number, by: number): number {
  return (sequence + by) >>> 0
}
