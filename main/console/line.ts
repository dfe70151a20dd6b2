import { type FSWatcher, watch } from 'node:fs'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { failure } from '../../app/domain/errors.ts'
import { createRerun } from '../../app/util/rerun.ts'
import { openDevice } from './device.ts'
import { type LogHistory, readLog } from './serial-log.ts'
import type { ConsoleSource, OpenSource } from './source.ts'
import type { LineTarget } from './target.ts'

const connectMs = 5_000
/** Of a line's first bytes: enough to find them in the log, and to tell them from others. */
const firstBytes = 4_096

/**
 * Takes a serial line, whose machine serves one caller at a time. What it said before is in its log; the live bytes are
 * joined to it without a gap and without saying anything twice.
 */
export async function openLine(
  target: LineTarget,
  from: Parameters<OpenSource>[2],
  events: Parameters<OpenSource>[3],
): Promise<ConsoleSource> {
  const history = target.kind !== 'socket' || target.logPath === null ? null : await readLog(target.logPath, from)
  const socket = await reach(target)
  let receivedBytes = 0
  let isOver = false

  const early = createEarly(history, (bytes) => {
    if (!isOver) events.data(bytes)
  })
  let log: FSWatcher | null = null
  socket.on('data', (bytes: Buffer) => {
    if (receivedBytes === 0) log?.close()
    receivedBytes += bytes.length
    if (!early.take(bytes, receivedBytes)) events.data(bytes)
  })
  // The close that follows says it all.
  socket.on('error', () => {})
  socket.on('close', () => {
    log?.close()
    void early.settled().then(() => {
      if (isOver) return
      isOver = true
      events.ended({ exitCode: null })
    })
  })
  if (history !== null && history.bytes.length > 0) events.data(history.bytes)
  if (history !== null && target.kind === 'socket' && target.logPath !== null) {
    const isSilent = (): boolean => receivedBytes === 0 && !isOver && !socket.isPaused()
    const follow = createRerun(async () => {
      const bytes = await history.growth(isSilent)
      if (bytes.length > 0) events.data(bytes)
    })
    log = watchFolder(dirname(target.logPath), () => void follow())
    void follow()
  }

  return {
    pid: null,
    write(text) {
      if (!isOver) socket.write(text)
    },
    resize() {},
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close() {
      isOver = true
      log?.close()
      socket.destroy()
    },
    logPosition: () => history?.position(receivedBytes) ?? null,
  }
}

/** Hears of changes in a folder; null where it is not there, or cannot be watched. */
function watchFolder(folder: string, changed: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, changed)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}

/** Holds a line's first bytes back until it is known what the log says before them. */
function createEarly(history: LogHistory | null, give: (bytes: Buffer) => void) {
  let state: 'waiting' | 'holding' | 'done' = history === null ? 'done' : 'waiting'
  let held: Buffer[] = []
  let bytes = 0
  let settled = Promise.resolve()

  return {
    /** False once bytes go their own way. */
    take(chunk: Buffer, receivedBytes: number): boolean {
      if (state === 'done') return false
      held.push(chunk)
      bytes = receivedBytes
      if (state === 'waiting' && history !== null) {
        state = 'holding'
        const soFar = () => ({ first: Buffer.concat(held).subarray(0, firstBytes), bytes })
        settled = history.gapBefore(soFar).then((gap) => {
          state = 'done'
          give(Buffer.concat([gap, ...held]))
          held = []
        })
      }
      return true
    },
    settled: () => settled,
  }
}

async function reach(target: LineTarget): Promise<Socket> {
  try {
    if (target.kind === 'device') return await openDevice(target.path)
    return await connectTo(target.kind === 'tcp' ? { host: target.host, port: target.port } : { path: target.path })
  } catch (error) {
    throw failure(
      'unreachable',
      { key: 'terminal.noLine', params: { title: target.title } },
      { detail: error instanceof Error ? error.message : String(error), cause: error },
    )
  }
}

function connectTo(to: NetConnectOpts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(to)
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), connectMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
