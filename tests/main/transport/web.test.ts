import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RawData, WebSocket } from 'ws'
import { decodeFrame } from '../../../app/contract/codec.ts'
import { calls } from '../../../app/contract/contract.ts'
import { createDispatcher, type Handlers } from '../../../app/contract/dispatch.ts'
import { serveWeb, type WebServer } from '../../../main/transport/web.ts'

const handler = vi.fn(async () => undefined)
const handlers = {
  calls: Object.fromEntries(Object.keys(calls).map((name) => [name, handler])),
  streams: {
    'console.attach': (_input: unknown, stream: { down(value: unknown): void }) => {
      stream.down({ kind: 'replay', data: new Uint8Array([0, 27, 255]), columns: 80, rows: 24 })
      return { up() {}, closed() {} }
    },
    'stats.watch': () => ({ up() {}, closed() {} }),
  },
} as unknown as Handlers

let folder: string
let server: WebServer
let url: URL
let token: string
const refused = vi.fn()

beforeEach(async () => {
  vi.clearAllMocks()
  folder = await mkdtemp(join(tmpdir(), 'berth-web-'))
  await mkdir(join(folder, 'page/assets'), { recursive: true })
  await writeFile(join(folder, 'page/index.html'), '<!doctype html><title>Berth</title>')
  await writeFile(join(folder, 'page/assets/app-1f2e.js'), 'export {}')
  await writeFile(join(folder, 'page/notes.txt'), 'not part of a page')
  await writeFile(join(folder, 'secret.html'), 'secret')
  const log = { debug() {}, info() {}, error: refused, warn: refused }
  const dispatcher = createDispatcher(handlers, { refused, bug: refused })
  server = await serveWeb({ port: 0, pageRoot: join(folder, 'page'), log, connect: dispatcher.connect })
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

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: url.port, path, method, headers }, (response) => {
      let body = ''
      response.on('data', (bytes) => {
        body += bytes
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

interface LineOptions {
  readonly origin?: string
  readonly host?: string
  readonly protocols?: readonly string[]
  readonly path?: string
}

/** Opens a WebSocket; the status when it was refused. */
async function open(given: LineOptions = {}): Promise<WebSocket | number> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${url.port}${given.path ?? '/wire'}`,
    [...(given.protocols ?? ['berth', token])],
    { origin: given.origin ?? url.origin, ...(given.host === undefined ? {} : { headers: { host: given.host } }) },
  )
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket))
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('error', () => {})
  })
}

async function line(): Promise<WebSocket> {
  const socket = await open()
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
  return socket
}

async function next(socket: WebSocket): Promise<unknown> {
  const [data, isBinary] = (await once(socket, 'message')) as [RawData, boolean]
  return decodeFrame(isBinary ? new Uint8Array(data as Buffer) : String(data))
}

describe('the page', () => {
  it('is served on this computer’s own address alone, with a policy that lets it reach nothing else', async () => {
    const { status, headers, body } = await get('/')
    expect(status).toBe(200)
    expect(body).toContain('<title>Berth</title>')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(url.hostname).toBe('127.0.0.1')
  })

  it('comes with its scripts, which may be kept because their names change with their content', async () => {
    const { status, headers } = await get('/assets/app-1f2e.js')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toContain('immutable')
  })

  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets/../../secret.html',
    '/..\\secret.html',
    '/assets/..%5c..%5csecret.html',
    '//etc/passwd',
    '//',
    '//[',
    'http://evil.example/',
    '/%00',
    '/%zz',
    '/notes.txt',
    '/assets',
    '/nothing.html',
  ])('does not lead out of itself: %s', async (path) => {
    const { status, body } = await get(path)
    expect(status).toBe(404)
    expect(body).toBe('')
  })

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1.nip.io'])(
    'is not given to who calls us %j, as a rebound name does',
    async (host) => {
      expect((await get('/', { host })).status).toBe(403)
      expect(refused).toHaveBeenCalled()
    },
  )

  it('is not given to another page, nor to another port of this computer', async () => {
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null']) {
      expect((await get('/', { origin })).status).toBe(403)
    }
    for (const site of ['cross-site', 'same-site'])
      expect((await get('/', { 'sec-fetch-site': site })).status).toBe(403)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
    expect((await get('/', {}, method)).status).toBe(405)
  })
})

describe('the token', () => {
  it('is told to be right or wrong, and nothing else', async () => {
    expect((await get('/wire', { 'berth-token': token })).status).toBe(204)
    expect((await get('/wire', { 'berth-token': `${token}x` })).status).toBe(401)
    expect((await get('/wire')).status).toBe(401)
  })

  it('is in no answer of the server’s', async () => {
    const { headers, body } = await get('/')
    expect(JSON.stringify(headers) + body).not.toContain(token)
    expect(token.length).toBeGreaterThanOrEqual(43)
  })
})

describe('the line', () => {
  it('is opened by our own page with the token, and carries a terminal’s bytes as bytes', async () => {
    const socket = await line()
    expect(socket.protocol).toBe('berth')
    socket.send(
      JSON.stringify({ t: 'open', id: 1, name: 'console.attach', input: { sessionId: 's', columns: 80, rows: 24 } }),
    )
    expect(await next(socket)).toEqual({
      t: 'down',
      id: 1,
      value: { kind: 'replay', data: new Uint8Array([0, 27, 255]), columns: 80, rows: 24 },
    })
  })

  it.each<readonly [string, LineOptions, number]>([
    ['a wrong token', { protocols: ['berth', 'wrong'] }, 401],
    ['no token', { protocols: ['berth'] }, 401],
    ['no protocol at all', { protocols: [] }, 401],
    ['another page', { origin: 'https://evil.example' }, 403],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['no page, so far as it says', { origin: '' }, 403],
    ['a rebound name', { host: 'evil.example' }, 403],
    ['another path', { path: '/other' }, 404],
  ])('is refused to %s, and that is logged', async (_who, options, status) => {
    expect(await open(options)).toBe(status)
    expect(refused).toHaveBeenCalledWith('web.refused', expect.objectContaining({ why: expect.any(String) }))
    expect(handler).not.toHaveBeenCalled()
  })

  it('does not take the token from the address, where logs would keep it', async () => {
    expect(await open({ path: `/wire?token=${token}`, protocols: ['berth'] })).toBe(401)
  })

  it.each(['{', 'null', '[]', '"call"', '{"t":"call"}', '{"t":"run","id":1}'])(
    'refuses %s without carrying anything out',
    async (text) => {
      const socket = await line()
      socket.send(text)
      socket.send(JSON.stringify({ t: 'call', id: 1, name: 'settings.get' }))
      await next(socket)
      expect(refused).toHaveBeenCalledOnce()
      expect(handler).toHaveBeenCalledOnce()
    },
  )

  it('refuses a malformed binary frame', async () => {
    const socket = await line()
    socket.send(new Uint8Array([255, 255, 255, 255, 0]))
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce())
    expect(handler).not.toHaveBeenCalled()
  })

  it('is cut by a huge frame before it is read', async () => {
    const socket = await line()
    socket.send(JSON.stringify({ t: 'call', id: 1, name: 'settings.get', input: 'x'.repeat(5 * 1024 * 1024) }))
    const [code] = await once(socket, 'close')
    expect(code).toBe(1009)
    expect(handler).not.toHaveBeenCalled()
    expect(refused).toHaveBeenCalledWith('web.line', expect.anything())
  })

  it('is cut for a client that sends nonsense without end', async () => {
    const socket = await line()
    for (let count = 0; count < 40; count += 1) socket.send('nonsense')
    const [code] = await once(socket, 'close')
    expect(code).toBe(1008)
  })

  it('answers an unknown call and a wrong input with an error, and runs nothing', async () => {
    const socket = await line()
    socket.send(JSON.stringify({ t: 'call', id: 1, name: 'shell.run', input: 'rm -rf /' }))
    expect(await next(socket)).toMatchObject({ id: 1, reply: { ok: false, error: { code: 'invalid-input' } } })
    socket.send(JSON.stringify({ t: 'call', id: 2, name: 'machine.start', input: { id: '../../etc' } }))
    expect(await next(socket)).toMatchObject({
      id: 2,
      reply: { ok: false, error: { code: 'invalid-input', field: 'id' } },
    })
    expect(handler).not.toHaveBeenCalled()
  })

  it('survives what is not HTTP at all', async () => {
    const socket = connect(Number(url.port), '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write('\x16\x03\x01 nonsense\r\n\r\n')
    await once(socket, 'close')
    expect((await get('/')).status).toBe(200)
  })

  it('tells its clients when Berth ends', async () => {
    const socket = await line()
    const closed = once(socket, 'close')
    await server.close()
    expect((await closed)[0]).toBe(1001)
    server = await serveWeb({
      port: 0,
      pageRoot: folder,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      connect() {},
    })
  })
})
