import { describe, expect, it } from 'vitest'
import { network } from '../../../../../main/providers/builtin/emulator/network/addresses.ts'
import { maxConnections, maxDialling } from '../../../../../main/providers/builtin/emulator/network/tcp.ts'
import { flag } from '../../../../../main/providers/builtin/emulator/network/tcp-segment.ts'
import { createGuestNetwork, type GuestNetwork } from '../../../../support/guest-network.ts'
import { connectFrom, sendSegment } from '../../../../support/guest-tcp.ts'
import { closers, guestWith, serve } from '../../../../support/network-ground.ts'

describe('a guest that opens more than it may', () => {
  it('has its flood dropped while so many are dialled, and connects as before afterwards', async () => {
    const port = await serve((socket) => socket.pipe(socket))
    const guest = createGuestNetwork({
      // An address that nobody has: whoever dials it waits.
      reach: { wayTo: (address) => (address === network.gateway ? ['127.0.0.1'] : ['192.0.2.1']) },
    })
    closers.push(() => guest.nat.drop())
    for (let count = 0; count < 5_000; count += 1) connectFlood(guest, count)
    expect(maxDialling).toBeLessThan(maxConnections)
    guest.nat.drop()
    const tcp = connectFrom(guest, network.gateway, port)
    await tcp.opened
    tcp.write(Buffer.from('here'))
    await expect.poll(() => tcp.received().toString()).toBe('here')
  })

  it('is refused the connection above the most, and has one again when another is over', async () => {
    const port = await serve((socket) => socket.pipe(socket))
    const guest = guestWith(port)
    const open: ReturnType<typeof connectFrom>[] = []
    while (open.length < maxConnections) {
      const some = Array.from({ length: 32 }, () => connectFrom(guest, network.gateway, port))
      await Promise.all(some.map(({ opened }) => opened))
      open.push(...some)
    }
    await expect(connectFrom(guest, network.gateway, port).opened).rejects.toThrow('reset')
    open[0]?.reset()
    await expect
      .poll(() =>
        connectFrom(guest, network.gateway, port).opened.then(
          () => 'opened',
          () => 'refused',
        ),
      )
      .toBe('opened')
  })
})

function connectFlood(guest: GuestNetwork, count: number): void {
  sendSegment(guest, (0x08_08_00_00 + count) >>> 0, {
    sourcePort: 1_024 + (count % 60_000),
    destinationPort: 80,
    sequence: count,
    flags: flag.syn,
    window: 1_000,
    maxSegmentBytes: 1460,
  })
}
