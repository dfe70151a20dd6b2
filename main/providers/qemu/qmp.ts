import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { z } from 'zod'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { CommandRecord } from '../../../app/domain/task.ts'
import { createEmitter } from '../../../app/util/emitter.ts'
import { maxTimerMs } from '../../../app/util/timers.ts'
import { maskText } from '../../exec/mask.ts'
import { qmpFailure } from '../common/images/errors.ts'

/** Something QEMU said by itself. */
export interface QmpEvent {
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface QmpCall {
  /** null waits as long as the line lives: for what takes as long as it takes. Default 10 s. */
  readonly timeoutMs?: number | null
  /** Where the request is written down; left out for what Berth asks by itself. */
  readonly op?: { record(command: CommandRecord): void }
}

/** One monitor line of a running QEMU. It has one line at a time; a second client would wait unanswered. */
export interface Qmp {
  /** Settles with QEMU's version once it greeted and commands are possible. Rejects when the line closes before. */
  readonly ready: Promise<string>
  /** Rejects with the tool's error, `timeout`, or `unreachable` when the line closes first. */
  execute(command: string, args?: Readonly<Record<string, unknown>>, call?: QmpCall): Promise<unknown>
  /** Events come before the reply of the command that caused them. */
  on(listener: (event: QmpEvent) => void): () => void
  /** How long ago QEMU answered; infinite before it first did. */
  sinceAnswerMs(): number
  /** Settles when the line is closed, from whichever side. */
  readonly closed: Promise<void>
  close(): void
}

const defaultTimeoutMs = 10_000
/** A line that a monitor began and has not ended after so long is not waited for. One that is silent may be serving another. */
const patienceMs = 30_000
/** Longer than the longest answer there is (`query-named-block-nodes` of a machine with thousands of snapshots). */
const maxLineLength = 64 * 1024 * 1024

const messageSchema = z.union([
  z.object({
    QMP: z.object({
      version: z.object({ qemu: z.object({ major: z.number(), minor: z.number(), micro: z.number() }) }),
    }),
  }),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).optional() }),
  z.object({ return: z.unknown(), id: z.number().optional() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
])

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Failure) => void
}

/** Opens the line at a socket's path. A path that nobody listens on is a line that closes at once. */
export function connectQmp(path: string): Qmp {
  return speakQmp(connect(path))
}

/** Speaks QMP over any stream, so that a recording can be the other side. */
export function speakQmp(stream: Duplex): Qmp {
  const decoder = new StringDecoder('utf8')
  const events = createEmitter<QmpEvent>()
  const waiting = new Map<number, Waiting>()
  /** Of the line that has not ended: joined once, at its end. */
  let pending: string[] = []
  let pendingLength = 0
  let patience: NodeJS.Timeout | null = null
  let nextId = 1
  let isClosed = false
  let version = ''
  let answeredAtMs = Number.NEGATIVE_INFINITY
  const ready = deferred<string>()
  const closed = deferred<void>()
  // Whoever does not wait for the greeting (a line that is only closed) is not told of its failure.
  ready.promise.catch(() => {})

  const shut = (reason: Failure): void => {
    if (isClosed) return
    isClosed = true
    if (patience !== null) clearTimeout(patience)
    pending = []
    stream.destroy()
    ready.reject(reason)
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
    closed.resolve()
  }

  /** Gives the monitor its time for the line that it has begun. */
  const beginPatience = (isWaiting: boolean): void => {
    if (patience !== null) clearTimeout(patience)
    patience = null
    if (isWaiting && !isClosed) patience = setTimeout(() => shut(timedOut(patienceMs)), patienceMs).unref()
  }

  const receive = (line: string): void => {
    const message = messageSchema.safeParse(parseJson(line))
    if (!message.success) {
      shut(failure('output-unreadable', { key: 'error.unreadable', params: { tool: 'QEMU' } }, { detail: line }))
      return
    }
    const { data } = message
    if ('QMP' in data) {
      const { major, minor, micro } = data.QMP.version.qemu
      version = `${major}.${minor}.${micro}`
      send('qmp_capabilities', undefined).then(() => ready.resolve(version), ready.reject)
    } else if ('event' in data) {
      events.emit({ name: data.event, data: data.data ?? {} })
    } else if (data.id !== undefined) {
      answeredAtMs = performance.now()
      const call = waiting.get(data.id)
      waiting.delete(data.id)
      if ('error' in data) call?.reject(qmpFailure(data.error.desc))
      else call?.resolve(data.return)
    }
  }

  const send = (command: string, args: Readonly<Record<string, unknown>> | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(lineClosed())
      const id = nextId++
      waiting.set(id, { resolve, reject })
      stream.write(`${JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }), id })}\n`)
    })

  stream.on('data', (chunk: Uint8Array) => {
    const [first = '', ...others] = decoder.write(Buffer.from(chunk)).split('\n')
    pending.push(first)
    pendingLength += first.length
    for (const next of others) {
      const line = pending.join('')
      pending = [next]
      pendingLength = next.length
      if (!isClosed && line.trim() !== '') receive(line)
    }
    if (others.length > 0) beginPatience(pendingLength > 0)
    else if (pendingLength > 0 && patience === null) beginPatience(true)
    if (pendingLength > maxLineLength) {
      shut(failure('output-unreadable', { key: 'error.flood', params: { tool: 'QEMU' } }))
    }
  })
  stream.on('error', (error) => shut(lineClosed(error.message)))
  stream.on('close', () => shut(lineClosed()))

  return {
    ready: ready.promise,
    async execute(command, args, call = {}) {
      const startedAt = new Date()
      const startedMs = performance.now()
      const timeoutMs = call.timeoutMs === undefined ? defaultTimeoutMs : call.timeoutMs
      const write = (outcome: CommandRecord['outcome'], output: string | null): void =>
        call.op?.record({
          kind: 'qmp',
          line: maskText(JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) })),
          startedAt: startedAt.toISOString(),
          durationMs: Math.round(performance.now() - startedMs),
          exitCode: null,
          outcome,
          output,
        })
      try {
        const answer = await withTimeout(send(command, args), timeoutMs)
        write('ok', JSON.stringify(answer))
        return answer
      } catch (error) {
        const { code, detail } = (error as Failure).error
        write(code === 'timeout' ? 'timeout' : 'failed', detail)
        throw error
      }
    },
    on: events.on,
    sinceAnswerMs: () => performance.now() - answeredAtMs,
    closed: closed.promise,
    close: () => shut(lineClosed()),
  }
}

/** Rejects with `timeout` when the time is over; null waits for ever. What was asked may still be done. */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number | null): Promise<T> {
  if (timeoutMs === null) return promise
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(timedOut(timeoutMs))
      },
      Math.min(timeoutMs, maxTimerMs),
    )
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function lineClosed(detail: string | null = null): Failure {
  return failure('unreachable', { key: 'qemu.error.lineClosed' }, { detail })
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** A promise that somebody else settles. */
export function deferred<T>(): {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
} {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

function timedOut(afterMs: number): Failure {
  const params = { tool: 'QEMU', seconds: Math.round(afterMs / 1000) }
  return failure('timeout', { key: 'error.timeout', params }, { hint: { key: 'error.timeout.hint' } })
}
