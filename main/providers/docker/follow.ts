import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import { coalesce } from '../../../app/util/coalesce.ts'
import type { Host, Op, ProviderChange } from '../provider.ts'
import * as commands from './commands.ts'
import { inspectMany, inspectOne, type Look, lookAtAll } from './containers.ts'
import type { Engine } from './engine.ts'
import type { Container, Inspected } from './inspect.ts'
import type { Journal } from './journal.ts'
import { createModel, type Model, type ModelChange } from './model.ts'
import { type EngineEvent, parseEvent } from './parse.ts'
import { eventsLogOf, followFile } from './podman-log.ts'

/** A stop is three events and a start four: one look confirms them all. */
const confirmDelayMs = 100
/** A look begun longer ago, or before something happened, says too little about now. */
const earlyMs = 5_000
/** How far back the first connection asks, so that nothing falls between listing and listening; clocks differ elsewhere. */
const overlapMs = { local: 2_000, remote: 60_000 } as const

/** By then `podman events` has opened what it reads. */
const settledMs = 3_000

/** One endpoint that answers: its list, and the events that keep it true. */
export interface Follower {
  readonly engine: Engine
  readonly model: Model
  /** Keys of machines that are known to have snapshots: their end outside Berth leaves something behind. */
  readonly snapshotMachines: Set<string>
  list(op: Op): Promise<readonly Machine[]>
  /** What is about to be changed makes an early look an old one: the next list looks for itself. */
  lookAnew(): void
  /** Looks at one container now and tells what is different; null when it does not exist. */
  look(containerId: string, op: Op): Promise<Inspected | null>
  /** Listens to events from now on, or goes on after a break. Does nothing while it listens. */
  listen(): void
  isListening(): boolean
  stop(): void
}

export interface FollowerOptions {
  readonly host: Host
  readonly journal: Journal
  readonly emit: (change: ProviderChange) => void
  /** The events ended though nobody stopped them. */
  readonly onLost: (endpointId: EndpointId, livedMs: number) => void
}

/** A list that was begun before the follower was; null inside when it failed. */
export interface EarlyLook {
  readonly startedAt: number
  /** The same moment by the clock that only goes forward. */
  readonly startedMs: number
  readonly look: Promise<Look | null>
}

