import type { Socket } from 'node:net'
import { isInNetwork, network } from './addresses.ts'
import { dhcpReply } from './dhcp.ts'
import type { Dns } from './dns.ts'
import type { Link } from './link.ts'
import {
  arpReplyFrame,
  type Ends,
  echoReplyFrame,
  etherTypeOf,
  etherTypes,
  type Ipv4Packet,
  protocols,
  quoteOf,
  readIpv4,
  readUdp,
  udpFrame,
  unreachable,
  unreachableFrame,
} from './packets.ts'
import type { Reach } from './reach.ts'
import { createTcp, type Severed } from './tcp.ts'
import type { Connection } from './tcp-connection.ts'

export interface NatOptions {
  readonly link: Link
  readonly reach: Reach
  readonly dns: Dns
  /** The address of the guest's card, until a frame says otherwise. */
  readonly guestMac: Uint8Array
}

/** The guest's network: all that it is connected with. */
export interface Nat {
  /** Takes a frame that the guest sent. Its buffer may be used again afterwards. */
  receive(frame: Uint8Array): void
  accept(socket: Socket, guestPort: number): void
  /** A guest that stands still is sent nothing, and no clock runs for it. */
  setRunning(isRunning: boolean): void
  severable(): readonly Severed[]
  /** Tells the guest that connections it remembers are no more. */
  sever(severed: readonly Severed[]): void
  /** What the guest may reach has changed. */
  recheck(): void
  /** Bytes of frames, as the guest counts them. */
  figures(): { readonly receivedBytes: number; readonly sentBytes: number }
  /** Ends all connections; the guest has forgotten them, or has lost its card. */
  drop(): void
}

/** Answers that wait for room beyond these are dropped, as on any network. */
const maxWaitingFrames = 256
/** Where the link has no room and nothing is heard of the guest, it is looked again after so long. */
const blockedMs = 100
const shortestWaitMs = 1_000
const ports = { names: 53, lendingServer: 67, lendingClient: 68 } as const

