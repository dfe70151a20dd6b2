import { once } from 'node:events'
import { connect as dialHost, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { network } from '../../../../../main/providers/builtin/emulator/network/addresses.ts'
import { createForwards } from '../../../../../main/providers/builtin/emulator/network/forwards.ts'
import { protocols } from '../../../../../main/providers/builtin/emulator/network/packets.ts'
import { flag } from '../../../../../main/providers/builtin/emulator/network/tcp-segment.ts'
import { freePort } from '../../../../support/free-port.ts'
import { deferred, type GuestNetwork, segmentOf } from '../../../../support/guest-network.ts'
import { connectFrom, listenIn, sendSegment } from '../../../../support/guest-tcp.ts'
import { closers, guestWith, serve } from '../../../../support/network-ground.ts'

function numbered(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32BE(at, at)
  return bytes
}

describe('a connection that the guest opens', () => {
  it('carries bytes both ways, and either end of them without the other', async () => {
    const heard: Buffer[] = []
    const port = await serve((socket) => {
      socket.on('data', (bytes) => heard.push(bytes))
      socket.on('end', () => socket.end('good bye'))
    })
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await tcp.opened
    tcp.write(Buffer.from('hello'))
    tcp.end()
    expect(await tcp.over).toBe('ended')
    expect(Buffer.concat(heard).toString()).toBe('hello')
    expect(tcp.received().toString()).toBe('good bye')
  })

  it('carries what the guest sends after the other side has ended', async () => {
    const ended = deferred<string>()
    const port = await serve((socket) => {
      const heard: Buffer[] = []
      socket.end('first')
      socket.on('data', (bytes) => heard.push(bytes))
      socket.on('end', () => ended.resolve(Buffer.concat(heard).toString()))
    })
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    expect(await tcp.over).toBe('ended')
    tcp.write(Buffer.from('and '))
    tcp.write(Buffer.from('last'))
    tcp.end()
    expect(await ended.promise).toBe('and last')
    expect(tcp.received().toString()).toBe('first')
  })

  it('downloads megabytes whole, with several segments under way', async () => {
    const bytes = numbered(4 * 1024 * 1024)
    const port = await serve((socket) => socket.end(bytes))
    const guest = guestWith(port)
    const tcp = connectFrom(guest, network.gateway, port)
    expect(await tcp.over).toBe('ended')
    expect(tcp.received().equals(bytes)).toBe(true)
    expect(tcp.segments[2]?.data).toHaveLength(1460)
  })

  it('uploads megabytes whole', async () => {
    const bytes = numbered(4 * 1024 * 1024)
    const heard: Buffer[] = []
    const ended = deferred<void>()
    const port = await serve((socket) => {
      socket.on('data', (part) => heard.push(part))
      socket.on('end', () => ended.resolve())
    })
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await tcp.opened
    tcp.write(bytes)
    tcp.end()
    await ended.promise
    expect(Buffer.concat(heard).equals(bytes)).toBe(true)
  })

  it.each([
    ['a card that takes three frames', { cardFrames: 3 }, {}],
    ['a window of one byte', {}, { windowBytes: 1, windowScale: null }],
    ['the smallest segments', {}, { maxSegmentBytes: 1 }],
    ['windows that are not scaled', {}, { windowScale: null }],
    ['windows that are scaled as far as they can be', {}, { windowScale: 14 }],
    ['numbers that begin again at 0 on the way', {}, { firstSequence: 0xffff_fff0 }],
  ])('is whole with %s', async (_what, card, options) => {
    const isTiny = 'windowBytes' in options || 'maxSegmentBytes' in options
    const bytes = numbered(isTiny ? 4_000 : 400_000)
    const port = await serve((socket) => {
      socket.write(bytes)
      socket.pipe(socket)
    })
    const guest = guestWith(port)
    Object.assign(guest, card)
    const tcp = connectFrom(guest, network.gateway, port, options)
    await tcp.opened
    tcp.write(bytes)
    tcp.end()
    expect(await tcp.over).toBe('ended')
    expect(tcp.received().equals(Buffer.concat([bytes, bytes]))).toBe(true)
  })

  it('sends again what the guest lost', async () => {
    const bytes = numbered(200_000)
    const port = await serve((socket) => socket.end(bytes))
    // In the middle of others, which says so at once, and the very last, which only time tells.
    const lost = new Set([10, 40, 41, 136])
    const tcp = connectFrom(guestWith(port), network.gateway, port, { loses: (index) => lost.delete(index) })
    expect(await tcp.over).toBe('ended')
    expect(tcp.received().equals(bytes)).toBe(true)
    expect(lost.size).toBe(0)
  })

  it('waits with a bounded buffer while the guest takes nothing, and goes on when it does', async () => {
    const bytes = numbered(24 * 1024 * 1024)
    const sockets: Socket[] = []
    const port = await serve((socket) => {
      sockets.push(socket)
      socket.end(bytes)
    })
    const guest = guestWith(port)
    const tcp = connectFrom(guest, network.gateway, port, { windowBytes: 32 * 1024 })
    await tcp.opened
    await expect.poll(() => tcp.segments.length).toBeGreaterThan(50)
    tcp.setWindow(0)
    const held = tcp.received().length
    const left = async (): Promise<number> => sockets[0]?.writableLength ?? 0
    let before = -1
    // What the system's own buffers take is soon taken; then nothing moves.
    await expect
      .poll(
        async () => {
          const now = await left()
          const isStill = now === before
          before = now
          return isStill
        },
        { interval: 300 },
      )
      .toBe(true)
    expect(bytes.length - (await left()) - held).toBeLessThan(12 * 1024 * 1024)
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(400 * 1024 * 1024)
    // The window opens, but the guest's word of it is lost: it is asked.
    tcp.setWindow(256 * 1024)
    expect(await tcp.over).toBe('ended')
    expect(tcp.received().equals(bytes)).toBe(true)
  })

  it('shuts its own window while nobody takes what the guest sends', async () => {
    const sockets: Socket[] = []
    const port = await serve((socket) => {
      socket.pause()
      sockets.push(socket)
    })
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await tcp.opened
    const bytes = numbered(16 * 1024 * 1024)
    tcp.write(bytes)
    let before = -1
    await expect
      .poll(
        () => {
          const now = tcp.unconfirmedBytes()
          const isStill = now === before
          before = now
          return isStill
        },
        { interval: 300 },
      )
      .toBe(true)
    expect(tcp.unconfirmedBytes()).toBeGreaterThan(4 * 1024 * 1024)
    let heard = 0
    sockets[0]?.on('data', (part) => {
      heard += part.length
    })
    sockets[0]?.resume()
    await tcp.flushed()
    await expect.poll(() => heard).toBe(bytes.length)
  })

  it('is refused at once where nobody listens', async () => {
    const port = await serve(() => {})
    for (const close of closers.splice(0)) close()
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await expect(tcp.opened).rejects.toThrow('reset')
  })

  it('is told to be prohibited where the guest may not go', async () => {
    const port = await serve(() => {})
    const guest = guestWith()
    const answered = guest.next(({ protocol }) => protocol === protocols.icmp)
    connectFrom(guest, network.gateway, port)
    const { payload, source } = await answered
    expect(source).toBe(network.gateway)
    expect([payload[0], payload[1]]).toEqual([3, 13])
  })

  it('ends on this computer with a reset when the guest resets it', async () => {
    const ended = deferred<string | undefined>()
    const port = await serve((socket) => {
      socket.on('error', ({ code }: NodeJS.ErrnoException) => ended.resolve(code))
      socket.on('end', () => ended.resolve('ended'))
      socket.resume()
    })
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await tcp.opened
    tcp.reset()
    expect(await ended.promise).toBe('ECONNRESET')
  })

  it('ends in the guest with a reset when this computer resets it', async () => {
    const port = await serve((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await tcp.opened
    tcp.write(Buffer.from('x'))
    expect(await tcp.over).toBe('reset')
  })

  it('is not ended by a reset with a number from elsewhere', async () => {
    const port = await serve((socket) => socket.pipe(socket))
    const tcp = connectFrom(guestWith(port), network.gateway, port)
    await tcp.opened
    tcp.raw({ flags: flag.reset, sequence: 77 })
    tcp.write(Buffer.from('still here'))
    await expect.poll(() => tcp.received().toString()).toBe('still here')
  })
})

describe('a connection to the guest', () => {
  async function forwardTo(guest: GuestNetwork, guestPort: number): Promise<number> {
    const port = await freePort()
    const forwards = createForwards(guest.nat.accept)
    closers.push(forwards.close)
    await forwards.set([{ hostAddress: '127.0.0.1', hostPort: port, guestPort }])
    return port
  }

  it('comes from the gateway and carries bytes both ways', async () => {
    const guest = guestWith()
    const port = await forwardTo(guest, 80)
    const served = listenIn(guest, 80)
    const socket = dialHost(port, '127.0.0.1')
    socket.write('GET')
    const tcp = await served
    await tcp.opened
    await expect.poll(() => tcp.received().toString()).toBe('GET')
    const bytes = numbered(1024 * 1024)
    tcp.write(bytes)
    tcp.end()
    const heard: Buffer[] = []
    for await (const part of socket) heard.push(part as Buffer)
    expect(Buffer.concat(heard).equals(bytes)).toBe(true)
  })

  it('is reset when the guest refuses it', async () => {
    const guest = guestWith()
    const port = await forwardTo(guest, 81)
    const syn = guest.next((packet) => segmentOf(packet)?.destinationPort === 81)
    const socket = dialHost(port, '127.0.0.1')
    const failed = once(socket, 'error')
    const segment = segmentOf(await syn)
    if (segment === null) throw new Error('no segment')
    sendSegment(guest, network.gateway, {
      sourcePort: 81,
      destinationPort: segment.sourcePort,
      acknowledged: (segment.sequence + 1) >>> 0,
      flags: flag.reset | flag.ack,
    })
    expect(((await failed)[0] as NodeJS.ErrnoException).code).toBe('ECONNRESET')
  })

  it('waits for a guest that stands still, and is asked for again when it goes on', async () => {
    const guest = guestWith()
    const port = await forwardTo(guest, 80)
    guest.nat.setRunning(false)
    const socket = dialHost(port, '127.0.0.1')
    socket.write('hello')
    await once(socket, 'connect')
    const served = listenIn(guest, 80)
    guest.nat.setRunning(true)
    const tcp = await served
    await expect.poll(() => tcp.received().toString()).toBe('hello')
    socket.destroy()
  })

  it('names the port that cannot be had, and listens on none of the others', async () => {
    const taken = await serve(() => {})
    const guest = guestWith()
    const port = await forwardTo(guest, 80)
    for (const close of closers.splice(1)) close()
    const forwards = createForwards(guest.nat.accept)
    const listening = forwards.set([
      { hostAddress: '127.0.0.1', hostPort: port, guestPort: 80 },
      { hostAddress: '127.0.0.1', hostPort: taken, guestPort: 81 },
    ])
    await expect(listening).rejects.toMatchObject({ code: 'EADDRINUSE', port: taken })
    const socket = dialHost(port, '127.0.0.1')
    expect(((await once(socket, 'error'))[0] as NodeJS.ErrnoException).code).toBe('ECONNREFUSED')
  })
})

describe('connections after a restore', () => {
  it('are reset in the guest, at the place where they were', async () => {
    const port = await serve((socket) => socket.write('some'))
    const guest = guestWith(port)
    const tcp = connectFrom(guest, network.gateway, port)
    await expect.poll(() => tcp.received().toString()).toBe('some')
    const severed = guest.nat.severable()
    expect(severed).toHaveLength(1)
    const later = guestWith(port)
    const reset = later.next((packet) => ((segmentOf(packet)?.flags ?? 0) & flag.reset) !== 0)
    later.nat.sever(severed)
    const segment = segmentOf(await reset)
    expect(segment).toMatchObject({ sourcePort: port, destinationPort: tcp.port })
    expect(segment?.sequence).toBe((tcp.segments[0]?.sequence ?? 0) + 4)
  })
})
