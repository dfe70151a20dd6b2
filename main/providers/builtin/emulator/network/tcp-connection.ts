import type { Socket } from 'node:net'
import type { Address } from './packets.ts'
import { bufferBytes, type Endpoint, type EndpointEvents } from './tcp-endpoint.ts'

/** What a socket hands over at once at most; below so much room it waits. */
const chunkBytes = 64 * 1024

/** Who is connected with whom. */
export interface Tuple {
  readonly guestAddress: Address
  readonly guestPort: number
  readonly peerAddress: Address
  readonly peerPort: number
}

export function keyOf({ guestAddress, guestPort, peerAddress, peerPort }: Tuple): string {
  return `${guestAddress}:${guestPort} ${peerAddress}:${peerPort}`
}

/** A connection between the guest's end and a socket of this computer's, which carry their bytes to each other. */
export interface Connection {
  readonly tuple: Tuple
  /** Whether the guest opened it. */
  readonly isOutward: boolean
  readonly endpoint: Endpoint
}

export interface ConnectionEvents {
  /** It has something for the guest, or may have. */
  readonly stirred: () => void
  /** The guest's end is over. Its socket may still have bytes to write. */
  readonly over: () => void
}

/** Joins a socket, which must not flow yet, to the guest's end, which `make` makes. */
export function connect(
  { tuple, isOutward }: Pick<Connection, 'tuple' | 'isOutward'>,
  socket: Socket,
  make: (events: EndpointEvents) => Endpoint,
  events: ConnectionEvents,
): Connection {
  let hasPeerEnded = false
  const endpoint = make({
    opened() {
      socket.on('data', (bytes) => {
        endpoint.write(bytes)
        if (endpoint.room() < chunkBytes) socket.pause()
        events.stirred()
      })
      socket.resume()
    },
    data: (bytes) => void socket.write(Buffer.from(bytes)),
    ended: () => void socket.end(),
    taken() {
      if (socket.isPaused() && endpoint.room() >= bufferBytes / 2) socket.resume()
    },
    over(how) {
      if (how !== 'closed') socket.resetAndDestroy()
      events.over()
    },
    untaken: () => socket.writableLength,
  })
  socket.setNoDelay(true)
  socket.on('drain', () => {
    endpoint.release()
    events.stirred()
  })
  socket.on('end', () => {
    hasPeerEnded = true
    endpoint.end()
    events.stirred()
  })
  socket.on('error', () => endpoint.reset())
  socket.on('close', () => {
    // Without an end nobody can tell whether all has come.
    if (!hasPeerEnded) endpoint.reset()
  })
  return { tuple, isOutward, endpoint }
}
