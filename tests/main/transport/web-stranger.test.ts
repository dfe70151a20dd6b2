import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addressWithTicket } from '../../../main/transport/ticketed-address.ts'
import { createTickets } from '../../../main/transport/tickets.ts'
import { serveWeb, type WebServer } from '../../../main/transport/web.ts'

let folder: string
let server: WebServer
let url: URL
let token: string
const refused = vi.fn()

beforeEach(async () => {
  vi.clearAllMocks()
  folder = await mkdtemp(join(tmpdir(), 'berth-stranger-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Berth</title>')
  const log = { debug() {}, info() {}, error: refused, warn: refused }
  server = await serveWeb({ port: 0, pageRoot: folder, log, connect: () => {} })
  url = new URL(server.address)
  token = new URLSearchParams(url.hash.slice(1)).get('token') ?? ''
})

afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: url.port, path, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) })
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('a ticket', () => {
  const ticket = async (): Promise<string> => (await get('/ticket', { 'berth-token': token })).body

  it('is traded once for the token', async () => {
    const issued = await ticket()
    const traded = await get('/key', { 'berth-ticket': issued })
    expect(traded.body).toBe(token)
    expect(traded.headers['cache-control']).toBe('no-store')
    expect(await get('/key', { 'berth-ticket': issued })).toMatchObject({ status: 401, body: '' })
  })

  it('is issued only for the token', async () => {
    expect((await get('/ticket')).status).toBe(401)
    expect((await get('/ticket', { 'berth-token': 'wrong' })).status).toBe(401)
    expect((await get('/key', { 'berth-ticket': 'wrong' })).status).toBe(401)
    expect((await get('/key')).status).toBe(401)
  })

  it('stands in an address instead of the token', async () => {
    const address = await addressWithTicket(server.address)
    expect(address).not.toContain(token)
    const fragment = new URLSearchParams(new URL(address ?? '').hash.slice(1))
    expect((await get('/key', { 'berth-ticket': fragment.get('ticket') ?? '' })).body).toBe(token)
  })

  it('expires', () => {
    let nowMs = 0
    const tickets = createTickets(() => nowMs)
    const [early, late] = [tickets.issue(), tickets.issue()]
    nowMs = 59_000
    expect(tickets.redeem(early)).toBe(true)
    nowMs = 61_000
    expect(tickets.redeem(late)).toBe(false)
  })

  it('is not traded for another user of this computer', async () => {
    if (process.getuid?.() !== 0) return
    const issued = await ticket()
    const script = `fetch('${url.origin}/key', { headers: { 'berth-ticket': '${issued}' } }).then(async (a) =>
      process.stdout.write(a.status + (await a.text())))`
    const child = spawn(process.execPath, ['-e', script], { uid: 65_534, gid: 65_534, cwd: '/' })
    expect(await text(child.stdout)).toBe('401')
    expect((await get('/key', { 'berth-ticket': issued })).body).toBe(token)
  })
})

describe('the name localhost', () => {
  it('is answered while the same port of ::1 is held too', async () => {
    const holder = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      holder.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'))
      holder.listen({ host: '::1', port: Number(url.port) }, () => resolve(true))
    })
    holder.close()
    expect((await get('/', { host: `localhost:${url.port}` })).status).toBe(isFree ? 403 : 200)
  })

  it('is not answered where somebody else listens on ::1', async () => {
    const holder = createServer()
    const hasIPv6 = await new Promise<boolean>((resolve) => {
      holder.once('error', () => resolve(false))
      holder.listen({ host: '::1', port: 0 }, () => resolve(true))
    })
    if (!hasIPv6) return
    const { port } = holder.address() as AddressInfo
    const log = { debug() {}, info() {}, error() {}, warn() {} }
    const second = await serveWeb({ port, pageRoot: folder, log, connect: () => {} })
    const status = await new Promise((resolve) => {
      request({ host: '127.0.0.1', port, headers: { host: `localhost:${port}` } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(403)
    await second.close()
    holder.close()
  })
})

describe('a stranger', () => {
  const upgrade = (path: string): Promise<string> =>
    new Promise((resolve) => {
      const lines = [
        `GET ${path} HTTP/1.1`,
        `Host: 127.0.0.1:${url.port}`,
        `Origin: ${url.origin}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ]
      // Its own half stays open for good.
      const socket = connect({ port: Number(url.port), host: '127.0.0.1', allowHalfOpen: true }, () =>
        socket.write(`${lines.join('\r\n')}\r\n\r\n`),
      )
      let answer = ''
      socket.on('data', (bytes) => {
        answer += bytes
      })
      socket.on('end', () => resolve(answer.split('\r\n', 1)[0] ?? ''))
      socket.on('error', () => {})
    })

  it.each(['//', 'http://[', '//:99999/', '//wire'])(
    'who upgrades the path %s is answered 400 and keeps no descriptor',
    async (path) => {
      const uncaught = vi.fn()
      process.on('uncaughtException', uncaught)
      expect(await upgrade(path)).toMatch(/^HTTP\/1\.1 400 /)
      process.off('uncaughtException', uncaught)
      expect(uncaught).not.toHaveBeenCalled()
      await vi.waitFor(async () => expect(await server.connections()).toBe(0))
    },
  )

  it('who is refused again and again is counted, not logged each time', async () => {
    for (let count = 0; count < 100; count += 1) await get(`/${'x'.repeat(2_000)}`, { host: 'evil.example' })
    expect(refused).toHaveBeenCalledOnce()
    expect(JSON.stringify(refused.mock.calls).length).toBeLessThan(400)
    await server.close()
    expect(refused).toHaveBeenLastCalledWith('web.refused', expect.objectContaining({ status: 403, count: 99 }))
  })
})
