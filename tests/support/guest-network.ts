import { network } from '../../main/providers/builtin/emulator/network/addresses.ts'
import type { Dns } from '../../main/providers/builtin/emulator/network/dns.ts'
import { createNat, type Nat } from '../../main/providers/builtin/emulator/network/nat.ts'
import {
  type Ends,
  etherTypeOf,
  etherTypes,
  type Ipv4Packet,
  protocols,
  readIpv4,
  udpFrame,
} from '../../main/providers/builtin/emulator/network/packets.ts'
import type { Reach } from '../../main/providers/builtin/emulator/network/reach.ts'
import { readSegment, type Segment } from '../../main/providers/builtin/emulator/network/tcp-segment.ts'

export const guestMac = Uint8Array.of(2, 0, 0, 0, 0, 15)

/** A guest's side of the network: its card, which takes so many frames at a time, and what hears them. */
export interface GuestNetwork {
  readonly nat: Nat
  /** All frames that came, in order, unless they were taken by `hear`. */
  readonly frames: readonly Uint8Array[]
  /** How many frames the card holds before the guest has looked at them. */
  cardFrames: number
  send(frame: Uint8Array): void
  /** Hears packets; true takes one from the others. */
  hear(listener: (packet: Ipv4Packet) => boolean): void
  /** The next packet that fits, of those not heard by others. */
  next(fits: (packet: Ipv4Packet) => boolean): Promise<Ipv4Packet>
  sendUdp(destination: number, ports: { readonly source: number; readonly destination: number }, data: Uint8Array): void
}

export function ends(destination: number, source: number = network.guest): Ends {
  return { fromMac: guestMac, toMac: network.gatewayMac, source, destination }
}

export function createGuestNetwork(options: { readonly reach: Reach; readonly dns?: Dns }): GuestNetwork {
  const card: Uint8Array[] = []
  const frames: Uint8Array[] = []
  const listeners: ((packet: Ipv4Packet) => boolean)[] = []
  const waiting = new Set<(packet: Ipv4Packet) => boolean>()
  let isLooking = false

  const look = (): void => {
    isLooking = false
    for (const frame of card.splice(0)) {
      const packet = etherTypeOf(frame) === etherTypes.ipv4 ? readIpv4(frame) : null
      if (packet !== null && listeners.some((hear) => hear(packet))) continue
      frames.push(frame)
      if (packet !== null) for (const take of waiting) if (take(packet)) waiting.delete(take)
    }
  }

  const guest: GuestNetwork = {
    frames,
    cardFrames: 256,
    nat: createNat({
      guestMac,
      reach: options.reach,
      dns: options.dns ?? { ask() {} },
      link: {
        room: () => Math.max(0, guest.cardFrames - card.length),
        send(frame) {
          if (card.length >= guest.cardFrames) throw new Error('the card has no room')
          card.push(frame)
        },
        flush() {
          if (isLooking || card.length === 0) return
          isLooking = true
          setImmediate(look)
        },
      },
    }),
    send: (frame) => guest.nat.receive(frame),
    hear: (listener) => void listeners.push(listener),
    next: (fits) =>
      new Promise((resolve) => {
        waiting.add((packet) => {
          if (!fits(packet)) return false
          resolve(packet)
          return true
        })
      }),
    sendUdp: (destination, { source, destination: port }, data) =>
      guest.send(udpFrame(ends(destination), { sourcePort: source, destinationPort: port, data })),
  }
  guest.nat.setRunning(true)
  return guest
}

/** The segment in a packet; null for anything else. */
export function segmentOf(packet: Ipv4Packet): Segment | null {
  return packet.protocol === protocols.tcp ? readSegment(packet.payload) : null
}

/** A promise, and what settles it. */
export function deferred<T>(): {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
} {
  let settle: { resolve: (value: T) => void; reject: (error: Error) => void } | null = null
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, resolve: (value) => settle?.resolve(value), reject: (error) => settle?.reject(error) }
}