export function createFollower(engine: Engine, context: FollowerOptions, early: EarlyLook | null = null): Follower {
  const { host, journal, emit } = context
  const model = createModel(engine, journal)
  const lifetime = new AbortController()
  const ownOp: Op = { signal: lifetime.signal, progress() {}, record() {} }
  const toConfirm = new Set<string>()
  const snapshotMachines = new Set<string>()
  let since: string | null = null
  let unused = early
  let source: { stop(): void } | null = null
  let settling: NodeJS.Timeout | null = null

  const tell = (change: ModelChange): void => {
    for (const machine of change.upserts) emit({ kind: 'upsert', machine })
    for (const id of change.removed) emit({ kind: 'removed', id })
    if (change.listAgain) emit({ kind: 'list', endpointId: engine.endpointId })
  }

  const confirm = async (ids: readonly string[]): Promise<void> => {
    const { found, missing } = await inspectMany(host, engine, ids, ownOp)
    const truths = new Map<string, Container | null>(found.map(({ container }) => [container.id, container]))
    for (const id of missing) truths.set(id, null)
    tell(model.confirm(truths))
  }

  const confirming = coalesce(
    () => {
      const ids = [...toConfirm]
      toConfirm.clear()
      confirm(ids).catch((error) => {
        if (lifetime.signal.aborted) return
        host.log.warn('docker.confirm.failed', { error: String(error) })
        // What the events spoke of is not known: a list tells, or why nothing does.
        emit({ kind: 'list', endpointId: engine.endpointId })
      })
    },
    confirmDelayMs,
    (job, delayMs) => {
      const timer = setTimeout(job, delayMs)
      return () => clearTimeout(timer)
    },
  )

  const hear = (line: string): void => {
    const event = parseEvent(line)
    if (event === null) {
      host.log.warn('docker.event.odd', { line: line.slice(0, 500) })
      return
    }
    take(event)
  }

  const take = (event: EngineEvent): void => {
    if (event.since !== '') since = event.since
    if (event.snapshotOf !== null) emit({ kind: 'snapshots', id: `${engine.endpointId}/${event.snapshotOf}` })
    const key = model.machineIdOf(event.id).slice(engine.endpointId.length + 1)
    if (event.type === 'container' && event.action === 'destroy' && snapshotMachines.has(key)) emit({ kind: 'trash' })
    const change = model.apply(event)
    tell(change)
    for (const id of change.confirm) toConfirm.add(id)
    if (toConfirm.size > 0) confirming.request()
  }

  const lost = (of: { stop(): void } | null, startedMs: number, why: string): void => {
    if (source !== of) return
    source = null
    if (lifetime.signal.aborted) return
    host.log.info('docker.events.lost', { endpointId: engine.endpointId, why: why.slice(0, 500) })
    context.onLost(engine.endpointId, performance.now() - startedMs)
  }

  /**
   * Podman has no daemon that would tell: `podman events` looks into a file four times a second, for ever. Where that is so, the
   * system tells us of the file instead, and the process is ended.
   */
  const readLogInstead = async (process: { readonly pid: number | null; stop(): void }): Promise<void> => {
    const path = process.pid === null ? null : await eventsLogOf(process.pid)
    if (path === null || source !== process) return
    const startedMs = performance.now()
    const ending = new AbortController()
    const log = await followFile(path, {
      onLine(line) {
        const event = line === '' ? null : parseEvent(line)
        if (event?.type === 'container' && commands.isWatched(event.action)) take(event)
      },
      onEnd: (why) => ending.abort(why),
    })
    // What could not be read for long leaves the process as it was.
    if (ending.signal.aborted || source !== process) return log.stop()
    ending.signal.addEventListener('abort', () => lost(log, startedMs, String(ending.signal.reason)))
    source = log
    process.stop()
    // What the process had not told yet.
    emit({ kind: 'list', endpointId: engine.endpointId })
  }

  return {
    engine,
    model,
    snapshotMachines,
    async look(containerId, op) {
      const inspected = await inspectOne(host, engine, containerId, op)
      tell(model.confirm(new Map([[containerId, inspected?.container ?? null]])))
      return inspected
    },
    async list(op) {
      const began = model.beginLook()
      const isFresh = unused !== null && model.beginLook() === 0 && performance.now() - unused.startedMs < earlyMs
      const first = isFresh ? unused : null
      unused = null
      const look = (await first?.look) ?? (await lookAtAll(host, engine, op))
      if (look.oddLines > 0) host.log.warn('docker.ps.odd', { endpointId: engine.endpointId, lines: look.oddLines })
      return model.replace(look, began)
    },
    lookAnew() {
      unused = null
    },
    listen() {
      if (source !== null || lifetime.signal.aborted) return
      const startedMs = performance.now()
      // What happened while nobody listened is not all replayed: only the last 256 events are kept.
      if (since !== null) setImmediate(() => emit({ kind: 'list', endpointId: engine.endpointId }))
      const overlap = engine.isLocal ? overlapMs.local : overlapMs.remote
      since ??= String(((early?.startedAt ?? host.now().getTime()) - overlap) / 1000)
      const process = host.exec.follow({
        file: engine.file,
        args: [...engine.prefix, ...commands.events(engine.flavour, since)],
        onLine: (line, stream) => {
          if (stream === 'stdout' && line.trim() !== '') hear(line)
        },
        onEnd: ({ stderr }) => lost(process, startedMs, stderr),
      })
      source = process
      if (engine.flavour !== 'podman') return
      settling = setTimeout(() => {
        readLogInstead(process).catch((error) => {
          host.log.warn('podman.log', { endpointId: engine.endpointId, error: String(error) })
        })
      }, settledMs)
      settling.unref()
    },
    isListening: () => source !== null,
    stop() {
      lifetime.abort()
      confirming.cancel()
      if (settling !== null) clearTimeout(settling)
      source?.stop()
      source = null
    },
  }
}
