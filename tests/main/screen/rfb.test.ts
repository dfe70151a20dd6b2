import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOf } from '../../../app/domain/errors.ts'
import type { ScreenArea } from '../../../app/domain/screen.ts'
import { openRfb } from '../../../main/screen/rfb.ts'
import { rfbKeyOf } from '../../../main/screen/rfb-keys.ts'

let folder: string
let path: string
let server: Server

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-rfb-'))
  path = join(folder, 'vnc')
})
afterEach(async () => {
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The other side of the line, byte by byte in the test's hand. */
interface Far {
  readonly socket: Socket
  /** The next so many bytes that the client sent. */
  heard(count: number): Promise<Buffer>
  say(...parts: readonly (Buffer | string | readonly number[])[]): void
}

async function listen(): Promise<{ readonly joined: Promise<Far> }> {
  server = createServer()
  server.listen(path)
  await once(server, 'listening')
  return { joined: accepted(server) }
}

function accepted(listener: Server): Promise<Far> {
  return once(listener, 'connection').then(([socket]: Socket[]): Far => {
    if (socket === undefined) throw new Error('nobody came')
    let bytes = Buffer.alloc(0)
    let wake = (): void => {}
    socket.on('error', () => {})
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data])
      wake()
    })
    return {
      socket,
      async heard(count) {
        while (bytes.length < count) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        const first = bytes.subarray(0, count)
        bytes = bytes.subarray(count)
        return first
      },
      say(...parts) {
        socket.write(
          Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)))),
        )
      },
    }
  })
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}
function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const area = (x: number, y: number, width: number, height: number, encoding: number): Buffer =>
  Buffer.concat([u16(x, y, width, height), i32(encoding)])

/** Greets as QEMU does, with a screen of 4 × 2. */
async function greet(far: Far): Promise<void> {
  far.say('RFB 003.008\n')
  expect((await far.heard(12)).toString()).toBe('RFB 003.008\n')
  far.say([2, 2, 1])
  expect([...(await far.heard(1))]).toEqual([1])
  far.say([0, 0, 0, 0])
  expect([...(await far.heard(1)), 'shared']).toEqual([1, 'shared'])
  far.say(u16(4, 2), Buffer.alloc(16), i32(5), 'guest')
  const setUp = await far.heard(20 + 4 + 24)
  expect(setUp[0]).toBe(0)
  expect(setUp[20]).toBe(2)
}

async function joined() {
  const { joined: coming } = await listen()
  const areas: { area: ScreenArea; pixels: number[] }[] = []
  const said: string[] = []
  const opening = openRfb(
    { path },
    { pointer: 'relative', canResize: true },
    {
      text: () => {},
      cells: () => {},
      cursor: () => {},
      pixels: (width, height) => void said.push(`${width}×${height}`),
      area: (where, pixels) => void areas.push({ area: where, pixels: [...pixels] }),
      picture: () => {},
      takes: ({ pointer }) => void said.push(pointer),
      ended: ({ why }) => void said.push(why),
    },
  )
  const far = await coming
  await greet(far)
  const source = await opening
  return { far, source, areas, said }
}

