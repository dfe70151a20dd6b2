import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { network } from '../../../../../main/providers/builtin/emulator/network/addresses.ts'
import { createDns, type NameServer } from '../../../../../main/providers/builtin/emulator/network/dns.ts'
import {
  ipv4Frame,
  protocols,
  udpFrame,
  write16,
} from '../../../../../main/providers/builtin/emulator/network/packets.ts'
import { flag, segmentFrame } from '../../../../../main/providers/builtin/emulator/network/tcp-segment.ts'
import { createGuestNetwork, ends } from '../../../../support/guest-network.ts'
import { connectFrom } from '../../../../support/guest-tcp.ts'
import { seededRandom } from '../../../../support/seeded-random.ts'

const names = { resolve4: async () => [{ address: '192.0.2.1', ttl: 1 }] } as unknown as NameServer

describe('a guest that sends anything', () => {
  it.each([1, 2, 3, 4])('ends nothing and keeps nobody waiting (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.pipe(socket)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const guest = createGuestNetwork({
      reach: { wayTo: (_address, wanted) => (wanted === port ? ['127.0.0.1'] : null) },
      dns: createDns(() => names),
    })
    const honest = connectFrom(guest, network.gateway, port)
    await honest.opened
    for (let round = 0; round < 60; round += 1) {
      for (let count = 0; count < 200; count += 1) guest.send(anything(random, port))
      honest.write(Buffer.from('still here\n'))
      await new Promise(setImmediate)
    }
    await expect.poll(() => honest.received().toString()).toBe('still here\n'.repeat(60))
    guest.nat.drop()
    server.close()
  })
})

/** Rubbish, a right frame with wrong parts, or a segment that belongs to nothing. */
function anything(random: (below: number) => number, port: number): Uint8Array {
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256))
  const destination = [network.gateway, 0xffffffff, network.guest, 0x08080808, random(0xffffffff)][random(5)] as number
  const frame = ((): Uint8Array => {
    switch (random(6)) {
      case 0:
        return bytes(random(80))
      case 1:
        return udpFrame(ends(destination), {
          sourcePort: random(65_536),
          destinationPort: [53, 67, random(65_536)][random(3)] as number,
          data: bytes(random(300)),
        })
      case 2: {
        const other = ipv4Frame(ends(destination), random(256), random(100))
        other.set(bytes(Math.min(20, other.length - 34)), 34)
        return other
      }
      case 3: {
        const arp = bytes(42)
        write16(arp, 12, 0x0806)
        arp.set([0, 1, 8, 0, 6, 4, 0, 1], 14)
        return arp
      }
      default:
        return segmentFrame(ends(destination), {
          // The honest connection has a port of its own.
          sourcePort: 1 + random(200),
          destinationPort: random(2) === 0 ? port : random(65_536),
          sequence: random(3) === 0 ? random(0xffffffff) : random(5),
          acknowledged: random(0xffffffff),
          flags: random(2) === 0 ? flag.syn : random(64),
          window: random(65_536),
          maxSegmentBytes: random(65_536),
          windowScale: random(256),
          dataBytes: random(100),
        })
    }
  })()
  if (random(3) === 0 && frame.length > 0) frame[random(frame.length)] = random(256)
  return random(4) === 0 ? frame.subarray(0, random(frame.length + 1)) : frame
}

describe('a frame of each length', () => {
  it.each(Object.entries(protocols))('of %s is read without going beyond it', (_name, protocol) => {
    const guest = createGuestNetwork({ reach: { wayTo: () => null }, dns: createDns(() => names) })
    const frame = ipv4Frame(ends(network.gateway), protocol, 64)
    for (let length = 0; length <= frame.length; length += 1) {
      const cut = frame.slice(0, length)
      if (length > 18) write16(cut, 16, length - 14)
      guest.send(cut)
    }
    guest.nat.drop()
  })
})
