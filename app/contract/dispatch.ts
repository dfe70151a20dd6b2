import type { z } from 'zod'
import { type AppError, errorOf, failure } from '../domain/errors.ts'
import {
  type CallName,
  type Calls,
  calls,
  type FeedName,
  type Feeds,
  type StreamName,
  type Streams,
  streams,
} from './contract.ts'
import type { DownOf, InputOf, OutputOf, UpOf, ValueOf } from './kinds.ts'
import { clientFrameSchema, type Envelope, type MainWire } from './transport.ts'

/** One function per call: forgetting one does not compile. */
export type CallHandlers = { readonly [N in CallName]: (input: InputOf<Calls[N]>) => Promise<OutputOf<Calls[N]>> }

/** Main's end of one open stream. */
export interface MainStream<Down> {
  down(value: Down): void
  /** Ends it from main's side. */
  end(error: AppError | null): void
}

/** Opens a stream: returns what takes the client's frames and what is called once when the client is gone. */
export type StreamHandlers = {
  readonly [N in StreamName]: (
    input: InputOf<Streams[N]>,
    stream: MainStream<DownOf<Streams[N]>>,
  ) => { readonly up: (value: UpOf<Streams[N]>) => void; readonly closed: () => void }
}

export interface Handlers {
  readonly calls: CallHandlers
  readonly streams: StreamHandlers
}

/** Where feeds are published; every connected wire gets every value. */
export interface Publisher {
  publish<N extends FeedName>(name: N, value: ValueOf<Feeds[N]>): void
}

export interface Dispatcher extends Publisher {
  /** Serves one client until its wire closes. */
  connect(wire: MainWire): void
  readonly clientCount: () => number
}

export interface DispatchLog {
  /** A frame that was refused: what was wrong with it. Nothing of it was carried out. */
  refused(why: string): void
  /** A call that failed because of us. */
  bug(name: string, error: unknown): void
}

/** Frames a client may get wrong before its line is cut: a page of ours makes none. */
const toleratedBadFrames = 20

interface OpenStream {
  readonly schema: z.ZodType
  up: (value: unknown) => void
  closed: () => void
}

/**
 * Serves any number of wires with the same handlers. Everything a client sends is parsed here, whatever carried it. `onClients`
 * hears how many there are whenever that changes.
 */
export function createDispatcher(
  handlers: Handlers,
  log: DispatchLog,
  onClients: (count: number) => void = () => {},
): Dispatcher {
  const wires = new Set<MainWire>()

  function connect(wire: MainWire): void {
    wires.add(wire)
    onClients(wires.size)
    let badFrames = 0
    const open = new Map<number, OpenStream>()

    const refuse = (why: string): void => {
      log.refused(why)
      badFrames += 1
      if (badFrames > toleratedBadFrames) wire.close()
    }

    wire.onClosed(() => {
      wires.delete(wire)
      onClients(wires.size)
      const streams = [...open]
      open.clear()
      for (const [id, stream] of streams) guard(`stream ${id}`, () => stream.closed())
    })

    wire.onFrame((raw) => {
      const parsed = clientFrameSchema.safeParse(raw)
      if (!parsed.success) {
        refuse('a frame that is none of ours')
        return
      }
      const frame = parsed.data
      switch (frame.t) {
        case 'call':
          void answer(frame.id, frame.name, frame.input)
          break
        case 'open':
          openStream(frame.id, frame.name, frame.input)
          break
        case 'up':
          passUp(frame.id, frame.value)
          break
        case 'close': {
          const stream = open.get(frame.id)
          open.delete(frame.id)
          if (stream !== undefined) guard(`stream ${frame.id}`, () => stream.closed())
          break
        }
      }
    })

    async function answer(id: number, name: string, input: unknown): Promise<void> {
      wire.send({ t: 'reply', id, reply: await replyTo(name, input, refuse) })
    }

    function passUp(id: number, raw: unknown): void {
      const stream = open.get(id)
      // A frame may cross the main side's `closed` on its way: not an offence.
      if (stream === undefined) return
      const value = stream.schema.safeParse(raw)
      if (!value.success) refuse(`a frame for stream ${id} that does not fit`)
      else guard(`stream ${id}`, () => stream.up(value.data))
    }

    function openStream(id: number, name: string, input: unknown): void {
      if (open.has(id)) {
        refuse(`a stream that is open already: ${id}`)
        return
      }
      const admitted = admit(streams, name, input, refuse)
      if (!admitted.ok) {
        wire.send({ t: 'closed', id, error: admitted.error })
        return
      }
      // The entry stands before the handler runs, so that a handler may end the stream at once.
      const entry: OpenStream = { schema: streams[name as StreamName].up as z.ZodType, up: () => {}, closed: () => {} }
      open.set(id, entry)
      const isOpen = (): boolean => open.get(id) === entry
      const end = (error: AppError | null): void => {
        if (!isOpen()) return
        open.delete(id)
        wire.send({ t: 'closed', id, error })
      }
      const handler = handlers.streams[name as StreamName] as (
        input: unknown,
        stream: MainStream<unknown>,
      ) => { up: (value: unknown) => void; closed: () => void }
      try {
        const opened = handler(admitted.value, {
          down: (value) => {
            if (isOpen()) wire.send({ t: 'down', id, value })
          },
          end,
        })
        if (!isOpen()) {
          opened.closed()
          return
        }
        entry.up = opened.up
        entry.closed = opened.closed
      } catch (thrown) {
        end(reported(name, thrown))
      }
    }
  }

  async function replyTo(name: string, input: unknown, refuse: (why: string) => void): Promise<Envelope> {
    const admitted = admit(calls, name, input, refuse)
    if (!admitted.ok) return admitted
    try {
      const handler = handlers.calls[name as CallName] as (input: unknown) => Promise<unknown>
      return { ok: true, value: await handler(admitted.value) }
    } catch (thrown) {
      return { ok: false, error: reported(name, thrown) }
    }
  }

  /** The input, parsed, of a name that the table has; otherwise why not. */
  function admit(table: Calls | Streams, name: string, input: unknown, refuse: (why: string) => void): Envelope {
    const entry = Object.hasOwn(table, name)
      ? (table as Readonly<Record<string, { readonly input: z.ZodType }>>)[name]
      : undefined
    if (entry === undefined) {
      refuse(`a name that does not exist: ${JSON.stringify(name)}`)
      return { ok: false, error: failure('invalid-input', { key: 'error.unknownCall' }).error }
    }
    const parsed = entry.input.safeParse(input)
    if (parsed.success) return { ok: true, value: parsed.data }
    log.refused(`${name}: ${parsed.error.message}`)
    return { ok: false, error: invalid(parsed.error) }
  }

  function reported(name: string, thrown: unknown): AppError {
    const error = errorOf(thrown)
    if (error.code === 'bug') log.bug(name, thrown)
    return error
  }

  /** A mistake of ours in one stream must not take the line, or the process, down with it. */
  function guard(name: string, job: () => void): void {
    try {
      job()
    } catch (thrown) {
      reported(name, thrown)
    }
  }

  return {
    connect,
    publish(name, value) {
      for (const wire of wires) wire.send({ t: 'feed', name, value })
    },
    clientCount: () => wires.size,
  }
}

/** The first thing wrong, with the field it is about, so that the form can say it there. */
function invalid(error: z.ZodError): AppError {
  const field = error.issues[0]?.path.join('.') ?? ''
  return failure(
    'invalid-input',
    { key: 'error.invalidInput', params: { field } },
    { field: field === '' ? null : field, detail: error.message },
  ).error
}
