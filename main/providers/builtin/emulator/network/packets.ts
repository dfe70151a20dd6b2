/** Ethernet and IPv4: reading what a guest sent, which may be anything, and writing what it gets. */

export const etherTypes = { ipv4: 0x0800, arp: 0x0806 } as const
export const protocols = { icmp: 1, tcp: 6, udp: 17 } as const

export const ethernetBytes = 14
export const ipv4Bytes = 20

/** An IPv4 address as a number from 0 to 2^32 - 1. */
export type Address = number

export function addressOf(text: string): Address {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function addressText(address: Address): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.')
}

export interface Ipv4Packet {
  readonly source: Address
  readonly destination: Address
  readonly protocol: number
  /** The header with its options: what an ICMP error quotes begins here. */
  readonly header: Uint8Array
  readonly payload: Uint8Array
}

/** An Ethernet frame's type, 0 when it is too short to have one. */
export function etherTypeOf(frame: Uint8Array): number {
  return frame.length < ethernetBytes ? 0 : read16(frame, 12)
}

/** null for what is no whole IPv4 packet. Fragments are none: a guest's TCP sends none, and nothing else here needs them. */
export function readIpv4(frame: Uint8Array): Ipv4Packet | null {
  const packet = frame.subarray(ethernetBytes)
  if (packet.length < ipv4Bytes || (packet[0] ?? 0) >> 4 !== 4) return null
  const headerBytes = ((packet[0] ?? 0) & 15) * 4
  const totalBytes = read16(packet, 2)
  if (headerBytes < ipv4Bytes || totalBytes < headerBytes || totalBytes > packet.length) return null
  // More fragments follow, or this is not the first.
  if ((read16(packet, 6) & 0x3fff) !== 0) return null
  return {
    source: read32(packet, 12),
    destination: read32(packet, 16),
    protocol: packet[9] ?? 0,
    header: packet.subarray(0, headerBytes),
    payload: packet.subarray(headerBytes, totalBytes),
  }
}

export interface Ends {
  readonly fromMac: Uint8Array
  readonly toMac: Uint8Array
  readonly source: Address
  readonly destination: Address
}

/** A frame with room for `payloadBytes` behind its Ethernet and IPv4 headers, which are filled in. */
export function ipv4Frame(ends: Ends, protocol: number, payloadBytes: number): Uint8Array {
  const frame = new Uint8Array(ethernetBytes + ipv4Bytes + payloadBytes)
  frame.set(ends.toMac, 0)
  frame.set(ends.fromMac, 6)
  write16(frame, 12, etherTypes.ipv4)
  const at = ethernetBytes
  frame[at] = 0x45
  write16(frame, at + 2, ipv4Bytes + payloadBytes)
  // Never fragmented: everything fits the guest's own link.
  write16(frame, at + 6, 0x4000)
  frame[at + 8] = 64
  frame[at + 9] = protocol
  write32(frame, at + 12, ends.source)
  write32(frame, at + 16, ends.destination)
  write16(frame, at + 10, checksum(frame, at, at + ipv4Bytes, 0))
  return frame
}

/** Fills in a TCP or UDP checksum, which covers the addresses too. Its field must be 0. */
export function sealTransport(frame: Uint8Array, protocol: number, checksumAt: number): void {
  const at = ethernetBytes + ipv4Bytes
  let sum = protocol + (frame.length - at)
  for (let word = ethernetBytes + 12; word < at; word += 2) sum += read16(frame, word)
  const value = checksum(frame, at, frame.length, sum)
  // In UDP 0 means that there is none.
  write16(frame, at + checksumAt, value === 0 ? 0xffff : value)
}

/** The Internet's checksum of a stretch of bytes, added to `sum`. */
export function checksum(bytes: Uint8Array, from: number, to: number, sum: number): number {
  let total = sum
  const even = from + ((to - from) & ~1)
  for (let at = from; at < even; at += 2) total += ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  if (even < to) total += (bytes[even] as number) << 8
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000)
  return ~total & 0xffff
}

