import { setTimeout as delay } from 'node:timers/promises'
import { type PointerInput, pixelBytes, type ScreenArea, type ScreenTakes } from '../../app/domain/screen.ts'
import { strokesOf } from '../../app/domain/typing.ts'
import { connectTo, handshake, type RfbServer, unreachable } from './rfb-hello.ts'
import { rfbKeyOf } from './rfb-keys.ts'
import { createReader } from './rfb-reader.ts'
import type { ScreenEvents, ScreenSource } from './source.ts'

/** A server that does not let go of a line in this time is not waited for. */
const partMs = 2_000
/** A message that was begun is whole after so long, or its server is given up. */
const messageMs = 30_000
/** New sizes follow each other at this distance at least: for each one a whole picture is made. */
const sizeSpacingMs = 100
/** Of an area, read at once. An ordinary text or boot screen is told whole. */
const stripBytes = 4 * 1024 * 1024
/** A keyboard's queue is short: typed text is given no faster than this. */
const strokeMs = 12

const encodings = {
  raw: 0,
  copy: 1,
  size: -223,
  screens: -308,
  cursor: -239,
  pointerKind: -257,
  scanCodes: -258,
} as const

export interface RfbSource extends ScreenSource {
  /** Settles when the server has let go of the line too. */
  readonly closed: Promise<void>
}

/** What a server does not say, or only later. */
export interface RfbNature {
  /** Until the server says otherwise. */
  readonly pointer: 'relative' | 'absolute'
  /** Whether its guest's graphics card hands wishes for another size on. */
  readonly canResize: boolean
}

/** No room for a size that was wished: the guest's card does not hand it on (community extension, status 3). */
const noLayout = 3

/**
 * A screen that is told by RFB 3.8 (RFC 6143): raw areas, for the way is short, QEMU's own extensions for keys by their place and
 * for a pointer that knows where it is, and the common one for wishes of another size (ExtendedDesktopSize).
 */
