import { network } from './addresses.ts'
import { read32, write32 } from './packets.ts'

const cookie = 0x63825363
const optionsAt = 240
const message = { discover: 1, offer: 2, request: 3, refused: 6, acknowledged: 5, inform: 8 } as const
const option = { pad: 0, mask: 1, router: 3, names: 6, address: 50, lease: 51, kind: 53, server: 54, end: 255 } as const
/** The address never changes, so it is lent for ever; a guest need not ask again. */
const leaseSeconds = 0xffffffff

/** The answer to a DHCP message of the guest's; null for what needs none. */
export function dhcpReply(request: Uint8Array): Uint8Array | null {
  if (request.length < optionsAt || request[0] !== 1 || read32(request, 236) !== cookie) return null
  const options = readOptions(request)
  const kind = options.get(option.kind)?.[0]
  const server = options.get(option.server)
  if (server !== undefined && server.length === 4 && read32(server, 0) !== network.gateway) return null
  switch (kind) {
    case message.discover:
      return reply(request, message.offer)
    case message.inform:
      return reply(request, message.acknowledged)
    case message.request: {
      const wish = options.get(option.address)
      const wanted = wish?.length === 4 ? read32(wish, 0) : read32(request, 12)
      return reply(request, wanted === network.guest ? message.acknowledged : message.refused)
    }
    default:
      return null
  }
}

function readOptions(request: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  for (let at = optionsAt; at < request.length; ) {
    const kind = request[at] as number
    if (kind === option.end) break
    if (kind === option.pad) {
      at += 1
      continue
    }
    const length = request[at + 1] ?? 0
    if (at + 2 + length > request.length) break
    options.set(kind, request.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return options
}

function reply(request: Uint8Array, kind: number): Uint8Array {
  // As long as the shortest that old clients take.
  const bytes = new Uint8Array(300)
  bytes.set([2, 1, 6, 0])
  // Transaction, flags and the address of the client's card are the client's own.
  bytes.set(request.subarray(4, 8), 4)
  bytes.set(request.subarray(10, 12), 10)
  bytes.set(request.subarray(28, 44), 28)
  write32(bytes, 236, cookie)
  let at = optionsAt
  const put = (name: number, ...value: readonly number[]): void => {
    bytes.set([name, value.length, ...value], at)
    at += 2 + value.length
  }
  const bytesOf = (value: number): readonly number[] => [
    value >>> 24,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  ]
  put(option.kind, kind)
  put(option.server, ...bytesOf(network.gateway))
  if (kind !== message.refused) {
    write32(bytes, 16, network.guest)
    put(option.lease, ...bytesOf(leaseSeconds))
    put(option.mask, ...bytesOf(network.mask >>> 0))
    put(option.router, ...bytesOf(network.gateway))
    put(option.names, ...bytesOf(network.gateway))
  }
  bytes[at] = option.end
  return bytes
}
