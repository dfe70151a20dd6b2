import type { InProcessLine, LineEvents } from '../../console/in-process-line.ts'

/** Where a thread's line goes while there is one. */
export interface LineEnd {
  readonly write: (bytes: Uint8Array) => void
  /** So many bytes have been taken by everybody: the guest may say more. */
  readonly taken: (bytes: number) => void
}

/** A machine's serial line: one thread on one side, whoever watches on the other. */
export interface SerialLine extends InProcessLine {
  /** A thread is there. The one before it, if any, is not heard any more. */
  plug(end: LineEnd): void
  /** Of the thread that is plugged in. */
  said(bytes: Uint8Array, log: { readonly file: number; readonly end: number }): void
  /** The machine is off. */
  hangUp(): void
}

/** Keys and pieces of pasted text that are kept for a machine that is still starting. */
const maxTypedEarly = 1_000

export function createSerialLine(): SerialLine {
  const watchers = new Map<LineEvents, number>()
  let end: LineEnd | null = null
  let saidBytes = 0
  let takenBytes = 0
  /** What was typed while there was no thread yet. */
  let typedEarly: Uint8Array[] = []

  /** What the slowest has taken, everybody has. */
  const settle = (): void => {
    const taken = Math.min(saidBytes, ...watchers.values())
    if (taken === takenBytes) return
    end?.taken(taken - takenBytes)
    takenBytes = taken
  }

  return {
    plug(next) {
      end = next
      // What the one before said and nobody took is not waited for.
      saidBytes = 0
      takenBytes = 0
      for (const watcher of watchers.keys()) watchers.set(watcher, 0)
      for (const bytes of typedEarly) end.write(bytes)
      typedEarly = []
    },
    said(bytes, log) {
      saidBytes += bytes.length
      for (const watcher of watchers.keys()) watcher.said(bytes, { file: log.file, offset: log.end })
      settle()
    },
    hangUp() {
      end = null
      typedEarly = []
      const ended = [...watchers.keys()]
      watchers.clear()
      for (const watcher of ended) watcher.ended()
    },
    connect(events) {
      watchers.set(events, saidBytes)
      return {
        write(bytes) {
          if (end !== null) end.write(bytes)
          else if (typedEarly.length < maxTypedEarly) typedEarly.push(bytes)
        },
        taken(bytes) {
          const before = watchers.get(events)
          if (before === undefined) return
          watchers.set(events, Math.min(saidBytes, before + bytes))
          settle()
        },
        close() {
          if (watchers.delete(events)) settle()
        },
      }
    },
  }
}
