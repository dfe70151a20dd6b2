import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { appRuns, EventError, faultsOf, worldOf } from './events.mjs'
import { createLibrary } from './library.mjs'
import { scripting } from './scripting.mjs'

/**
 * Stands in for UTM's app: one process that holds the list of machines and their states, owns their processes, and does what
 * it is told whether or not who told it is still there. Machines of the QEMU kind are run by the real QEMU.
 */

const world = worldOf(process.argv[2])
// Two that were started at once are one app.
if (!claim()) process.exit(0)
const library = createLibrary(world)
const handlers = scripting(library)

const server = createServer({ allowHalfOpen: true }, (socket) => {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', (data) => {
    text += data
  })
  socket.on('end', async () => {
    const event = JSON.parse(text)
    const { slowMs = 0 } = faultsOf(world)
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs))
    const answer = await Promise.resolve()
      .then(() => handlers[event.name](event))
      .then(
        (value) => ({ value: value ?? null }),
        (error) => ({ error: errorOf(error) }),
      )
    socket.end(JSON.stringify(answer))
  })
})

/** What a script command that failed is told as: the general number, and the sentence. */
function errorOf(error) {
  if (error instanceof EventError) return { number: error.number, said: error.said }
  return { number: -2700, said: error.message }
}

process.on('SIGTERM', async () => {
  await library.quit()
  rmSync(world.socket, { force: true })
  rmSync(world.pid, { force: true })
  process.exit(0)
})

function claim() {
  try {
    writeFileSync(world.pid, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (appRuns(world)) return false
    rmSync(world.pid, { force: true })
    return claim()
  }
}

rmSync(world.socket, { force: true })
server.listen(world.socket)