describe('a screen over RFB', () => {
  it('greets, says its size, and asks for the whole first and then for what changes, one at a time', async () => {
    const { far, source, areas, said } = await joined()
    expect(said).toEqual(['4×2'])
    source.next()
    source.next()
    expect([...(await far.heard(10))]).toEqual([3, 0, 0, 0, 0, 0, 0, 4, 0, 2])
    const pixels = Array.from({ length: 32 }, (_, at) => at)
    // In two pieces, cut in the middle of a number.
    far.say([0, 0, 0], [2, 0])
    far.say([0, 0, 0, 0, 4, 0, 2], i32(0), pixels, area(1, 1, 1, 1, 0), [9, 9, 9, 0])
    await expect.poll(() => areas.length).toBe(2)
    expect(areas[0]).toEqual({ area: { x: 0, y: 0, width: 4, height: 2 }, pixels })
    source.next()
    expect([...(await far.heard(10))].slice(0, 2)).toEqual([3, 1])
    source.close()
  })

  it('follows a new size, a pointer that becomes absolute, and skips what is none of its business', async () => {
    const { far, source, said } = await joined()
    expect(source.takes.pointer).toBe('relative')
    far.say([2], [3, 0, 0, 0, 0, 0, 0, 3], 'cut', [1, 0], u16(0, 1, 1, 2, 3))
    far.say([0, 0, 0, 3], area(2, 2, 9, 2, -239), Buffer.alloc(9 * 2 * 4 + 2 * 2, 0xff))
    far.say(area(0, 0, 8, 6, -223), area(1, 0, 0, 0, -257))
    await expect.poll(() => said).toEqual(['4×2', '8×6', 'absolute'])
    expect(source.takes.pointer).toBe('absolute')
    source.next()
    expect([...(await far.heard(10))]).toEqual([3, 0, 0, 0, 0, 0, 0, 8, 0, 6])
    source.pointer({ kind: 'at', x: 7, y: 5, buttons: 2, wheelX: 0, wheelY: 1 })
    expect([...(await far.heard(18))]).toEqual([5, 4, 0, 7, 0, 5, 5, 20, 0, 7, 0, 5, 5, 4, 0, 7, 0, 5])
    source.pointer({ kind: 'by', dx: 1, dy: 1, buttons: 0, wheelX: 0, wheelY: 0 })
    source.key('KeyA', true)
    expect((await far.heard(8))[0], 'a movement is not for a pointer that is placed').toBe(4)
    source.close()
  })

  it('moves a pointer that is not placed from the middle of the numbers', async () => {
    const { far, source } = await joined()
    source.pointer({ kind: 'by', dx: 3, dy: -2, buttons: 1, wheelX: 0, wheelY: 0 })
    expect([...(await far.heard(6))]).toEqual([5, 1, 0x80, 0x02, 0x7f, 0xfd])
    source.close()
  })

  it('gives keys by their place once the server takes them so', async () => {
    const { far, source, said } = await joined()
    far.say([0, 0, 0, 2], area(0, 0, 0, 0, -258), area(1, 0, 0, 0, -257))
    await expect.poll(() => said).toContain('absolute')
    source.key('ArrowUp', true)
    expect([...(await far.heard(12))]).toEqual([255, 0, 0, 1, 0, 0, 0xff, 0x52, 0, 0, 0, 0xc8])
    source.key('Lang1', false)
    expect([...(await far.heard(12))].slice(-4)).toEqual([0, 0, 0, 0x72])
    source.type('A')
    const strokes = await far.heard(48)
    expect([0, 12, 24, 36].map((at) => [strokes[at + 3], strokes[at + 11]])).toEqual([
      [1, 0x2a],
      [1, 0x1e],
      [0, 0x1e],
      [0, 0x2a],
    ])
    source.close()
  })

  it('is over when the line is, once, and not when we leave', async () => {
    const first = await joined()
    first.far.socket.destroy()
    await expect.poll(() => first.said).toContain('gone')
    first.source.next()
    first.source.key('KeyA', true)
    first.source.close()
    expect(first.said.filter((word) => word === 'gone')).toHaveLength(1)
    server.close()
    await rm(path, { force: true })
    const second = await joined()
    second.source.close()
    await once(second.far.socket, 'close')
    expect(second.said).not.toContain('gone')
  })

  it('asks for another size where the guest’s card hands that on, and no longer once it does not', async () => {
    const { far, source, said } = await joined()
    source.resize?.(640, 480)
    expect(source.takes.resize).toBeUndefined()
    const oneScreen = Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(16)])
    far.say([0, 0, 0, 1], area(0, 0, 4, 2, -308), oneScreen)
    await expect.poll(() => source.takes.resize).toBe(true)
    source.resize?.(640, 480)
    const asked = await far.heard(24)
    expect([asked[0], asked.readUInt16BE(2), asked.readUInt16BE(4), asked[6]]).toEqual([251, 640, 480, 1])
    expect([asked.readUInt16BE(16), asked.readUInt16BE(18)]).toEqual([640, 480])
    far.say([0, 0, 0, 1], area(1, 4, 4, 2, -308), oneScreen)
    far.say([0, 0, 0, 1], area(0, 0, 640, 480, -308), oneScreen)
    await expect.poll(() => said).toContain('640×480')
    expect(said.filter((one) => one.includes('×'))).toEqual(['4×2', '640×480'])
    far.say([0, 0, 0, 1], area(1, 3, 640, 480, -308), oneScreen)
    await expect.poll(() => source.takes.resize).toBe(false)
    source.close()
  })

  it('lets go of what is held when it is closed, a key in the middle of typing too', async () => {
    const { far, source } = await joined()
    source.key('ShiftLeft', true)
    await far.heard(8)
    source.close()
    const up = await far.heard(8)
    expect([up[0], up[1], up.readUInt32BE(4)]).toEqual([4, 0, 0xffe1])
  })

  it('is over when the server sends an area outside its screen, before any of it is held', async () => {
    const { far, source, areas, said } = await joined()
    source.next()
    far.say([0, 0], u16(1), area(0, 0, 65_535, 65_535, 0), Buffer.alloc(1024))
    await expect.poll(() => said.at(-1)).toBe('gone')
    expect(areas).toEqual([])
  })

  it('is told of the last of hundreds of sizes in one message, and of few in many messages', async () => {
    const { far, said } = await joined()
    const sizes = Array.from({ length: 300 }, (_, index) => area(0, 0, 2_000 + index, 2_000, -223))
    far.say([0, 0], u16(sizes.length), ...sizes)
    await expect.poll(() => said.at(-1)).toBe('2299×2000')
    expect(said.filter((word) => word.includes('×'))).toEqual(['4×2', '2299×2000'])
    const startedMs = performance.now()
    for (let index = 0; index < 5; index += 1) far.say([0, 0], u16(1), area(0, 0, 100 + index, 100, -223))
    await expect.poll(() => said.at(-1)).toBe('104×100')
    expect(performance.now() - startedMs).toBeGreaterThan(400)
  })

  it('is over when the server says what nobody asked for', async () => {
    const { far, said } = await joined()
    far.say([0, 0, 0, 1], area(0, 0, 1, 1, 16))
    await expect.poll(() => said).toContain('gone')
  })

  it('answers with its password where the line is open to others, and lets go of it with the server', async () => {
    server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const coming = accepted(server)
    const { port } = server.address() as AddressInfo
    const opening = openRfb(
      { host: '127.0.0.1', port, password: 'secret' },
      { pointer: 'absolute', canResize: false },
      {
        pixels: () => {},
        ended: () => {},
      } as never,
    )
    const far = await coming
    far.say('RFB 003.008\n')
    await far.heard(12)
    far.say([1, 2])
    expect([...(await far.heard(1))]).toEqual([2])
    const challenge = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
    far.say(challenge)
    expect((await far.heard(16)).toString('hex')).toBe('ee22539f33a5983ec12f9c2edbc995dd')
    far.say([0, 0, 0, 0])
    await far.heard(1)
    far.say(u16(4, 2), Buffer.alloc(16), i32(0))
    const source = await opening
    expect(source.takes.pointer).toBe('absolute')
    let isParted = false
    void source.closed.then(() => {
      isParted = true
    })
    far.socket.pause()
    source.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(isParted).toBe(false)
    far.socket.resume()
    await source.closed
  })

  it('does not say its password where it is refused, and says so', async () => {
    server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const coming = accepted(server)
    const { port } = server.address() as AddressInfo
    const opening = openRfb(
      { host: '127.0.0.1', port, password: 'wrong' },
      { pointer: 'absolute', canResize: false },
      {} as never,
    ).catch(errorOf)
    const far = await coming
    far.say('RFB 003.008\n', [1, 2])
    await far.heard(13)
    far.say(Buffer.alloc(16))
    const answer = await far.heard(16)
    far.say([0, 0, 0, 1], i32(6), 'denied')
    expect(await opening).toMatchObject({ code: 'unreachable', detail: expect.stringContaining('it refuses') })
    expect(answer.includes('wrong')).toBe(false)
  })

  it('fails with the reason when there is nobody, or somebody else', async () => {
    const nobody = await openRfb(
      { path: join(folder, 'none') },
      { pointer: 'relative', canResize: true },
      {} as never,
    ).catch(errorOf)
    expect(nobody).toMatchObject({ code: 'unreachable' })
    for (const words of ['SSH-2.0-OpenSSH_9.2\n', 'RFB 003.003\n']) {
      const { joined: coming } = await listen()
      const opening = openRfb({ path }, { pointer: 'relative', canResize: true }, {} as never).catch(errorOf)
      const far = await coming
      far.say(words.padEnd(12, ' '))
      expect(await opening).toMatchObject({ code: 'unreachable' })
      server.close()
      await rm(path, { force: true })
    }
  })
})

describe('keys over RFB', () => {
  it.for([
    ['KeyA', 0x1e, 0x61],
    ['Enter', 0x1c, 0xff0d],
    ['NumpadEnter', 0x9c, 0xff8d],
    ['Delete', 0xd3, 0xffff],
    ['F12', 0x58, 0xffc9],
    ['Numpad7', 0x47, 0xffb7],
    ['PrintScreen', 0x54, 0xff61],
    ['Pause', 0xc6, 0xff13],
    ['MetaLeft', 0xdb, 0xffeb],
  ] as const)('name %s %d and %d', ([code, scanCode, symbol]) => {
    expect(rfbKeyOf(code)).toEqual({ scanCode, symbol })
  })

  it('know nothing of keys that no PC keyboard has', () => {
    expect(rfbKeyOf('BrowserHome')).toBeNull()
  })
})
