import type { ConsoleDown } from '../../app/contract/views.ts'
import { createBatch } from './batch.ts'
import type { History } from './history.ts'

/** Output is joined for at most this long, or until there is so much of it. */
const batchMs = 16
const batchBytes = 200 * 1024
/** A character's first bytes wait this long for the others; then they were no character. */
const tailMs = 50
/** Bytes a viewer may owe before the source waits, and what it must be down to before the source goes on. */
const highBytes = 2 * 1024 * 1024
const lowBytes = 1024 * 1024
/** A viewer that keeps the source waiting for so long is left behind, and told everything anew when it is back. */
const patienceMs = 5_000

export interface Viewer {
  /** The viewer's xterm has taken so many bytes. */
  ack(bytes: number): void
  leave(): void
}

/** One source's output for any number of viewers, none of which can be outrun, and none of which can stop the others. */
export interface FanOut {
  /** The bytes are only needed until it returns. */
  push(bytes: Uint8Array): void
  /** Gives what is held back, whole characters or not: nothing will follow for now. */
  flush(): void
  join(send: (down: ConsoleDown) => void): Viewer
  /** Tells every viewer but one the size. */
  tellSize(columns: number, rows: number, except: Viewer | null): void
  /** The history has room again. */
  relieved(): void
  dispose(): void
}

interface Watching extends Viewer {
  readonly send: (down: ConsoleDown) => void
  unackedBytes: number
  /** joining: its replay is being made, and what comes meanwhile waits in `queue`. behind: it is told nothing. */
  state: 'joining' | 'live' | 'behind'
  queue: Uint8Array[]
  patience: NodeJS.Timeout | null
}

export function createFanOut(config: {
  readonly history: History
  readonly size: () => { readonly columns: number; readonly rows: number }
  readonly pause: () => void
  readonly resume: () => void
}): FanOut {
  const { history } = config
  const watching = new Set<Watching>()
  const batch = createBatch()
  let timer: NodeJS.Timeout | null = null
  let lastSentAt = 0
  let isPaused = false

  /** The source waits while somebody who counts owes too much; with nobody watching it never does. */
  const balance = (): void => {
    const isHeldUp = (viewer: Watching): boolean => viewer.patience !== null
    const mustWait = history.isBehind() || [...watching].some(isHeldUp)
    if (mustWait === isPaused) return
    isPaused = mustWait
    if (isPaused) config.pause()
    else config.resume()
  }

  const owe = (viewer: Watching, bytes: number): void => {
    viewer.unackedBytes = Math.max(0, viewer.unackedBytes + bytes)
    if (viewer.unackedBytes > highBytes && viewer.patience === null && viewer.state !== 'behind') {
      viewer.patience = setTimeout(() => {
        viewer.patience = null
        viewer.state = 'behind'
        viewer.queue = []
        balance()
      }, patienceMs)
    } else if (viewer.unackedBytes <= lowBytes) {
      calm(viewer)
      if (viewer.state === 'behind') welcome(viewer)
    }
  }

  const calm = (viewer: Watching): void => {
    if (viewer.patience !== null) clearTimeout(viewer.patience)
    viewer.patience = null
  }

  const tell = (viewer: Watching, data: Uint8Array): void => {
    if (viewer.state === 'behind') return
    if (viewer.state === 'joining') viewer.queue.push(data)
    else viewer.send({ kind: 'data', data })
    owe(viewer, data.length)
  }

  /** Tells a viewer everything; also one that fell behind and must forget what it has. */
  const welcome = (viewer: Watching): void => {
    flush(false)
    viewer.state = 'joining'
    viewer.queue = []
    void history.replay().then((data) => {
      // It may have left or fallen behind while its replay was made.
      if (!watching.has(viewer) || viewer.state !== 'joining') return
      viewer.state = 'live'
      viewer.send({ kind: 'replay', data, ...config.size() })
      for (const queued of viewer.queue) viewer.send({ kind: 'data', data: queued })
      viewer.queue = []
      owe(viewer, data.length)
      balance()
    })
  }

  const flush = (isWhole: boolean): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (batch.size() === 0) return
    const data = batch.take(isWhole)
    if (batch.size() > 0) timer = setTimeout(() => flush(true), tailMs)
    if (data.length === 0) return
    lastSentAt = performance.now()
    history.append(data)
    for (const viewer of watching) tell(viewer, data)
    balance()
  }

  return {
    push(bytes) {
      if (bytes.length === 0) return
      batch.add(bytes)
      // After a pause what comes goes out at once: it is most likely the echo of a key.
      const quietMs = performance.now() - lastSentAt
      if (batch.size() >= batchBytes || quietMs >= batchMs) return flush(false)
      timer ??= setTimeout(() => flush(false), batchMs - quietMs)
    },
    flush: () => flush(true),
    join(send) {
      const viewer: Watching = {
        send,
        unackedBytes: 0,
        state: 'joining',
        queue: [],
        patience: null,
        ack(bytes) {
          if (!watching.has(viewer)) return
          owe(viewer, -bytes)
          balance()
        },
        leave() {
          calm(viewer)
          watching.delete(viewer)
          balance()
        },
      }
      watching.add(viewer)
      welcome(viewer)
      return viewer
    },
    tellSize(columns, rows, except) {
      for (const viewer of watching) if (viewer !== except) viewer.send({ kind: 'size', columns, rows })
    },
    relieved: balance,
    dispose() {
      if (timer !== null) clearTimeout(timer)
      for (const viewer of watching) calm(viewer)
      watching.clear()
    },
  }
}