export function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

export function read32(bytes: Uint8Array, at: number): number {
  return ((read16(bytes, at) << 16) | read16(bytes, at + 2)) >>> 0
}

export function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

export function write32(bytes: Uint8Array, at: number, value: number): void {
  write16(bytes, at, value >>> 16)
  write16(bytes, at + 2, value)
}

export interface UdpDatagram {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly data: Uint8Array
}

const udpBytes = 8

export function readUdp(payload: Uint8Array): UdpDatagram | null {
  if (payload.length < udpBytes) return null
  const length = read16(payload, 4)
  if (length < udpBytes || length > payload.length) return null
  return {
    sourcePort: read16(payload, 0),
    destinationPort: read16(payload, 2),
    data: payload.subarray(udpBytes, length),
  }
}

export function udpFrame(ends: Ends, { sourcePort, destinationPort, data }: UdpDatagram): Uint8Array {
  const frame = ipv4Frame(ends, protocols.udp, udpBytes + data.length)
  const at = ethernetBytes + ipv4Bytes
  write16(frame, at, sourcePort)
  write16(frame, at + 2, destinationPort)
  write16(frame, at + 4, udpBytes + data.length)
  frame.set(data, at + udpBytes)
  sealTransport(frame, protocols.udp, 6)
  return frame
}

const icmpBytes = 8
export const unreachable = { host: 1, port: 3, prohibited: 13 } as const

/** Says that a packet cannot be delivered, by quoting its beginning. */
export function unreachableFrame(ends: Ends, code: number, quoted: Uint8Array): Uint8Array {
  const frame = ipv4Frame(ends, protocols.icmp, icmpBytes + quoted.length)
  const at = ethernetBytes + ipv4Bytes
  frame[at] = 3
  frame[at + 1] = code
  frame.set(quoted, at + icmpBytes)
  write16(frame, at + 2, checksum(frame, at, frame.length, 0))
  return frame
}

/** What an ICMP error quotes of a packet: its header and the first eight bytes behind it. */
export function quoteOf({ header, payload }: Pick<Ipv4Packet, 'header' | 'payload'>): Uint8Array {
  const quoted = new Uint8Array(header.length + Math.min(8, payload.length))
  quoted.set(header)
  quoted.set(payload.subarray(0, 8), header.length)
  return quoted
}

/** The answer to a ping; null for any other ICMP message. */
export function echoReplyFrame(ends: Ends, payload: Uint8Array): Uint8Array | null {
  if (payload.length < icmpBytes || payload[0] !== 8 || payload[1] !== 0) return null
  const frame = ipv4Frame(ends, protocols.icmp, payload.length)
  const at = ethernetBytes + ipv4Bytes
  frame.set(payload, at)
  frame[at] = 0
  write16(frame, at + 2, 0)
  write16(frame, at + 2, checksum(frame, at, frame.length, 0))
  return frame
}

const arpBytes = 28

/** The answer to who has `address`; null for any other ARP message, and when it asks for another's. */
export function arpReplyFrame(frame: Uint8Array, address: Address, mac: Uint8Array): Uint8Array | null {
  if (frame.length < ethernetBytes + arpBytes) return null
  const at = ethernetBytes
  const isRequest = read32(frame, at) === 0x00010800 && read32(frame, at + 4) === 0x06040001
  if (!isRequest || read32(frame, at + 24) !== address) return null
  const asker = frame.slice(at + 8, at + 18)
  const reply = new Uint8Array(ethernetBytes + arpBytes)
  reply.set(asker.subarray(0, 6), 0)
  reply.set(mac, 6)
  write16(reply, 12, etherTypes.arp)
  write32(reply, at, 0x00010800)
  write32(reply, at + 4, 0x06040002)
  reply.set(mac, at + 8)
  write32(reply, at + 14, address)
  reply.set(asker, at + 18)
  return reply
}
