import { failure } from '../../../app/domain/errors.ts'
import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import { coalesce } from '../../../app/util/coalesce.ts'
import { isSame } from '../../../app/util/same.ts'
import type { Host, Op, ProbeResult, ProviderChange } from '../provider.ts'
import { lookAtAll } from './containers.ts'
import { dockerConfigFolder, watchContexts, watchSocket } from './contexts.ts'
import type { Engine } from './engine.ts'
import { createFollower, type EarlyLook, type Follower } from './follow.ts'
import type { Container, Inspected } from './inspect.ts'
import type { Journal } from './journal.ts'
import { type Found, findEndpoints } from './probe.ts'

/** A daemon makes its socket, and answers a moment later; a context's folder is filled after it is made. */
const settleMs = 300
/** Events that lasted this long ended for a reason of their own: whether the engine is gone is asked at once. */
const longLivedMs = 1_000
const maxWaitMs = 60_000

/** All endpoints as the last probe found them, each with what follows it. */
export interface Endpoints {
  probe(op: Op): Promise<ProbeResult>
  follower(endpointId: EndpointId): Follower
  /** The follower of a machine's endpoint. Throws `unreachable` while that endpoint does not answer. */
  followerOf(id: MachineId): Follower
  ready(): readonly Follower[]
  /** The machine's container as it is now, which the list is told as well. Throws `not-found` when it is gone. */
  inspect(id: MachineId, op: Op): Promise<Inspected>
  /** The machine as it is now; null when it does not exist. */
  read(id: MachineId, op: Op): Promise<Machine | null>
  /** As last known, without asking; asked for once when it is not known yet. */
  known(id: MachineId, op: Op): Promise<Container>
  watch(changed: (change: ProviderChange) => void): () => void
  emit(change: ProviderChange): void
  dispose(): void
}

export function createEndpoints(host: Host, journal: Journal): Endpoints {
  const followers = new Map<EndpointId, Follower>()
  const socketWatches = new Map<string, () => void>()
  const earlyLooks = new Map<EndpointId, EarlyLook>()
  const shortLives = new Map<EndpointId, number>()
  let found: readonly Found[] = []
  let since = new Map<EndpointId, { readonly state: string; readonly since: string }>()
  let listener: ((change: ProviderChange) => void) | null = null
  let stopContexts: (() => void) | null = null

  const emit = (change: ProviderChange): void => listener?.(change)
  const probeSoon = coalesce(
    () => emit({ kind: 'endpoints' }),
    settleMs,
    (job, delayMs) => {
      const timer = setTimeout(job, delayMs)
      return () => clearTimeout(timer)
    },
  )

  const watchSockets = (): void => {
    const wanted = new Set(found.map((item) => item.socketPath).filter((path) => path !== null))
    for (const [path, stop] of socketWatches) {
      if (wanted.has(path)) continue
      stop()
      socketWatches.delete(path)
    }
    for (const path of wanted) {
      if (!socketWatches.has(path)) socketWatches.set(path, watchSocket(path, probeSoon.request))
    }
  }

  /** The events ended by themselves: is the engine gone? Where they end at once each time, it is asked less and less often. */
  const lost = (endpointId: EndpointId, livedMs: number): void => {
    const count = livedMs > longLivedMs ? 0 : (shortLives.get(endpointId) ?? 0) + 1
    shortLives.set(endpointId, count)
    if (count < 2) {
      probeSoon.request()
      return
    }
    const timer = setTimeout(probeSoon.request, Math.min(1_000 * 2 ** count, maxWaitMs))
    timer.unref()
  }

  /** Keeps a follower per endpoint that answers; one that is now commanded another way is made anew. */
  const followFound = (): void => {
    const ids = new Set(found.map((item) => item.endpoint.id))
    for (const { endpoint, engine } of found) {
      if (engine === null) continue
      const old = followers.get(endpoint.id)
      if (old !== undefined && !isSame(old.engine, engine)) {
        old.stop()
        followers.delete(endpoint.id)
      }
      const early = earlyLooks.get(endpoint.id) ?? null
      earlyLooks.delete(endpoint.id)
      const current = followers.get(endpoint.id) ?? createFollower(engine, { host, journal, emit, onLost: lost }, early)
      followers.set(endpoint.id, current)
      if (listener !== null) current.listen()
    }
    for (const [id, follower] of followers) {
      if (ids.has(id)) continue
      follower.stop()
      followers.delete(id)
    }
  }

  /** The first list begins while the engine is still asked for its version: what a person waits for is the list. */
  const startLook = (engine: Engine, op: Op): EarlyLook => ({
    startedAt: host.now().getTime(),
    startedMs: performance.now(),
    look: lookAtAll(host, engine, op).catch(() => null),
  })

  const isReady = (endpointId: EndpointId): boolean =>
    found.some((item) => item.endpoint.id === endpointId && item.engine !== null)

  const follower = (endpointId: EndpointId): Follower => {
    const known = isReady(endpointId) ? followers.get(endpointId) : undefined
    if (known !== undefined) return known
    const error = found.find((item) => item.endpoint.id === endpointId)?.endpoint.error
    throw failure('unreachable', error?.message ?? { key: 'why.endpoint', params: { provider: 'Docker' } }, {
      hint: error?.hint ?? null,
      detail: error?.detail ?? null,
    })
  }
  const followerOf = (id: MachineId): Follower => follower(id.slice(0, id.lastIndexOf('/')) as EndpointId)

  const inspect = async (id: MachineId, op: Op): Promise<Inspected> => {
    const { model, look } = followerOf(id)
    const inspected = await look(model.containerIdOf(id), op)
    if (inspected === null) throw failure('not-found', { key: 'error.machineGone' })
    return inspected
  }

  return {
    async probe(op) {
      const isFirst = found.length === 0
      found = await findEndpoints(host, op, (engine) => {
        if (isFirst) earlyLooks.set(engine.endpointId, startLook(engine, op))
      })
      const now = new Map(found.map(({ endpoint }) => [endpoint.id, endpoint]))
      const endpoints = [...now.values()].map((endpoint) => {
        const before = since.get(endpoint.id)
        return before?.state === endpoint.state ? { ...endpoint, since: before.since } : endpoint
      })
      since = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
      watchSockets()
      followFound()
      return { endpoints, hosts: [...new Map(found.map((item) => [item.host.id, item.host])).values()] }
    },
    follower,
    followerOf,
    ready: () => [...followers.values()].filter((item) => isReady(item.engine.endpointId)),
    inspect,
    async read(id, op) {
      const { model, look } = followerOf(id)
      const inspected = await look(model.containerIdOf(id), op)
      return inspected === null ? null : model.machine(id)
    },
    async known(id, op) {
      const { model } = followerOf(id)
      return model.get(model.containerIdOf(id)) ?? (await inspect(id, op)).container
    },
    watch(changed) {
      listener = changed
      stopContexts ??= watchContexts(dockerConfigFolder(), probeSoon.request)
      followFound()
      return () => {
        listener = null
        stopContexts?.()
        stopContexts = null
      }
    },
    emit,
    dispose() {
      listener = null
      stopContexts?.()
      probeSoon.cancel()
      for (const stop of socketWatches.values()) stop()
      for (const item of followers.values()) item.stop()
      followers.clear()
    },
  }
}