export async function openRfb(
  server: RfbServer,
  { pointer, canResize }: RfbNature,
  events: ScreenEvents,
): Promise<RfbSource> {
  const socket = await connectTo(server)
  const reader = createReader(socket)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let takes: ScreenTakes = { keyboard: true, pointer, text: true }
  let size = { width: 0, height: 0 }
  /** Whether the size is one that the listener has not been told of. */
  let isSizeNew = false
  let sizedMs = Number.NEGATIVE_INFINITY
  let hasScanCodes = false
  let isOver = false
  let isAsked = false
  let isWholeWanted = true
  let buttons = 0
  const held = new Set<string>()
  let typing: { readonly code: string; readonly isDown: boolean }[] = []
  let typist: NodeJS.Timeout | null = null

  const send = (message: Buffer): void => {
    if (!isOver) socket.write(message)
  }
  const stop = (): void => {
    isOver = true
    if (typist !== null) clearInterval(typist)
    socket.destroy()
  }
  /** Says goodbye, so that the server's end of the line is over too when it closes. */
  const part = (): void => {
    if (isOver) return
    isOver = true
    if (typist !== null) clearInterval(typist)
    reader.close()
    socket.end()
    const late = setTimeout(() => socket.destroy(), partMs)
    socket.once('close', () => clearTimeout(late))
  }
  const end = (): void => {
    if (isOver) return
    stop()
    events.ended({ why: 'gone', reason: null })
  }
  socket.on('close', end)

  const become = (width: number, height: number): void => {
    size = { width, height }
    isWholeWanted = true
    isSizeNew = true
  }
  /** Tells of the last of several sizes. While this waits, the server does. */
  const tellSize = async (): Promise<void> => {
    if (!isSizeNew) return
    const waitMs = sizedMs + sizeSpacingMs - performance.now()
    if (waitMs > 0) await delay(waitMs)
    if (isOver) return
    isSizeNew = false
    sizedMs = performance.now()
    events.pixels(size.width, size.height)
  }
  /** Reads an area's pixels in strips: no server can make this hold more than one of them. */
  const readPixels = async (area: ScreenArea): Promise<void> => {
    const { x, y, width, height } = area
    if (x + width > size.width || y + height > size.height) throw new Error('an area outside the screen')
    await tellSize()
    const rows = Math.max(1, Math.floor(stripBytes / Math.max(1, width * pixelBytes)))
    for (let row = 0; row < height; row += rows) {
      const strip = { x, y: y + row, width, height: Math.min(rows, height - row) }
      events.area(strip, await reader.take(strip.width * strip.height * pixelBytes))
    }
  }
  const setTakes = (next: Partial<ScreenTakes>): void => {
    const changed = { ...takes, ...next }
    if (changed.pointer === takes.pointer && changed.resize === takes.resize) return
    takes = changed
    events.takes(takes)
  }

  const readArea = async (): Promise<void> => {
    const head = await reader.take(12)
    const [x, y, width, height] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [number, number, number, number]
    switch (head.readInt32BE(8)) {
      case encodings.raw:
        await readPixels({ x, y, width, height })
        return
      case encodings.cursor:
        // The window has its own. Asked for all the same: who is not draws one into the picture.
        await reader.skip(height * (width * pixelBytes + Math.ceil(width / 8)))
        return
      case encodings.size:
        become(width, height)
        return
      case encodings.screens: {
        const count = (await reader.take(4))[0] ?? 0
        await reader.skip(count * 16)
        if (y === noLayout) setTakes({ resize: false })
        else if (canResize) setTakes({ resize: true })
        if (width !== size.width || height !== size.height) become(width, height)
        return
      }
      case encodings.pointerKind:
        await tellSize()
        setTakes({ pointer: x === 1 ? 'absolute' : 'relative' })
        return
      case encodings.scanCodes:
        hasScanCodes = true
        return
      default:
        throw new Error(`an encoding that was not asked for: ${head.readInt32BE(8)}`)
    }
  }
  const readMessage = async (): Promise<void> => {
    const kind = (await reader.take(1))[0]
    const late = setTimeout(() => socket.destroy(), messageMs)
    try {
      await readRest(kind)
    } finally {
      clearTimeout(late)
    }
  }
  const readRest = async (kind: number | undefined): Promise<void> => {
    switch (kind) {
      case 0: {
        const areas = (await reader.take(3)).readUInt16BE(1)
        isAsked = false
        for (let area = 0; area < areas; area += 1) await readArea()
        await tellSize()
        return
      }
      case 1: {
        const colours = (await reader.take(5)).readUInt16BE(3)
        await reader.take(colours * 6)
        return
      }
      case 2:
        return
      case 3: {
        const length = (await reader.take(7)).readUInt32BE(3)
        await reader.skip(length)
        return
      }
      default:
        throw new Error('a message that is none')
    }
  }
  const follow = async (): Promise<void> => {
    try {
      while (!isOver) await readMessage()
    } catch {
      end()
    }
  }

  const ask = (): void => {
    if (isAsked) return
    isAsked = true
    const message = Buffer.alloc(10)
    message[0] = 3
    message[1] = isWholeWanted ? 0 : 1
    isWholeWanted = false
    message.writeUInt16BE(size.width, 6)
    message.writeUInt16BE(size.height, 8)
    send(message)
  }
  const key = (code: string, isDown: boolean): void => {
    const found = rfbKeyOf(code)
    if (found === null) return
    if (isDown) held.add(code)
    else held.delete(code)
    if (!hasScanCodes) {
      const message = Buffer.alloc(8)
      message[0] = 4
      message[1] = isDown ? 1 : 0
      message.writeUInt32BE(found.symbol, 4)
      if (found.symbol !== 0) send(message)
      return
    }
    const message = Buffer.alloc(12)
    message[0] = 255
    message.writeUInt16BE(isDown ? 1 : 0, 2)
    message.writeUInt32BE(found.symbol, 4)
    message.writeUInt32BE(found.scanCode, 8)
    send(message)
  }
  const point = (mask: number, x: number, y: number): void => {
    const message = Buffer.alloc(6)
    message[0] = 5
    message[1] = mask
    message.writeUInt16BE(x & 0xffff, 2)
    message.writeUInt16BE(y & 0xffff, 4)
    send(message)
  }
  const givePointer = (input: PointerInput): void => {
    const isAt = input.kind === 'at'
    if (isAt !== (takes.pointer === 'absolute')) return
    // One that only moves is told from the middle of the numbers there are.
    const [x, y] = isAt ? [input.x, input.y] : [0x7fff + input.dx, 0x7fff + input.dy]
    const [restX, restY] = isAt ? [x, y] : [0x7fff, 0x7fff]
    buttons = maskOf(input.buttons)
    point(buttons, x, y)
    for (const wheel of wheelsOf(input)) {
      point(buttons | wheel, restX, restY)
      point(buttons, restX, restY)
    }
  }

  try {
    size = await handshake(socket, reader, server)
  } catch (error) {
    stop()
    throw unreachable(server, error)
  }
  setUp(send)
  sizedMs = performance.now()
  events.pixels(size.width, size.height)
  void follow()

  return {
    get takes() {
      return takes
    },
    next: ask,
    key,
    type(text) {
      typing.push(...strokesOf(text))
      typist ??= setInterval(() => {
        const stroke = typing.shift()
        if (stroke !== undefined) key(stroke.code, stroke.isDown)
        else if (typist !== null) {
          clearInterval(typist)
          typist = null
        }
      }, strokeMs)
    },
    pointer: givePointer,
    resize(width, height) {
      if (takes.resize !== true) return
      const message = Buffer.alloc(24)
      message[0] = 251
      message.writeUInt16BE(width, 2)
      message.writeUInt16BE(height, 4)
      // One screen that fills it.
      message[6] = 1
      message.writeUInt16BE(width, 16)
      message.writeUInt16BE(height, 18)
      send(message)
    },
    closed,
    close() {
      typing = []
      // A key in the middle of its stroke would be held for ever, and be repeated by the guest.
      for (const code of held) key(code, false)
      part()
    },
  }
}

/** The buttons' bits as RFB has them: left, middle, right. */
function maskOf(buttons: number): number {
  return (buttons & 1) | ((buttons & 4) >> 1) | ((buttons & 2) << 1)
}

/** A step of the wheel is a button that is pressed and let go: 4 up, 5 down, 6 left, 7 right. */
function wheelsOf({ wheelX, wheelY }: PointerInput): readonly number[] {
  const steps = (count: number, mask: number): readonly number[] => Array<number>(Math.abs(count)).fill(mask)
  return [...steps(wheelY, wheelY < 0 ? 8 : 16), ...steps(wheelX, wheelX < 0 ? 32 : 64)]
}

/** Pixels as the window draws them, and what else we understand. */
function setUp(send: (message: Buffer) => void): void {
  const format = Buffer.alloc(20)
  // 32 bits a pixel of which 24 count, low byte first, true colours: red, green, blue from the lowest byte on.
  Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16]).copy(format, 4)
  send(format)
  const { raw, size, screens, cursor, pointerKind, scanCodes } = encodings
  const wanted = [raw, size, screens, cursor, pointerKind, scanCodes]
  const message = Buffer.alloc(4 + wanted.length * 4)
  message[0] = 2
  message.writeUInt16BE(wanted.length, 2)
  for (const [index, encoding] of wanted.entries()) message.writeInt32BE(encoding, 4 + index * 4)
  send(message)
}
