import { type AppError, Failure, failure } from '../domain/errors.ts'
import { createEmitter, type Emitter } from '../util/emitter.ts'
import type { CallName, Calls, FeedName, Feeds, StreamName, Streams } from './contract.ts'
import type { DownOf, InputOf, OutputOf, UpOf, ValueOf } from './kinds.ts'
import type { ClientWire, MainFrame } from './transport.ts'

/** One open stream, seen from the window. */
export interface ClientStream<Up> {
  up(value: Up): void
  close(): void
}

type CallArguments<N extends CallName> =
  InputOf<Calls[N]> extends undefined ? readonly [name: N] : readonly [name: N, input: InputOf<Calls[N]>]

/** The typed api over a wire. */
export interface Client {
  /** Rejects with a `Failure` carrying main's error; `unreachable` when the line is or goes down. */
  call<N extends CallName>(...args: CallArguments<N>): Promise<OutputOf<Calls[N]>>
  on<N extends FeedName>(name: N, listener: (value: ValueOf<Feeds[N]>) => void): () => void
  /** `closed` is called once: with null after `close()`, with the reason otherwise. */
  open<N extends StreamName>(
    name: N,
    input: InputOf<Streams[N]>,
    listeners: {
      readonly down: (value: DownOf<Streams[N]>) => void
      readonly closed: (error: AppError | null) => void
    },
  ): ClientStream<UpOf<Streams[N]>>
  onClosed(listener: () => void): () => void
}

/**
 * Makes the client of a wire. When the wire closes, every open call and stream fails with `unreachable`. `onError` hears of
 * listeners that throw.
 */
export function connectClient(wire: ClientWire, onError: (error: unknown) => void): Client {
  let nextId = 1
  let isClosed = false
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Failure) => void }>()
  const open = new Map<number, { down: (value: unknown) => void; closed: (error: AppError | null) => void }>()
  const listeners = new Map<string, Emitter<unknown>>()
  const closing = createEmitter<void>(onError)

  const lineLost = (): Failure => failure('unreachable', { key: 'error.line' }, { hint: { key: 'error.line.hint' } })

  wire.onFrame((frame: MainFrame) => {
    switch (frame.t) {
      case 'reply': {
        const call = waiting.get(frame.id)
        waiting.delete(frame.id)
        if (frame.reply.ok) call?.resolve(frame.reply.value)
        else call?.reject(new Failure(frame.reply.error))
        return
      }
      case 'feed':
        listeners.get(frame.name)?.emit(frame.value)
        return
      case 'down':
        open.get(frame.id)?.down(frame.value)
        return
      case 'closed': {
        const stream = open.get(frame.id)
        open.delete(frame.id)
        stream?.closed(frame.error)
        return
      }
    }
  })
  wire.onClosed(() => {
    isClosed = true
    for (const call of waiting.values()) call.reject(lineLost())
    waiting.clear()
    for (const stream of open.values()) stream.closed(lineLost().error)
    open.clear()
    closing.emit()
  })

  return {
    call(...args) {
      const [name, input] = args as unknown as readonly [string, unknown]
      if (isClosed) return Promise.reject(lineLost())
      const id = nextId++
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
        wire.send({ t: 'call', id, name, input })
      })
    },
    on(name, listener) {
      let emitter = listeners.get(name)
      if (emitter === undefined) {
        emitter = createEmitter<unknown>(onError)
        listeners.set(name, emitter)
      }
      return emitter.on(listener as (value: unknown) => void)
    },
    open(name, input, { down, closed }) {
      const id = nextId++
      if (isClosed) {
        closed(lineLost().error)
        return { up: () => {}, close: () => {} }
      }
      open.set(id, { down: down as (value: unknown) => void, closed })
      wire.send({ t: 'open', id, name, input })
      return {
        up(value) {
          if (open.has(id)) wire.send({ t: 'up', id, value })
        },
        close() {
          const stream = open.get(id)
          if (stream === undefined) return
          open.delete(id)
          wire.send({ t: 'close', id })
          stream.closed(null)
        },
      }
    },
    onClosed: (listener) => closing.on(listener),
  }
}
