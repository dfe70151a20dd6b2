import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

/** What the Berth that is running tells one that would like to start. */
export interface RunningBerth {
  readonly pid: number
  readonly shell: 'electron' | 'web'
  /** Where the web way in is, with its token; null for a window. */
  readonly address: string | null
}

export type Claim =
  | { readonly kind: 'ours'; readonly release: () => void }
  /** Another Berth has this data folder. It has been asked to show itself; null when it did not answer. */
  | { readonly kind: 'taken'; readonly pid: number; readonly other: RunningBerth | null }

interface Lock {
  readonly pid: number
  readonly startedAt: string | null
  readonly socket: string
}

/** A Berth that is busy starting may take this long to answer. */
const answerMs = 2_000

/** The lock can be neither read nor replaced: whether another Berth has the folder cannot be known. */
export class LockUnusable extends Error {
  readonly path: string
  /** The system's word for why, such as EACCES. */
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}

/** Berths that start together take each other's stale lock away now and then; a lock that stays in the way is another matter. */
const maxAttempts = 50

/**
 * Claims a data folder for this process: two Berths that manage the same machines would work against each other. The lock
 * names a process by its id and its start, so that a crash leaves nothing to clean up by hand; the socket beside it is how a
 * second Berth asks the first to show itself. Throws `LockUnusable` where no claim can be made.
 */
export async function claimData(
  dataDir: string,
  runtimeDir: string,
  whenAsked: () => Omit<RunningBerth, 'pid'>,
): Promise<Claim> {
  const path = join(dataDir, 'berth.lock')
  const socket =
    process.platform === 'win32' ? `\\\\.\\pipe\\berth-${randomUUID()}` : join(runtimeDir, `app-${process.pid}.sock`)
  const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid), socket } satisfies Lock)

  for (let attempt = 1; ; attempt += 1) {
    if (attempt > maxAttempts) throw new LockUnusable(path, 'EEXIST')
    // What is there is looked at first: on a full disk a stale lock is the room for ours.
    const text = readLock(path)
    if (text === null) {
      if (createWith(path, mine)) break
      continue
    }
    const lock = parseLock(text)
    if (lock !== null) {
      const { isThere, answer } = await ask(lock.socket)
      if (isThere || isRunning(lock)) return { kind: 'taken', pid: lock.pid, other: answer }
    }
    removeStale(path, text)
  }

  const server = await listen(socket, () => JSON.stringify({ pid: process.pid, ...whenAsked() }))
  return {
    kind: 'ours',
    release() {
      server?.close()
      if (readText(path) === mine) rmSync(path, { force: true })
    },
  }
}

/** Creates the file with its whole content in one step, so that nobody reads half of it; false when it is there already. */
function createWith(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    linkSync(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // A disk full to its last byte must not keep a person from making room: better no lock than no Berth.
    if (code === 'ENOSPC' || code === 'EDQUOT') return true
    // A file system without links: exclusive creation is the next best.
    try {
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
      return true
    } catch (second) {
      if ((second as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw second
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Takes away a lock whose process is gone; puts back what another Berth wrote in its place meanwhile. */
function removeStale(path: string, text: string): void {
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return // Somebody else took it away.
    throw new LockUnusable(path, code ?? String(error))
  }
  const taken = readText(aside)
  rmSync(aside, { force: true })
  if (taken !== null && taken !== text) createWith(path, taken)
}

function parseLock(text: string): Lock | null {
  const { pid, startedAt, socket } = fieldsOf(text)
  if (typeof pid !== 'number' || typeof socket !== 'string') return null
  return { pid, socket, startedAt: typeof startedAt === 'string' ? startedAt : null }
}

/** Read by hand, because this runs before the window is there: a schema library would take longer than all the rest. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** The lock's text; null when there is none. */
function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new LockUnusable(path, code ?? String(error))
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Whether the very process that wrote the lock is alive: ids are used again, a start time with them is not. */
function isRunning({ pid, startedAt }: Lock): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  // Where the start cannot be read the socket has the say, and nobody was there.
  return startedAt !== null && startOf(pid) === startedAt
}

/** When a process began, as the kernel counts (field 22 of proc_pid_stat(5)), with the boot it counts from. */
function startOf(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`)
  const boot = readText('/proc/sys/kernel/random/boot_id')
  if (stat === null || boot === null) return null
  // The second field is the program's name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A process that was killed stays as a zombie until its parent has noticed.
  if (fields[0] === 'Z' || fields[19] === undefined) return null
  return `${boot.trim()}/${fields[19]}`
}

function listen(path: string, answer: () => string): Promise<Server | null> {
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(answer())
  })
  server.unref()
  return new Promise((resolve) => {
    // The lock holds without it; only the second Berth's message is poorer.
    server.once('error', () => resolve(null))
    server.listen(path, () => resolve(server))
  })
}

/** Asks the Berth behind a socket about itself. `isThere`: somebody took the call, though it may be too busy to answer. */
function ask(path: string): Promise<{ readonly isThere: boolean; readonly answer: RunningBerth | null }> {
  return new Promise((resolve) => {
    let text = ''
    let isThere = false
    const socket = connect(path, () => {
      isThere = true
    })
    socket.setTimeout(answerMs, () => socket.destroy())
    socket.on('data', (bytes) => {
      text += String(bytes)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve({ isThere, answer: parseAnswer(text) }))
  })
}

function parseAnswer(text: string): RunningBerth | null {
  const { pid, shell, address } = fieldsOf(text)
  if (typeof pid !== 'number' || (shell !== 'electron' && shell !== 'web')) return null
  return { pid, shell, address: typeof address === 'string' ? address : null }
}
