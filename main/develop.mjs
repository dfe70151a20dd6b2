// `npm run dev`: the page from Vite's development server, which swaps what changes while it is open, and main rebuilt and
// started again when one of its files changes. The machines are pretended ones, in a home of their own; `--real` for real ones.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { root } from './setup.mjs'

/** As in app/contract/web-names.ts, which plain Node cannot read. */
const wirePath = '/wire'
const wireProtocol = 'berth'
const tokenHeader = 'berth-token'
const ticketPath = '/ticket'
const ticketHeader = 'berth-ticket'
const keyPath = '/key'

/** Runs until it is ended. `opened` is called with the address once the page can be loaded. */
export async function develop({ flags, say, opened }) {
  const { createBuilder, createServer } = await import('vite')
  const token = randomBytes(24).toString('base64url')
  const main = createMain({ flags, say })

  const built = join(root, '.cache/develop/main')
  const builder = await createBuilder({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    environments: { main: { build: { outDir: built, emptyOutDir: false, watch: {} } } },
  })
  const watcher = await builder.build(builder.environments.main)
  watcher.on('event', (event) => {
    if (event.code === 'END') main.restart(join(built, 'serve.js'))
    if (event.code === 'ERROR') say(event.error.message)
  })

  const server = await createServer({
    configFile: join(root, 'vite.config.ts'),
    server: { host: '127.0.0.1', port: 5183 },
    plugins: [{ name: 'berth-wire', configureServer: (started) => passWire(started, token, main.address) }],
  })
  await server.listen()
  const address = new URL(server.resolvedUrls.local[0])
  say(`mock machines: ${address.origin}/#token=${token}`)
  opened(`${address.origin}/#token=${token}`)

  await new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await watcher.close()
  await server.close()
  main.end()
}

/** The web way in of the last build that worked. */
function createMain({ flags, say }) {
  const isReal = flags.includes('--real')
  const env = isReal ? process.env : { ...process.env, BERTH_MOCK: '1', BERTH_HOME: join(root, '.cache/develop/home') }
  let child = null
  let address = null

  const start = (file) => {
    child = spawn(process.execPath, [file, ...flags.filter((flag) => flag !== '--real')], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (bytes) => {
      said += bytes
      const found = /http:\/\/\S+(?=\s)/.exec(said)
      if (found !== null) address = new URL(found[0])
    })
    child.once('error', (error) => say(error.message))
  }
  return {
    address: () => address,
    restart(file) {
      const old = child
      child = null
      address = null
      if (old === null || old.exitCode !== null) return start(file)
      // One Berth at a time has a home.
      old.once('exit', () => start(file))
      old.kill('SIGTERM')
    },
    end: () => child?.kill('SIGTERM'),
  }
}

/**
 * Hands the page's line on to main. Main has a new port and a new key after every change, so the page keeps the one of this
 * session, which is checked here as strictly as main checks its own.
 */
function passWire(server, token, mainAddress) {
  server.middlewares.use(wirePath, (request, response) => {
    response.statusCode = request.headers[tokenHeader] === token ? 204 : 401
    response.end()
  })
  const tickets = new Set()
  server.middlewares.use(ticketPath, (request, response) => {
    if (request.headers[tokenHeader] !== token) return response.writeHead(401).end()
    const ticket = randomBytes(24).toString('base64url')
    tickets.add(ticket)
    response.writeHead(200, { 'content-type': 'text/plain' }).end(ticket)
  })
  server.middlewares.use(keyPath, (request, response) => {
    if (!tickets.delete(request.headers[ticketHeader])) return response.writeHead(401).end()
    response.writeHead(200, { 'content-type': 'text/plain' }).end(token)
  })
  server.httpServer.on('upgrade', (request, socket, head) => {
    if (request.url !== wirePath) return
    const [protocol, given] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim())
    const isOurPage = request.headers.origin === `http://${request.headers.host}`
    if (!isOurPage || protocol !== wireProtocol || given !== token) return refuse(socket, '401 Unauthorized')
    const target = mainAddress()
    if (target === null) return refuse(socket, '503 Service Unavailable')
    const upstream = connect(Number(target.port), target.hostname, () => {
      const headers = {
        ...request.headers,
        host: target.host,
        origin: target.origin,
        'sec-websocket-protocol': `${wireProtocol}, ${new URLSearchParams(target.hash.slice(1)).get('token')}`,
      }
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      upstream.write(`GET ${wirePath} HTTP/1.1\r\n${lines.join('')}\r\n`)
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
}

function refuse(socket, status) {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
