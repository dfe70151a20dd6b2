import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * How the stand-ins for `utmctl` and `osascript` reach the stand-in for UTM's app: by "events" over a socket, as the real
 * ones do by Apple Events. What macOS would refuse or swallow is switched on in `faults.json` of the world's folder.
 */

const appScript = fileURLToPath(new URL('./app.mjs', import.meta.url))

/** An event that failed, with macOS's number for why and what the app said about it. */
export class EventError extends Error {
  constructor(number, said = null) {
    super(said ?? '')
    this.number = number
    this.said = said
  }
}

export function worldOf(folder) {
  const path = (name) => join(folder, name)
  return {
    folder,
    home: path('home'),
    socket: path('utm.sock'),
    pid: path('utm.pid'),
    faults: path('faults.json'),
    /** Whoever is on the way to the app now. */
    reaching: new Set(),
    /** Nobody gets there any more. */
    isOver: false,
  }
}

export function faultsOf(world) {
  return existsSync(world.faults) ? JSON.parse(readFileSync(world.faults, 'utf8')) : {}
}

export function appRuns(world) {
  try {
    return process.kill(Number(readFileSync(world.pid, 'utf8')), 0)
  } catch {
    return false
  }
}

/** Sends one event, starting the app when it does not run. Rejects with an `EventError`. */
export async function send(world, event) {
  const faults = faultsOf(world)
  if (faults.hang) await new Promise(() => {})
  if (faults.number !== undefined) throw new EventError(faults.number)
  if (world.isOver) throw new EventError(-600)
  const way = reach(world)
  world.reaching.add(way)
  const socket = await way.finally(() => world.reaching.delete(way))
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (data) => {
      text += data
    })
    socket.once('error', () => reject(new EventError(-609)))
    socket.once('close', () => {
      if (text === '') return reject(new EventError(-609))
      const { value, error } = JSON.parse(text)
      if (error === undefined) resolve(value)
      else reject(new EventError(error.number, error.said))
    })
    socket.end(JSON.stringify(event))
  })
}

async function reach(world) {
  if (!appRuns(world)) {
    const log = openSync(join(world.folder, 'utm.log'), 'a')
    spawn(process.execPath, [appScript, world.folder], { detached: true, stdio: ['ignore', log, log] }).unref()
  }
  for (let tries = 0; tries < 2_000; tries += 1) {
    const socket = await new Promise((resolve) => {
      const made = connect({ path: world.socket, allowHalfOpen: true })
      made.once('connect', () => resolve(made))
      made.once('error', () => resolve(null))
    })
    if (socket !== null) return socket
    await delay(10)
  }
  throw new EventError(-600)
}
