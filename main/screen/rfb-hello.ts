import { createCipheriv } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { failure } from '../../app/domain/errors.ts'
import { maxPixels } from '../../app/domain/screen.ts'
import type { Reader } from './rfb-reader.ts'

/** A server on this computer that says nothing for so long is not one. */
const helloMs = 10_000
const securities = { none: 1, password: 2 } as const

/** Where an RFB server is. A socket's folder is this person's alone; whoever comes by a port must know its password. */
export type RfbServer =
  | { readonly path: string }
  | { readonly host: string; readonly port: number; readonly password: string }

export function connectTo(server: RfbServer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = 'path' in server ? connect(server.path) : connect(server.port, server.host)
    socket.once('connect', () => resolve(socket))
    socket.on('error', (error) => reject(unreachable(server, error)))
  })
}

export function unreachable(server: RfbServer, error: unknown) {
  const place = 'path' in server ? server.path : `${server.host}:${server.port}`
  const detail = `${place}: ${error instanceof Error ? error.message : String(error)}`
  return failure('unreachable', { key: 'screen.noAnswer' }, { detail, cause: error })
}

/** The RFB handshake; returns the size of the screen, in pixels. */
export async function handshake(
  socket: Socket,
  reader: Reader,
  server: RfbServer,
): Promise<{ readonly width: number; readonly height: number }> {
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), helloMs)
  try {
    const version = (await reader.take(12)).toString('latin1')
    if (!/^RFB 003\.00[78]\n$/.test(version)) throw new Error(`not RFB 3.8: ${JSON.stringify(version)}`)
    socket.write('RFB 003.008\n')
    const offered = await reader.take((await reader.take(1))[0] ?? 0)
    const security = 'path' in server ? securities.none : securities.password
    if (!offered.includes(security)) throw new Error(`securities that are not ours: ${[...offered].join(', ')}`)
    socket.write(Buffer.from([security]))
    if ('password' in server) socket.write(answerTo(await reader.take(16), server.password))
    if ((await reader.take(4)).readUInt32BE(0) !== 0) throw new Error('it refuses')
    // Shared with whoever else looks.
    socket.write(Buffer.from([1]))
    const start = await reader.take(24)
    await reader.skip(start.readUInt32BE(20))
    const size = { width: start.readUInt16BE(0), height: start.readUInt16BE(2) }
    if (size.width > maxPixels || size.height > maxPixels) throw new Error('a screen larger than any')
    return size
  } finally {
    clearTimeout(timer)
  }
}

/**
 * What VNC authentication (RFC 6143, 7.2.2) wants: the challenge by DES, with the password's first eight bytes as its key, the
 * bits of each the other way round.
 */
export function answerTo(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(8)
  Buffer.from(password, 'latin1').copy(key)
  for (const [index, byte] of key.entries()) key[index] = reversed(byte)
  // Plain DES is no longer offered everywhere; twice the same key makes triple DES the same.
  const cipher = createCipheriv('des-ede', Buffer.concat([key, key]), null)
  cipher.setAutoPadding(false)
  return cipher.update(challenge)
}

function reversed(byte: number): number {
  let result = 0
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit)
  return result
}
