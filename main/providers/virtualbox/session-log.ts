import { type FileHandle, open } from 'node:fs/promises'
import { wordOf } from './states.ts'

/** What the log of a machine's present or last run says. */
export interface Session {
  /** Of the process that runs, or ran, the machine. */
  readonly pid: number
  /** Its program's name without folder: `VBoxHeadless`, `VirtualBoxVM`. */
  readonly program: string
  /** When this run began, milliseconds since 1970. */
  readonly openedAt: number
  /** The last state it went into, in the words of `states.ts`. */
  readonly word: string
  /** When it went into it, ISO 8601 UTC. */
  readonly since: string
  /** Ports of this computer that could not be forwarded, being in use: VirtualBox starts a machine all the same. */
  readonly lostPorts: readonly number[]
  /** Why it does not go on by itself since it ran last; null when nothing is wrong. */
  readonly trouble: Trouble | null
}

/** What VirtualBox could not go on with. */
export interface Trouble {
  /** VirtualBox's word: `DevATA_DISKFULL`. */
  readonly id: string
  /** For people, in English. */
  readonly said: string
}

/** Follows a log: only what was added since is read. */
export interface SessionLog {
  /** Reads what is new. `isAlive` decides whether a run's states are worth reading. */
  refresh(isAlive: (pid: number, program: string) => boolean): Promise<void>
  /** null when there is no log or none that can be read. */
  session(): Session | null
}

const chunkBytes = 256 * 1024
/** The lines at its beginning that say whose it is are within this. */
const headBytes = 16 * 1024
/** Within this after the last line VirtualBox may still be at writing a run's end into the settings. */
const settledMs = 10_000

const headPattern = /Log opened (\S+)/
const lostPort = /failed to set up redirection of (\d+) to \d+/
const troubleLine = /Console: VM runtime error: fatal=\w+, errorID=(\S+) message="(.*?)"?$/
const stateLine = /^(\d+):(\d\d):(\d\d)\.(\d+) (?:\S+ +)?Console: Machine state changed to '([^']+)'/

/**
 * VirtualBox writes every change of state into `Logs/VBox.log` at once, line by line, while no file of settings changes at a
 * pause or a first start: seen 1 to 10 ms after it happened. Each run begins a new file.
 */
export function createSessionLog(path: string): SessionLog {
  let inode: number | bigint = 0
  let offset = 0
  let rest = ''
  let session: Session | null = null
  let running: Promise<void> | null = null

  const take = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (session === null) continue
      const port = Number(lostPort.exec(line)?.[1] ?? Number.NaN)
      if (Number.isInteger(port)) session = { ...session, lostPorts: [...new Set([...session.lostPorts, port])] }
      const trouble = troubleLine.exec(line)
      if (trouble !== null) session = { ...session, trouble: { id: trouble[1] ?? '', said: trouble[2] ?? '' } }
      const match = stateLine.exec(line)
      if (match === null) continue
      const [, hours = '0', minutes = '0', seconds = '0', fraction = '0', said = ''] = match
      const afterMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(`${seconds}.${fraction}`)) * 1000
      const word = wordOf(said)
      session = {
        ...session,
        word,
        since: new Date(session.openedAt + afterMs).toISOString(),
        trouble: word === 'running' ? null : session.trouble,
      }
    }
  }

  const read = async (isAlive: (pid: number, program: string) => boolean): Promise<void> => {
    const file = await open(path, 'r').catch(() => null)
    if (file === null) {
      session = null
      inode = 0
      return
    }
    try {
      const about = await file.stat()
      if (about.ino !== inode || about.size < offset || session === null) {
        inode = about.ino
        offset = 0
        rest = ''
        session = headOf((await textAt(file, 0, headBytes)).toString('utf8'))
      }
      // What has long been over is in the settings file: its log need not be read.
      const isOld = Date.now() - about.mtimeMs > settledMs
      if (session === null || (offset === 0 && isOld && !isAlive(session.pid, session.program))) return
      while (offset < about.size) {
        const bytes = await textAt(file, offset, chunkBytes)
        if (bytes.length === 0) return
        offset += bytes.length
        take(bytes.toString('latin1'))
      }
    } finally {
      await file.close()
    }
  }

  return {
    async refresh(isAlive) {
      while (running !== null) await running
      running = read(isAlive)
        .catch(() => {})
        .finally(() => {
          running = null
        })
      await running
    },
    session: () => session,
  }
}

async function textAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** Whose log it is, from its first lines; null while they are not all there. */
export function headOf(text: string): Session | null {
  const openedAt = Date.parse((headPattern.exec(text)?.[1] ?? '').replace(/(\.\d{3})\d*Z$/, '$1Z'))
  const pid = Number(/Process ID: (\d+)/.exec(text)?.[1] ?? Number.NaN)
  const program = /Executable: (.+)/.exec(text)?.[1]?.trim().split(/[\\/]/).at(-1) ?? ''
  if (Number.isNaN(openedAt) || !Number.isSafeInteger(pid)) return null
  const since = new Date(openedAt).toISOString()
  return { pid, program, openedAt, word: 'starting', since, lostPorts: [], trouble: null }
}
