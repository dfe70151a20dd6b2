import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Where the extension's library listens besides, whatever address it is told. */
const libraryPort = 5900

/** A TCP port of this computer that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Switches a display on by `work` so that it listens where it is told and nowhere else: its library would let in every IPv6 address
 * besides, and does without where that port is taken already (libvncserver 0.9.15, seen).
 */
export async function withoutOtherAddresses<T>(work: () => Promise<T>): Promise<T> {
  const holder = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => {
    holder.once('listening', resolve)
    // Somebody else has it, or there is no IPv6.
    holder.once('error', () => resolve())
    holder.listen({ host: '::', port: libraryPort, ipv6Only: true })
  })
  try {
    return await work()
  } finally {
    holder.close()
  }
}
