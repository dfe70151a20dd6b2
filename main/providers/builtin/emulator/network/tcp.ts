import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { network } from './addresses.ts'
import { type Dialling, dial } from './dial.ts'
import type { Ends, Ipv4Packet } from './packets.ts'
import { quoteOf, unreachable } from './packets.ts'
import type { Reach, Way } from './reach.ts'
import { type Connection, connect, keyOf, type Tuple } from './tcp-connection.ts'
import { answerSyn, type Endpoint, type EndpointOptions, openToGuest } from './tcp-endpoint.ts'
import { advance, flag, readSegment, type Segment, segmentFrame } from './tcp-segment.ts'

/** As many as a guest may have at once, in both directions; each takes a socket, and a buffer for either direction. */
export const maxConnections = 256
/** Of these, as many as may be on their way to somebody who has not answered yet. */
export const maxDialling = 64
/** Ports of the gateway's from which connections to the guest come. */
const firstOwnPort = 49_152
const ownPorts = 65_536 - firstOwnPort

/** A connection that a restore is to end: the guest's end of it is in the kept memory. */
export interface Severed extends Tuple {
  readonly sequence: number
}

export interface TcpOptions {
  readonly reach: Reach
  readonly ends: (tuple: Pick<Tuple, 'guestAddress' | 'peerAddress'>) => Ends
  readonly now: () => number
  /** Puts a frame on the guest's link while connections have their turn, at other times as soon as there is room. */
  readonly send: (frame: Uint8Array) => void
  readonly unreachable: (tuple: Tuple, code: number, quoted: Uint8Array) => void
  /** A connection may have something to send. */
  readonly stirred: (connection: Connection) => void
}

export interface Tcp {
  receive(packet: Ipv4Packet): void
  /** Carries a connection that came in from outside to a port of the guest's. */
  accept(socket: Socket, guestPort: number): void
  connections(): Iterable<Connection>
  /** What there is to sever, should this moment be restored. */
  severable(): readonly Severed[]
  sever(severed: readonly Severed[]): void
  /** Ends connections that the guest may not have any more. */
  recheck(): void
  /** Ends all connections without a word to the guest, which has forgotten them. */
  drop(): void
}

