import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import { createReach } from '../../main/providers/builtin/emulator/network/reach.ts'
import { createGuestNetwork, type GuestNetwork } from './guest-network.ts'

/** What a test of a guest's network opens, closed after each test. */
export const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server on this computer's loopback; its port. */
export async function serve(handle: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    handle(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as { port: number }).port
}

/** A guest that may reach these ports of this computer. */
export function guestWith(...hostPorts: readonly number[]): GuestNetwork {
  const guest = createGuestNetwork({ reach: createReach(() => ({ hostPorts, localNetwork: false })) })
  closers.push(() => guest.nat.drop())
  return guest
}
