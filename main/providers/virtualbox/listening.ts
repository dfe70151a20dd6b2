import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'

/** A port of this computer's loopback that nothing listens on. */
export async function freePort(host: string): Promise<number> {
  const server = createServer()
  await listen(server, { host, port: 0 })
  const address = server.address()
  await closed(server)
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Runs a job while nobody else can begin to listen on this port of every IPv6 address: Berth does, and answers nobody. */
export async function whileTaken<T>(port: number, job: () => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.destroy())
  // Where it is in use, or there is no IPv6, nobody else gets it either.
  const isOurs = await listen(server, { host: '::', port, ipv6Only: true }).then(
    () => true,
    () => false,
  )
  try {
    return await job()
  } finally {
    if (isOurs) await closed(server)
  }
}

/** Whether a process listens on this port of every IPv6 address, by the kernel's own tables (Linux). Throws what can't be read. */
export async function listensOnAll(pid: number, port: number): Promise<boolean> {
  const tail = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const table = await readFile(`/proc/${pid}/net/tcp6`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // A kernel without IPv6.
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const sockets = new Set(
    table.split('\n').flatMap((line) => {
      const fields = line.trim().split(/\s+/)
      const [, local = '', , state] = fields
      return state === '0A' && /^0+:/.test(local) && local.endsWith(tail) ? [`socket:[${fields[9]}]`] : []
    }),
  )
  if (sockets.size === 0) return false
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all((await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')))
  return links.some((link) => sockets.has(link))
}

function listen(server: Server, at: { host: string; port: number; ipv6Only?: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, resolve)
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
