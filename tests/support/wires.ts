import type { ClientWire, MainWire } from '../../app/contract/transport.ts'

/** Both ends of a line within one process. Frames are copied on their way, as every real line does. */
export interface WirePair {
  readonly client: ClientWire
  readonly main: MainWire
  /** Cuts the line, as when a window or main dies. */
  readonly cut: () => void
  readonly isClosed: () => boolean
}

export function wirePair(): WirePair {
  const toMain = new Set<(frame: unknown) => void>()
  const toClient = new Set<(frame: never) => void>()
  const closed = new Set<() => void>()
  let isClosed = false

  const cut = (): void => {
    if (isClosed) return
    isClosed = true
    for (const listener of closed) listener()
  }
  const end = <T>(listeners: ReadonlySet<(frame: T) => void>) => ({
    send(frame: unknown) {
      const copy = structuredClone(frame) as T
      queueMicrotask(() => {
        if (!isClosed) for (const listener of listeners) listener(copy)
      })
    },
    onClosed: (listener: () => void) => void closed.add(listener),
    close: cut,
  })
  return {
    client: { ...end(toMain), onFrame: (listener) => void toClient.add(listener as (frame: never) => void) },
    main: { ...end(toClient), onFrame: (listener) => void toMain.add(listener) },
    cut,
    isClosed: () => isClosed,
  }
}
