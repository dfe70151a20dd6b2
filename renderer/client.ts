import { type Client, connectClient } from '../app/contract/client.ts'
import type { FeedName, Feeds } from '../app/contract/contract.ts'
import type { ValueOf } from '../app/contract/kinds.ts'
import type { ClientWire } from '../app/contract/transport.ts'
import { type AppError, errorOf } from '../app/domain/errors.ts'
import { createEmitter } from '../app/util/emitter.ts'
import { openElectronWire } from './transport/electron.ts'
import { openWebWire } from './transport/web.ts'

/** How the line to main is. `refused`: main is there but does not take this page any more; it must be opened anew. */
export type Line =
  | { readonly state: 'open' }
  | { readonly state: 'lost'; readonly attempts: number }
  | { readonly state: 'refused'; readonly error: AppError }

/**
 * A client that outlives its line. Feeds go on after a reconnect by themselves; calls made while the line is lost reject with
 * `unreachable`; open streams close with it and are opened again by whoever needs them, on `onReconnected`.
 */
export interface LiveClient extends Client {
  /** Called after the line came back: what was missed is not sent again, so ask for the whole. */
  onReconnected(listener: () => void): () => void
  onLine(listener: (line: Line) => void): () => void
}

const retryDelaysMs = [100, 250, 500, 1_000, 2_000, 5_000] as const

/** Connects to main by the way this page was opened. Rejects only when main does not take this page (`permission`). */
export async function connect(): Promise<LiveClient> {
  const openWire = window.location.protocol === 'berth:' ? openElectronWire : openWebWire
  return connectLive(openWire)
}

/** As `connect`, over any way to open a wire. */
export async function connectLive(
  openWire: () => Promise<ClientWire>,
  wait: (delayMs: number) => Promise<void> = (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
): Promise<LiveClient> {
  const lines = createEmitter<Line>(reportError)
  const reconnected = createEmitter<void>(reportError)
  const closed = createEmitter<void>(reportError)
  const feeds = new Set<(client: Client) => void>()
  let client = connectClient(await openPersistently(), reportError)
  client.onClosed(onLost)

  /** Tries until the line stands; throws only when main refuses this page. */
  async function openPersistently(): Promise<ClientWire> {
    for (let attempts = 0; ; attempts += 1) {
      try {
        return await openWire()
      } catch (thrown) {
        const error = errorOf(thrown)
        if (error.code !== 'unreachable') throw thrown
        lines.emit({ state: 'lost', attempts: attempts + 1 })
        await wait(retryDelaysMs[Math.min(attempts, retryDelaysMs.length - 1)] ?? 0)
      }
    }
  }

  function onLost(): void {
    closed.emit()
    lines.emit({ state: 'lost', attempts: 0 })
    openPersistently().then(
      (wire) => {
        client = connectClient(wire, reportError)
        client.onClosed(onLost)
        for (const subscribe of feeds) subscribe(client)
        lines.emit({ state: 'open' })
        reconnected.emit()
      },
      (thrown: unknown) => lines.emit({ state: 'refused', error: errorOf(thrown) }),
    )
  }

  return {
    call: (...args) => client.call(...args),
    open: (name, input, listeners) => client.open(name, input, listeners),
    on<N extends FeedName>(name: N, listener: (value: ValueOf<Feeds[N]>) => void) {
      let stop = client.on(name, listener)
      const again = (next: Client): void => {
        stop = next.on(name, listener)
      }
      feeds.add(again)
      return () => {
        feeds.delete(again)
        stop()
      }
    },
    onClosed: (listener) => closed.on(listener),
    onReconnected: (listener) => reconnected.on(listener),
    onLine: (listener) => lines.on(listener),
  }
}
