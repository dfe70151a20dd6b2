import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { type WebSocket, WebSocketServer } from 'ws'
import { decodeFrame, encodeFrame } from '../../app/contract/codec.ts'
import type { MainWire } from '../../app/contract/transport.ts'
import {
  keyPath,
  ticketHeader,
  ticketPath,
  tokenHeader,
  tokenKey,
  wirePath,
  wireProtocol,
} from '../../app/contract/web-names.ts'
import type { Log } from '../log.ts'
import { pageHeaders, readPage } from './page.ts'
import { isAnotherUser } from './peer-user.ts'
import { createRefusalCounter } from './refusals.ts'
import { createTickets } from './tickets.ts'

/** The largest thing a page sends is a pasted text. */
const maxFrameBytes = 4 * 1024 * 1024
/** A page that takes nothing any more is cut off; it connects again and asks for the whole. */
const maxBacklogBytes = 32 * 1024 * 1024
/** A line over which nothing is heard is asked for a sign of life. */
const heartbeatMs = 30_000
const maxWires = 64
/** A client that has not sent its request's head after this long is cut off. */
const requestHeadMs = 10_000
/** Strangers on this computer cannot take more of this process's descriptors than these. */
const maxConnections = 512

export interface WebServer {
  /** The address with the key to it: for the owner's eyes. */
  readonly address: string
  /** How many connections are open, over which nobody may have asked anything yet. */
  readonly connections: () => Promise<number>
  readonly close: () => Promise<void>
}

export interface WebOptions {
  /** 0 lets the system choose. */
  readonly port: number
  readonly pageRoot: string
  readonly log: Log
  readonly connect: (wire: MainWire) => void
}

/**
 * Serves the page and its line on this computer's own address alone. Anybody on this computer, and every page open in the
 * person's browser, can reach a loopback port, so each request must name us as its host, come from our own page if it comes
 * from a page, and the line is opened only with a token. The token travels in the address's fragment and the WebSocket's
 * subprotocol, not in a cookie: cookies go to every port of an address, other people's programs included. What a browser is
 * opened with holds no token but a ticket (see tickets.ts), because every user of a computer can read its command lines.
 */