export function createNat({ link, reach, dns, guestMac: firstGuestMac }: NatOptions): Nat {
  let guestMac: Uint8Array = firstGuestMac.slice()
  let receivedBytes = 0
  let sentBytes = 0
  let isRunning = false
  /** Counts how often all was dropped: an answer from before is for nobody. */
  let age = 0
  let isPlanned = false
  let isPumping = false
  let stoodStillMs = 0
  let stoppedAt = performance.now()
  let timer: NodeJS.Timeout | null = null
  let timerAt = Number.POSITIVE_INFINITY
  const waitingFrames: Uint8Array[] = []
  /** Connections that have their turn next, longest waiting first. */
  const stirredConnections = new Set<Connection>()

  const now = (): number => (isRunning ? performance.now() : stoppedAt) - stoodStillMs
  const put = (frame: Uint8Array): void => {
    receivedBytes += frame.length
    link.send(frame)
  }
  const post = (frame: Uint8Array): void => {
    if (waitingFrames.length < maxWaitingFrames) waitingFrames.push(frame)
    plan()
  }
  const plan = (): void => {
    if (isPlanned || !isRunning) return
    isPlanned = true
    setImmediate(flush)
  }
  const endsFrom = (source: number, destination: number): Ends => ({
    fromMac: network.gatewayMac,
    toMac: guestMac,
    source,
    destination,
  })
  const tcp = createTcp({
    reach,
    ends: ({ guestAddress, peerAddress }) => endsFrom(peerAddress, guestAddress),
    now,
    send: (frame) => (isPumping ? put(frame) : post(frame)),
    unreachable: ({ guestAddress }, code, quoted) =>
      post(unreachableFrame(endsFrom(network.gateway, guestAddress), code, quoted)),
    stirred(connection) {
      stirredConnections.add(connection)
      plan()
    },
  })

  /** Sends what is due as far as there is room: answers first, then each connection a little in turn. */
  function flush(): void {
    isPlanned = false
    if (!isRunning) return
    let room = link.room()
    const answers = waitingFrames.splice(0, room)
    for (const frame of answers) put(frame)
    room -= answers.length
    isPumping = true
    // Deleting and adding puts a connection at the end of the set, where this comes by again.
    for (const connection of stirredConnections) {
      const sent = connection.endpoint.pump(room)
      room -= sent
      if (!connection.endpoint.wants()) stirredConnections.delete(connection)
      else if (sent > 0) {
        stirredConnections.delete(connection)
        stirredConnections.add(connection)
      }
      if (room <= 0) break
    }
    isPumping = false
    link.flush()
    wait()
  }

  /** Comes back when a connection is due, or soon when there was no room. */
  function wait(): void {
    const isBlocked = stirredConnections.size > 0 || waitingFrames.length > 0
    // A connection that has just sent something is due in a second at the earliest.
    const latest = now() + (isBlocked ? blockedMs : shortestWaitMs)
    if (timer !== null && timerAt <= latest) return
    let due = isBlocked ? latest : Number.POSITIVE_INFINITY
    for (const { endpoint } of tcp.connections()) due = Math.min(due, endpoint.dueMs)
    if (timer !== null) clearTimeout(timer)
    timer = null
    timerAt = due
    if (due !== Number.POSITIVE_INFINITY) timer = setTimeout(ring, Math.max(1, due - now()))
  }

  function ring(): void {
    timer = null
    timerAt = Number.POSITIVE_INFINITY
    for (const connection of tcp.connections()) {
      if (connection.endpoint.dueMs > now()) continue
      connection.endpoint.tick()
      stirredConnections.add(connection)
    }
    flush()
  }

  function receiveIpv4(packet: Ipv4Packet): void {
    const { source, destination, protocol } = packet
    if (protocol === protocols.udp) receiveUdp(packet)
    else if (!isGuest(source) || isBroadcast(destination)) return
    else if (protocol === protocols.tcp) tcp.receive(packet)
    else if (protocol === protocols.icmp) receivePing(packet)
  }

  /** The gateway answers for itself alone: what is beyond it cannot be asked so. */
  function receivePing(packet: Ipv4Packet): void {
    const { source, destination, payload } = packet
    if (payload[0] !== 8) return
    const ends = endsFrom(network.gateway, source)
    const reply =
      destination === network.gateway
        ? echoReplyFrame(ends, payload)
        : unreachableFrame(ends, unreachable.prohibited, quoteOf(packet))
    if (reply !== null) post(reply)
  }

  function receiveUdp(packet: Ipv4Packet): void {
    const { source, destination, payload } = packet
    const datagram = readUdp(payload)
    if (datagram === null) return
    const { sourcePort, destinationPort, data } = datagram
    if (destinationPort === ports.lendingServer) {
      if (destination === network.gateway || isBroadcast(destination)) lend(data)
    } else if (!isGuest(source) || isBroadcast(destination)) return
    else if (destinationPort === ports.names) {
      const askedAt = age
      const back = { sourcePort: ports.names, destinationPort: sourcePort }
      // Whichever server the guest asks, it is this computer's that answers.
      dns.ask(data, (reply) => {
        if (age === askedAt) post(udpFrame(endsFrom(destination, source), { ...back, data: reply }))
      })
    } else post(unreachableFrame(endsFrom(network.gateway, source), unreachable.port, quoteOf(packet)))
  }

  /** Lends the guest its address. The answer goes to everybody: the guest has no address yet, and is alone. */
  function lend(request: Uint8Array): void {
    const data = dhcpReply(request)
    if (data === null) return
    const ends = { ...endsFrom(network.gateway, 0xffffffff), toMac: everybody }
    post(udpFrame(ends, { sourcePort: ports.lendingServer, destinationPort: ports.lendingClient, data }))
  }

  return {
    receive(frame) {
      sentBytes += frame.length
      const type = etherTypeOf(frame)
      // An odd first byte would mean many; nobody is many.
      if (type !== 0 && ((frame[6] as number) & 1) === 0) guestMac = frame.slice(6, 12)
      if (type === etherTypes.arp) {
        const reply = arpReplyFrame(frame, network.gateway, network.gatewayMac)
        if (reply !== null) post(reply)
      } else if (type === etherTypes.ipv4) {
        const packet = readIpv4(frame)
        if (packet !== null) receiveIpv4(packet)
      }
      // What the guest took may have made room.
      if (stirredConnections.size > 0) plan()
    },
    accept: tcp.accept,
    setRunning(shallRun) {
      if (shallRun === isRunning) return
      if (shallRun) {
        stoodStillMs += performance.now() - stoppedAt
        isRunning = true
        plan()
      } else {
        stoppedAt = performance.now()
        isRunning = false
        if (timer !== null) clearTimeout(timer)
        timer = null
        timerAt = Number.POSITIVE_INFINITY
      }
    },
    severable: tcp.severable,
    sever: tcp.sever,
    recheck: tcp.recheck,
    figures: () => ({ receivedBytes, sentBytes }),
    drop() {
      age += 1
      tcp.drop()
      stirredConnections.clear()
      waitingFrames.length = 0
      if (timer !== null) clearTimeout(timer)
      timer = null
      timerAt = Number.POSITIVE_INFINITY
    },
  }
}

function isGuest(address: number): boolean {
  return isInNetwork(address) && address !== network.gateway && address !== network.broadcast
}

const everybody = Uint8Array.of(255, 255, 255, 255, 255, 255)

function isBroadcast(address: number): boolean {
  return address === 0xffffffff || address === network.broadcast
}
