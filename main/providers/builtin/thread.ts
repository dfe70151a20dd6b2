import type { Worker } from 'node:worker_threads'
import { failure } from '../../../app/domain/errors.ts'
import type { Answers, Beginning, FromThread, Order, ScreenPart, Told, ToThread } from './emulator/messages.ts'
import { troubleFailure } from './errors.ts'
import { startFolderThread } from './folder.ts'
import { wasm } from './program.ts'
import type { SharedFolder } from './shared-folder/session.ts'
import { makeWorker } from './spare-thread.ts'

/** What a machine's thread says by itself. */
export interface ThreadEvents {
  readonly said: (bytes: Uint8Array, log: { readonly file: number; readonly end: number }) => void
  readonly shown: (parts: readonly ScreenPart[]) => void
  readonly off: () => void
  readonly stuck: () => void
  readonly diskFull: () => void
  /** The thread of its shared folder ended: the guest's requests stay without an answer. */
  readonly folderFailed: (error: unknown) => void
}

/** A machine's thread, seen from main. */
export interface Thread {
  /** Settles when its guest is loaded; rejects with a `Failure` when that cannot be. */
  readonly ready: Promise<void>
  /** Settles when it is gone, with what it died of; null when it was ended. */
  readonly gone: Promise<string | null>
  /** Rejects with `unreachable` when the thread does not turn to the order, which is then given up; what it has begun is waited for. */
  ask<K extends Order['kind']>(order: Extract<Order, { kind: K }>): Promise<Answers[K]>
  tell(told: Told): void
  /** Another folder, or none, takes the shared folder's place. */
  share(folder: SharedFolder | null): void
  /** Ends it at once. Settles when it is gone. */
  end(): Promise<void>
  /** Share of one core since the last call, 0 to 1. */
  busyShare(): number
}

/** Of what the emulator complains, as much as tells what was wrong. */
const complaintLength = 2_000

/**
 * How long an order waits for the thread. It turns to one within milliseconds, but a guest can keep it from that: v86 counts instructions
 * before it looks at the clock, and each can be one that moves 64 KiB through a port.
 */
const patienceMs = 15_000
/** Of all machines' figures, none is to wait for one that is silent. */
const figuresPatienceMs = 1_000

/** What a machine's thread is given by whoever makes it. */
export interface ThreadWish extends Omit<Beginning, 'wasm' | 'sharedFolder'> {
  /** What the guest finds behind its device for one; null is nothing. */
  readonly sharedFolder: SharedFolder | null
}

/** Makes a machine's thread, or takes one that stands ready, and the one of its shared folder where it has a device for that. */
export async function startThread(
  { sharedFolder, ...wish }: ThreadWish,
  events: ThreadEvents,
  takeReady: () => Worker | null = () => null,
): Promise<Thread> {
  const beginning = { ...wish, wasm: await wasm() }
  const worker = takeReady() ?? makeWorker(null)
  const folder = wish.hardware.devices.includes('shared-folder')
    ? startFolderThread(sharedFolder, (error) => events.folderFailed(error))
    : null
  const waiting = new Map<number, { take: (value: unknown) => void; fail: (error: unknown) => void }>()
  let count = 0
  let complaint = ''
  let died: string | null = null
  let isEnded = false
  let lastUse = worker.performance.eventLoopUtilization()

  const listen = (chunk: Buffer): void => {
    complaint = (complaint + chunk.toString()).slice(-complaintLength)
  }
  worker.stderr.on('data', listen)
  worker.stdout.on('data', listen)

  let settle: { take: () => void; fail: (error: unknown) => void } = { take() {}, fail() {} }
  const ready = new Promise<void>((take, fail) => {
    settle = { take, fail }
  })
  // Whoever starts a machine waits for it; nobody may be left to hear of one that is ended meanwhile.
  ready.catch(() => {})

  const hear: { readonly [K in FromThread['kind']]: (message: Extract<FromThread, { kind: K }>) => void } = {
    ready: () => settle.take(),
    answer({ id, value }) {
      waiting.get(id)?.take(value)
      waiting.delete(id)
    },
    trouble({ id, trouble }) {
      const error = troubleFailure(trouble)
      if (id === null) {
        died = trouble.detail
        settle.fail(error)
        void worker.terminate()
      } else {
        waiting.get(id)?.fail(error)
        waiting.delete(id)
      }
    },
    said: ({ bytes, log }) => events.said(bytes, log),
    shown: ({ parts }) => events.shown(parts),
    off: () => events.off(),
    stuck: () => events.stuck(),
    'disk-full': () => events.diskFull(),
  }
  worker.on('message', <K extends FromThread['kind']>(message: Extract<FromThread, { kind: K }>) => {
    if (!isEnded) (hear[message.kind] as (message: FromThread) => void)(message)
  })
  worker.on('error', (error) => {
    died = error.stack ?? error.message
  })
  const gone = new Promise<string | null>((resolve) => {
    worker.on('exit', (code) => {
      folder?.end()
      const why = isEnded ? null : `${died ?? `exit ${code}`}${complaint === '' ? '' : `\n${complaint}`}`
      const error = failure(
        'tool-failed',
        { key: 'builtin.error.failed' },
        { hint: { key: 'builtin.error.failed.hint' }, detail: why },
      )
      settle.fail(error)
      for (const { fail } of waiting.values()) fail(error)
      waiting.clear()
      resolve(why)
    })
  })
  const post = (message: ToThread): void => worker.postMessage(message)
  const whole: Beginning = {
    ...beginning,
    sharedFolder: folder === null ? null : { port: folder.port, isThere: sharedFolder !== null },
  }
  worker.postMessage(whole, folder === null ? [] : [folder.port])

  return {
    ready,
    gone,
    ask: (order) =>
      new Promise((take, fail) => {
        count += 1
        const id = count
        const claim = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
        const giveUp = (): void => {
          if (Atomics.exchange(claim, 0, 1) !== 0) return
          waiting.delete(id)
          const hint = { key: 'builtin.error.noAnswer.hint' } as const
          fail(failure('unreachable', { key: 'builtin.error.noAnswer' }, { hint }))
        }
        const timer = setTimeout(giveUp, order.kind === 'figures' ? figuresPatienceMs : patienceMs)
        const settled =
          <V>(then: (value: V) => void) =>
          (value: V): void => {
            clearTimeout(timer)
            then(value)
          }
        waiting.set(id, { take: settled(take as (value: unknown) => void), fail: settled(fail) })
        post({ id, order, claim })
        const ended = settled((why: string | null) =>
          fail(failure('wrong-state', { key: 'builtin.error.failed' }, { detail: why })),
        )
        void gone.then(ended)
      }),
    tell: (told) => post({ id: null, told }),
    share(next) {
      folder?.share(next)
      post({ id: null, told: { kind: 'folder', isThere: next !== null } })
    },
    async end() {
      isEnded = true
      await worker.terminate()
      await gone
    },
    busyShare() {
      const now = worker.performance.eventLoopUtilization()
      const { utilization } = worker.performance.eventLoopUtilization(now, lastUse)
      lastUse = now
      return utilization
    },
  }
}
