import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { hasOwnSerial } from './configure.ts'
import type { Entry } from './entry.ts'
import type { ProviderContext } from './provider-context.ts'
import { serialLogOf, serialPathOf } from './serial-path.ts'
import { isResting } from './states.ts'

/** VirtualBox makes a line's socket at the machine's start: how often it is tried until it is there. */
const retryMs = 300
/** A log that is longer becomes the one older log. */
const maxLogBytes = 8 * 1024 * 1024
const maxEarly = 64

/**
 * Serial lines of running machines. VirtualBox serves one reader and keeps nothing: who is not there does not hear it, and a guest may
 * stand still until somebody reads. So Berth reads each of its lines all the time, writes what is said to a log, and lets consoles in
 * by a socket of its own.
 */
export interface SerialRelays {
  /** Where a console connects to; waits until the line is there. null when the machine has no line of Berth's or does not run. */
  socketOf(entry: Entry): Promise<string | null>
  /** Looks which machines run and have a line. */
  arrange(): void
  stop(): Promise<void>
}

interface Relay {
  readonly ready: Promise<string>
  close(): Promise<void>
}

export function createSerialRelays(context: ProviderContext): SerialRelays {
  const { inventory, host } = context
  const relays = new Map<string, Relay>()
  let isStopped = false
  const stopListening = inventory.onTouched((entry) => look(entry))

  function isWanted(entry: Entry): boolean {
    const { settings, problem } = entry
    if (isStopped || settings === null || problem !== null) return false
    return !isResting(inventory.observedState(entry).word) && hasOwnSerial(context, settings)
  }

  function look(entry: Entry): void {
    const relay = relays.get(entry.uuid)
    if (!isWanted(entry)) {
      relays.delete(entry.uuid)
      void relay?.close()
      return
    }
    if (relay !== undefined) return
    relays.set(
      entry.uuid,
      openRelay({
        line: serialPathOf(host, entry.uuid),
        logPath: serialLogOf(host, entry.uuid),
        socketPath: socketPathOf(context, entry.uuid),
        warn: (error) => host.log.warn('virtualbox.serial', { uuid: entry.uuid, error: String(error) }),
      }),
    )
  }

  return {
    async socketOf(entry) {
      look(entry)
      return (await relays.get(entry.uuid)?.ready) ?? null
    },
    arrange() {
      const entries = inventory.loaded()
      for (const uuid of relays.keys()) {
        if (entries.some((entry) => entry.uuid === uuid)) continue
        void relays.get(uuid)?.close()
        relays.delete(uuid)
      }
      for (const entry of entries) look(entry)
    },
    async stop() {
      isStopped = true
      stopListening()
      await Promise.all([...relays.values()].map((relay) => relay.close()))
      relays.clear()
    },
  }
}

function socketPathOf({ host }: ProviderContext, uuid: string): string {
  const [part = ''] = uuid.split('-')
  return host.platform === 'win32' ? `\\\\.\\pipe\\berth-line-${uuid}` : join(host.runtimeDir, `${part}.line`)
}

function openRelay(about: {
  readonly line: string
  readonly logPath: string
  readonly socketPath: string
  readonly warn: (error: unknown) => void
}): Relay {
  const viewers = new Set<Socket>()
  /** What was typed before the line was there. */
  const early: Buffer[] = []
  let line: Socket | null = null
  let log: WriteStream | null = null
  let server: Server | null = null
  let retry: NodeJS.Timeout | null = null
  let isClosed = false

  /** A viewer that does not keep up makes the machine wait, as a terminal on a real line would. */
  const flow = (): void => {
    if (line === null) return
    const isBehind = [...viewers].some((viewer) => viewer.writableNeedDrain)
    if (isBehind) line.pause()
    else line.resume()
  }

  const connectLine = (): void => {
    if (isClosed) return
    const socket = connect(about.line)
    socket.on('connect', () => {
      line = socket
      for (const typed of early.splice(0)) socket.write(typed)
      flow()
    })
    socket.on('data', (bytes: Buffer) => {
      log?.write(bytes)
      for (const viewer of viewers) viewer.write(bytes)
      flow()
    })
    // The close that follows says it all.
    socket.on('error', () => {})
    socket.on('close', () => {
      if (line === socket) {
        line = null
        for (const viewer of viewers) viewer.end()
      }
      if (!isClosed) retry = setTimeout(connectLine, retryMs)
    })
  }

  const begin = async (): Promise<string> => {
    await mkdir(dirname(about.logPath), { recursive: true, mode: 0o700 })
    await mkdir(dirname(about.socketPath), { recursive: true, mode: 0o700 }).catch(() => {})
    const about_ = await stat(about.logPath).catch(() => null)
    if ((about_?.size ?? 0) > maxLogBytes) await rename(about.logPath, `${about.logPath}.1`)
    // What an earlier Berth left.
    await rm(about.socketPath, { force: true }).catch(() => {})
    log = createWriteStream(about.logPath, { flags: 'a', mode: 0o600 })
    log.on('error', about.warn)
    server = createServer((viewer) => {
      viewers.add(viewer)
      viewer.on('data', (typed) => {
        if (line !== null) line.write(typed)
        else if (early.length < maxEarly) early.push(typed)
      })
      viewer.on('drain', flow)
      viewer.on('error', () => {})
      viewer.on('close', () => {
        viewers.delete(viewer)
        flow()
      })
    })
    const made = server
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject)
      made.listen(about.socketPath, resolve)
    })
    connectLine()
    return about.socketPath
  }
  const ready = begin()
  ready.catch(about.warn)

  return {
    ready,
    async close() {
      isClosed = true
      if (retry !== null) clearTimeout(retry)
      await ready.catch(() => {})
      line?.destroy()
      for (const viewer of viewers) viewer.destroy()
      await new Promise<void>((resolve) => {
        if (server === null) resolve()
        else server.close(() => resolve())
      })
      await new Promise<void>((resolve) => {
        if (log === null || log.destroyed) resolve()
        else log.end(resolve)
      })
      await rm(about.socketPath, { force: true }).catch(() => {})
    },
  }
}
