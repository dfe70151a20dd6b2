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
import { clientFrameSchema, type MainWire } from './transport.ts'

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

/** Serves any number of wires with the same handlers. Everything a client sends is parsed here, whatever carried it. */
export function createDispatcher(handlers: Handlers, log: DispatchLog): Dispatcher {
  const wires = new Set<MainWire>()

  function connect(wire: MainWire): void {
    wires.add(wire)
    let badFrames = 0
    const open = new Map<number, { up: (value: unknown) => void; closed: () => void; schema: z.ZodType }>()

    const refuse = (why: string): void => {
      log.refused(why)
      badFrames += 1
      if (badFrames > toleratedBadFrames) wire.close()
    }

    wire.onClosed(() => {
      wires.delete(wire)
      for (const stream of open.values()) stream.closed()
      open.clear()
    })

    wire.onFrame((raw) => {
      const parsed = clientFrameSchema.safeParse(raw)
      if (!parsed.success) return refuse('a frame that is none of ours')
      const frame = parsed.data
      switch (frame.t) {
        case 'call':
          return void answer(wire, frame.id, frame.name, frame.input, refuse)
        case 'open':
          return openStream(frame.id, frame.name, frame.input)
        case 'up': {
          const stream = open.get(frame.id)
          // A frame may cross the main side's `closed` on its way: not an offence.
          if (stream === undefined) return
          const value = stream.schema.safeParse(frame.value)
          if (!value.success) return refuse(`a frame for stream ${frame.id} that does not fit`)
          return stream.up(value.data)
        }
        case 'close': {
          const stream = open.get(frame.id)
          open.delete(frame.id)
          return stream?.closed()
        }
      }
    })

    function openStream(id: number, name: string, input: unknown): void {
      const end = (error: AppError | null): void => {
        if (!open.delete(id)) return
        wire.send({ t: 'closed', id, error })
      }
      if (!Object.hasOwn(streams, name) || open.has(id)) {
        refuse(`a stream that does not exist: ${JSON.stringify(name)}`)
        return wire.send({ t: 'closed', id, error: unknownName().error })
      }
      const streamName = name as StreamName
      const parsed = streams[streamName].input.safeParse(input)
      if (!parsed.success) {
        log.refused(`${name}: ${parsed.error.message}`)
        return wire.send({ t: 'closed', id, error: invalid(parsed.error).error })
      }
      // The entry stands before the handler runs, so that a handler may end the stream at once.
      const entry = {
        up: (_value: unknown): void => {},
        closed: (): void => {},
        schema: streams[streamName].up as z.ZodType,
      }
      open.set(id, entry)
      const handler = handlers.streams[streamName] as (
        input: unknown,
        stream: MainStream<unknown>,
      ) => { up: (value: unknown) => void; closed: () => void }
      try {
        const opened = handler(parsed.data, {
          down: (value) => {
            if (open.has(id)) wire.send({ t: 'down', id, value })
          },
          end,
        })
        if (!open.has(id)) return opened.closed()
        entry.up = opened.up
        entry.closed = opened.closed
      } catch (error) {
        end(errorOf(error))
      }
    }
  }

  async function answer(
    wire: MainWire,
    id: number,
    name: string,
    input: unknown,
    refuse: (why: string) => void,
  ): Promise<void> {
    if (!Object.hasOwn(calls, name)) {
      refuse(`a call that does not exist: ${JSON.stringify(name)}`)
      return wire.send({ t: 'reply', id, reply: { ok: false, error: unknownName().error } })
    }
    const callName = name as CallName
    const parsed = calls[callName].input.safeParse(input)
    if (!parsed.success) {
      log.refused(`${name}: ${parsed.error.message}`)
      return wire.send({ t: 'reply', id, reply: { ok: false, error: invalid(parsed.error).error } })
    }
    try {
      const handler = handlers.calls[callName] as (input: unknown) => Promise<unknown>
      const value = await handler(parsed.data)
      wire.send({ t: 'reply', id, reply: { ok: true, value } })
    } catch (thrown) {
      const error = errorOf(thrown)
      if (error.code === 'bug') log.bug(name, thrown)
      wire.send({ t: 'reply', id, reply: { ok: false, error } })
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

function unknownName() {
  return failure('invalid-input', { key: 'error.unknownCall' })
}

/** The first thing wrong, with the field it is about, so that the form can say it there. */
function invalid(error: z.ZodError) {
  const issue = error.issues[0]
  const field = issue === undefined ? '' : issue.path.join('.')
  return failure(
    'invalid-input',
    { key: 'error.invalidInput', params: { field } },
    { field: field === '' ? null : field, detail: error.message },
  )
}