export function createTcp({ reach, ends, now, send, unreachable: report, stirred }: TcpOptions): Tcp {
  const connections = new Map<string, Connection>()
  const dialling = new Map<string, Dialling>()
  /** All that are open, also those that write their last bytes after the guest's end is over. */
  const sockets = new Set<Socket>()
  let ownPort = randomBytes(2).readUInt16BE() % ownPorts

  function adopt(
    about: Pick<Connection, 'tuple' | 'isOutward'>,
    socket: Socket,
    make: (options: EndpointOptions) => Endpoint,
  ): void {
    const { tuple } = about
    const key = keyOf(tuple)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const connection = connect(
      about,
      socket,
      (events) =>
        make({
          ends: () => ends(tuple),
          ports: { source: tuple.peerPort, destination: tuple.guestPort },
          firstSequence: randomBytes(4).readUInt32BE(),
          send,
          now,
          events,
        }),
      {
        stirred: () => stirred(connection),
        over: () => {
          if (connections.get(key) === connection) connections.delete(key)
        },
      },
    )
    connections.set(key, connection)
    stirred(connection)
  }

  function open(packet: Ipv4Packet, tuple: Tuple, syn: Segment): void {
    const way = reach.wayTo(tuple.peerAddress, tuple.peerPort)
    const quoted = quoteOf(packet)
    if (way === null) report(tuple, unreachable.prohibited, quoted)
    else if (sockets.size + dialling.size >= maxConnections) refuse(tuple, syn)
    // Where too many are being dialled the guest asks again, and then there may be room.
    else if (dialling.size < maxDialling) startDialling(way, tuple, syn, quoted)
  }

  function startDialling(way: Way, tuple: Tuple, syn: Segment, quoted: Uint8Array): void {
    const key = keyOf(tuple)
    dialling.set(
      key,
      dial(way, tuple.peerPort, {
        connected(socket) {
          dialling.delete(key)
          adopt({ tuple, isOutward: true }, socket, (options) => answerSyn(options, syn))
        },
        failed(isRefused) {
          dialling.delete(key)
          if (isRefused) refuse(tuple, syn)
          else report(tuple, unreachable.host, quoted)
        },
      }),
    )
  }

  /** Answers a segment that belongs to nothing with a reset. */
  function refuse(
    tuple: Tuple,
    segment: Pick<Segment, 'flags' | 'sequence' | 'acknowledged'> & { dataBytes?: number },
  ): void {
    const hasAck = (segment.flags & flag.ack) !== 0
    const length =
      (segment.dataBytes ?? 0) + ((segment.flags & flag.syn) === 0 ? 0 : 1) + ((segment.flags & flag.fin) === 0 ? 0 : 1)
    send(
      segmentFrame(ends(tuple), {
        sourcePort: tuple.peerPort,
        destinationPort: tuple.guestPort,
        sequence: hasAck ? segment.acknowledged : 0,
        acknowledged: hasAck ? 0 : advance(segment.sequence, length),
        flags: flag.reset | (hasAck ? 0 : flag.ack),
        window: 0,
      }),
    )
  }

  /** A port of the gateway's that this port of the guest's is not connected with; null when there is none. */
  function freeTuple(guestPort: number): Tuple | null {
    for (let tries = 0; tries < maxConnections + 1; tries += 1) {
      ownPort = (ownPort + 1) % ownPorts
      const tuple: Tuple = {
        guestAddress: network.guest,
        guestPort,
        peerAddress: network.gateway,
        peerPort: firstOwnPort + ownPort,
      }
      if (!connections.has(keyOf(tuple))) return tuple
    }
    return null
  }

  return {
    receive(packet) {
      const segment = readSegment(packet.payload)
      if (segment === null) return
      const tuple: Tuple = {
        guestAddress: packet.source,
        guestPort: segment.sourcePort,
        peerAddress: packet.destination,
        peerPort: segment.destinationPort,
      }
      const key = keyOf(tuple)
      const connection = connections.get(key)
      if (connection !== undefined) {
        connection.endpoint.receive(segment)
        stirred(connection)
        return
      }
      const { flags } = segment
      const dialled = dialling.get(key)
      if (dialled !== undefined) {
        if ((flags & flag.reset) === 0) return
        dialled.cancel()
        dialling.delete(key)
        return
      }
      if ((flags & flag.reset) !== 0) return
      if ((flags & (flag.syn | flag.ack)) === flag.syn) open(packet, tuple, segment)
      else refuse(tuple, { ...segment, dataBytes: segment.data.length })
    },
    accept(socket, guestPort) {
      const tuple = sockets.size + dialling.size < maxConnections ? freeTuple(guestPort) : null
      if (tuple === null) socket.resetAndDestroy()
      else adopt({ tuple, isOutward: false }, socket, openToGuest)
    },
    connections: () => connections.values(),
    severable: () =>
      Array.from(connections.values(), ({ tuple, endpoint }) => ({ ...tuple, sequence: endpoint.sequence })),
    sever(severed) {
      for (const { sequence, ...tuple } of severed) {
        const ports = { sourcePort: tuple.peerPort, destinationPort: tuple.guestPort }
        send(segmentFrame(ends(tuple), { ...ports, sequence, acknowledged: 0, flags: flag.reset, window: 0 }))
      }
    },
    recheck() {
      for (const { tuple, isOutward, endpoint } of connections.values()) {
        if (isOutward && reach.wayTo(tuple.peerAddress, tuple.peerPort) === null) endpoint.reset()
      }
    },
    drop() {
      for (const { cancel } of dialling.values()) cancel()
      dialling.clear()
      connections.clear()
      for (const socket of sockets) socket.resetAndDestroy()
    },
  }
}
