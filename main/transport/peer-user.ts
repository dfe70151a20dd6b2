import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'

const root = 0

/**
 * Whether a loopback connection comes from another user of this computer, as Linux tells (proc_net_tcp(5)). Elsewhere, and
 * where the connection is not listed, nobody is held to be another. Root can read everything anyway, and carries the
 * connections of Windows into WSL.
 */
export function isAnotherUser({ remoteAddress, remotePort, localPort }: Socket): boolean {
  if (process.platform !== 'linux' || remotePort === undefined || localPort === undefined) return false
  const own = process.getuid?.()
  const user = userOf(remoteAddress?.includes(':') === true ? 'tcp6' : 'tcp', remotePort, localPort)
  return user !== null && user !== root && user !== own
}

/** The user of the connection's other end: its local port is our remote one. Both ends are on loopback. */
function userOf(table: 'tcp' | 'tcp6', port: number, peerPort: number): number | null {
  let text: string
  try {
    text = readFileSync(`/proc/net/${table}`, 'utf8')
  } catch {
    return null
  }
  for (const line of text.split('\n').slice(1)) {
    const [, local, remote, , , , , user] = line.trim().split(/\s+/)
    if (portOf(local) === port && portOf(remote) === peerPort && isLoopback(local)) return Number(user)
  }
  return null
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16)
}

/** 127.0.0.0/8 and ::1 in the byte order of the kernel's words. */
function isLoopback(address: string | undefined): boolean {
  const [host = ''] = address?.split(':') ?? []
  return host.length === 8 ? host.endsWith('7F') : host === '00000000000000000000000001000000'
}