export async function serveWeb({ port, pageRoot, log, connect }: WebOptions): Promise<WebServer> {
  const token = randomBytes(32).toString('base64url')
  const tickets = createTickets()
  const refusals = createRefusalCounter(log)
  const options = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: requestHeadMs,
    requestTimeout: requestHeadMs,
    connectionsCheckingInterval: requestHeadMs / 2,
  }
  const server = createServer(options, (request, response) => void answer(request, response))
  const sixthServer = createServer(options, (request, response) => void answer(request, response))
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(wireProtocol) ? wireProtocol : false),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve)
  })
  const { port: ownPort } = server.address() as AddressInfo
  const isOnBoth = await listensOnIPv6(sixthServer, ownPort)
  const hosts = [`127.0.0.1:${ownPort}`, ...(isOnBoth ? [`localhost:${ownPort}`, `[::1]:${ownPort}`] : [])]
  const headers = pageHeaders(hosts.map((host) => `ws://${host}`))

  /** Why a request is not one of our own page's; null when it may be. */
  function foreign({ headers: { host, origin, 'sec-fetch-site': site } }: IncomingMessage): string | null {
    if (host === undefined || !hosts.includes(host)) return `host ${JSON.stringify(host)}`
    if (origin !== undefined && origin !== `http://${host}`) return `origin ${JSON.stringify(origin)}`
    // `none`: typed, or opened by us.
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return `a page of another site`
    return null
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pathname = pathOf(request)
    const refusal = foreign(request)
    if (refusal !== null) return refuse(403, refusal)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, `method ${request.method}`)
    if (pathname === wirePath || pathname === ticketPath) {
      if (!isToken(request.headers[tokenHeader])) return refuse(401, 'token')
      if (pathname === wirePath) response.writeHead(204, headers).end()
      else answerSecret(tickets.issue())
      return
    }
    if (pathname === keyPath) {
      const ticket = request.headers[ticketHeader]
      if (typeof ticket !== 'string' || isAnotherUser(request.socket)) return refuse(401, 'ticket')
      if (!tickets.redeem(ticket)) return refuse(401, 'ticket')
      return answerSecret(token)
    }
    const file = await readPage(pageRoot, pathname)
    if (file === null) return refuse(404, 'no such file')
    response.writeHead(200, { ...headers, ...file.headers, 'content-length': file.content.length })
    response.end(request.method === 'HEAD' ? undefined : file.content)

    function answerSecret(secret: string): void {
      response.writeHead(200, { ...headers, 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(secret)
    }

    function refuse(status: number, why: string): void {
      if (status !== 404) refusals.count(status, why, pathname)
      response.writeHead(status, { ...headers, 'content-type': 'text/plain', connection: 'close' }).end()
    }
  }

  function isToken(given: unknown): boolean {
    if (typeof given !== 'string') return false
    // Hashed first, so that the lengths agree and the time taken says nothing.
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
    return timingSafeEqual(digest(given), digest(token))
  }

  /** Why a request gets no line, as the answer's status and in a word; null when it gets one. */
  function whyNoLine(request: IncomingMessage): readonly [status: string, why: string] | null {
    const refusal = foreign(request) ?? (request.headers.origin === undefined ? 'no origin' : null)
    if (refusal !== null) return ['403 Forbidden', refusal]
    const pathname = pathOf(request)
    if (!pathname.startsWith('/') || pathname.startsWith('//')) return ['400 Bad Request', 'path']
    if (pathname !== wirePath) return ['404 Not Found', 'no such line']
    const [protocol, given] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim())
    if (protocol !== wireProtocol || !isToken(given)) return ['401 Unauthorized', 'token']
    return sockets.clients.size >= maxWires ? ['503 Service Unavailable', 'too many lines'] : null
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    const refusal = whyNoLine(request)
    if (refusal === null) {
      sockets.handleUpgrade(request, socket, head, (opened) => connect(wireOf(opened, socket, log)))
      return
    }
    const [status, why] = refusal
    refusals.count(Number.parseInt(status, 10), why, 'upgrade')
    // A client that never closes its half keeps no descriptor.
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
  }

  for (const each of [server, sixthServer]) {
    each.maxConnections = maxConnections
    each.on('upgrade', upgrade)
    each.on('clientError', (_error, socket) => socket.destroy())
  }

  return {
    address: `http://${hosts[0]}/#${tokenKey}=${token}`,
    async connections() {
      const counts = await Promise.all([server, sixthServer].map((each) => promisify(each.getConnections.bind(each))()))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async close() {
      for (const client of sockets.clients) client.close(1001)
      sockets.close()
      refusals.stop()
      for (const each of [server, sixthServer]) {
        each.closeAllConnections()
        await new Promise((resolve) => each.close(resolve))
      }
    },
  }
}

/**
 * Whether the same port of `::1` is held too. Browsers take `localhost` for either address, so that name is answered only
 * when both are ours: otherwise whoever listens on the other one would be given the key.
 */
async function listensOnIPv6(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '::1', ipv6Only: true, exclusive: true }, () => resolve(true))
  })
}

/** The path a request asks for, as it was written. A request line may hold anything: it is cut, not interpreted. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split(/[?#]/, 1)[0] ?? '/'
}

function wireOf(socket: WebSocket, line: Duplex, log: Log): MainWire {
  // What is said in one go is handed to the system in one go.
  let isGathering = false
  const gather = (): void => {
    if (isGathering) return
    isGathering = true
    line.cork()
    process.nextTick(() => {
      isGathering = false
      line.uncork()
    })
  }
  let isAlive = true
  const heartbeat = setInterval(() => {
    if (!isAlive) {
      socket.terminate()
      return
    }
    isAlive = false
    socket.ping()
  }, heartbeatMs)
  heartbeat.unref()
  socket.on('pong', () => {
    isAlive = true
  })
  // Frames that are too large or not WebSocket at all end the line by themselves; this says so.
  socket.on('error', (error) => log.warn('web.line', { error: error.message }))
  socket.on('close', () => clearInterval(heartbeat))

  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > maxBacklogBytes) {
        log.warn('web.slow', { bytes: socket.bufferedAmount })
        socket.terminate()
        return
      }
      gather()
      socket.send(encodeFrame(frame))
    },
    onFrame(listener) {
      socket.on('message', (data, isBinary) => {
        isAlive = true
        const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
        listener(decoded(isBinary ? bytes : bytes.toString('utf8')))
      })
    },
    onClosed(listener) {
      socket.on('close', listener)
    },
    close: () => socket.close(1008),
  }
}

/** What cannot be decoded is passed on as something that no frame is: refusing it is the dispatcher's work. */
function decoded(message: string | Uint8Array): unknown {
  try {
    return decodeFrame(message)
  } catch {
    return null
  }
}
