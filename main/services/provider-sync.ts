import { type AppError, errorOf, isCancelled } from '../../app/domain/errors.ts'
import { type EndpointId, type MachineId, parseId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Endpoint } from '../../app/domain/provider.ts'
import { createRerun } from '../../app/util/rerun.ts'
import type { Log } from '../log.ts'
import type { Op, Provider, ProviderChange } from '../providers/provider.ts'
import { withLimit } from './limit.ts'
import type { MachineStore } from './machine-store.ts'

/** A provider that has not answered after this is not reachable. */
const answerMs = 10_000
/** Lists asked for by changes follow each other at this distance at least, however often the provider says so. */
const spacingMs = 250
const retryDelaysMs = [2_000, 5_000, 10_000, 30_000, 60_000] as const
/** States that pass by themselves; a tool that is missing stays so until a person installs it and says so. */
const passing: readonly Endpoint['state'][] = ['unreachable', 'not-running', 'broken', 'refused']
const maxMachines = 10_000

/** Keeps one provider's endpoints and machines up to date; a hanging provider never delays another. */
export interface ProviderSync {
  /** Finishes what an earlier run left, listens, probes and lists; settles when the first look is over. */
  readonly start: () => Promise<void>
  /** Probes and lists everything again. */
  readonly refresh: () => Promise<void>
  /** Looks at one machine afresh; null when it does not exist. Throws when the provider cannot say. */
  readonly read: (id: MachineId) => Promise<Machine | null>
  readonly stop: () => void
}

export interface ProviderSyncOptions {
  readonly store: MachineStore
  readonly log: Log
  readonly now: () => Date
  readonly onSnapshots: (id: MachineId) => void
  readonly onTrash: () => void
  /** Which files its machines use may be different. */
  readonly onFiles: () => void
}

export function createProviderSync(
  provider: Provider,
  { store, log, now, onSnapshots, onTrash, onFiles }: ProviderSyncOptions,
): ProviderSync {
  const stopping = new AbortController()
  /** Endpoints as the last probe had them. */
  let probed: readonly Endpoint[] = []
  /** Endpoints whose last list succeeded. */
  const listed = new Set<EndpointId>()
  const lists = new Map<EndpointId, () => Promise<void>>()
  const waiting = new Map<string, NodeJS.Timeout>()
  const lastAsked = new Map<string, number>()
  let attempts = 0
  let retry: NodeJS.Timeout | null = null
  let stopWatching = (): void => {}
  /** Settles once what an earlier run left has been put right: nobody is shown, or let touch, what is half done until then. */
  let isRecovered = (): void => {}
  const recovered = new Promise<void>((resolve) => {
    isRecovered = resolve
  })

  const ask = <T>(job: (op: Op) => Promise<T>): Promise<T> =>
    withLimit(job, { tool: provider.label, limitMs: answerMs, stop: stopping.signal })

  const probe = createRerun(async () => {
    try {
      const { hosts, endpoints } = await ask((op) => provider.probe(op))
      probed = endpoints.filter((endpoint) => endpoint.providerId === provider.id && isOurs(endpoint.id))
      for (const id of listed) if (!isReady(id)) listed.delete(id)
      store.takeEndpoints(provider.id, probed.map(shown), hosts)
    } catch (thrown) {
      if (stopping.signal.aborted) return
      log.warn('inventory.probe', { provider: provider.id, error: errorOf(thrown) })
      for (const endpoint of store.endpointsOf(provider.id)) fail(endpoint, errorOf(thrown))
      scheduleRetry()
    }
  })

  const isOurs = (id: string): boolean => parseId(id)?.provider === provider.id
  const isReady = (id: EndpointId): boolean =>
    probed.some((endpoint) => endpoint.id === id && endpoint.state === 'ready')

  /** An endpoint that answers but whose machines are not known yet is still being looked at, or failing as before. */
  function shown(endpoint: Endpoint): Endpoint {
    if (endpoint.state !== 'ready' || listed.has(endpoint.id)) return endpoint
    const before = store.endpoint(endpoint.id)
    if (before !== null && passing.includes(before.state)) return { ...endpoint, ...statusOf(before) }
    return { ...endpoint, state: 'checking', since: before?.state === 'checking' ? before.since : endpoint.since }
  }

  function fail(endpoint: Endpoint, error: AppError): void {
    listed.delete(endpoint.id)
    const state = error.code === 'timeout' || error.code === 'unreachable' ? 'unreachable' : 'broken'
    const since = endpoint.state === state ? endpoint.since : now().toISOString()
    store.takeEndpoint({ ...endpoint, state, error, since })
  }

  function list(endpointId: EndpointId): Promise<void> {
    let run = lists.get(endpointId)
    if (run === undefined) {
      run = createRerun(() => listNow(endpointId))
      lists.set(endpointId, run)
    }
    return run()
  }

  async function listNow(endpointId: EndpointId): Promise<void> {
    const asked = store.moment()
    try {
      const machines = await ask((op) => provider.list(endpointId, op))
      store.takeList(endpointId, believable(endpointId, machines), asked)
      const endpoint = probed.find(({ id }) => id === endpointId)
      if (endpoint === undefined || endpoint.state !== 'ready') return
      listed.add(endpointId)
      store.takeEndpoint(endpoint)
    } catch (thrown) {
      if (stopping.signal.aborted || isCancelled(thrown)) return
      log.warn('inventory.list', { endpoint: endpointId, error: errorOf(thrown) })
      const endpoint = store.endpoint(endpointId)
      if (endpoint !== null) fail(endpoint, errorOf(thrown))
      scheduleRetry()
    }
  }

  /** What a provider says about others' machines, twice, or without end is left out. */
  function believable(endpointId: EndpointId, machines: readonly Machine[]): readonly Machine[] {
    const byId = new Map<MachineId, Machine>()
    for (const machine of machines) {
      if (byId.size === maxMachines) break
      if (isOurs(machine.id) && machine.endpointId === endpointId) byId.set(machine.id, machine)
    }
    if (byId.size !== machines.length) {
      log.warn('inventory.unbelievable', { endpoint: endpointId, given: machines.length, kept: byId.size })
    }
    return [...byId.values()]
  }

  async function look(which: 'all' | 'unlisted'): Promise<void> {
    if (retry !== null) clearTimeout(retry)
    retry = null
    await probe()
    const ready = probed.filter(({ id, state }) => state === 'ready' && (which === 'all' || !listed.has(id)))
    await Promise.all(ready.map(({ id }) => list(id)))
    if (store.endpointsOf(provider.id).some(({ state }) => passing.includes(state))) scheduleRetry()
    else attempts = 0
  }

  function scheduleRetry(): void {
    if (retry !== null || stopping.signal.aborted) return
    const delayMs = retryDelaysMs[Math.min(attempts, retryDelaysMs.length - 1)]
    attempts += 1
    retry = setTimeout(() => void look('unlisted'), delayMs)
    retry.unref()
  }

  /** Runs the job at once, or when the last run of the same name is long enough ago; asks meanwhile are one. */
  function spaced(name: string, job: () => void): void {
    if (waiting.has(name)) return
    const run = (): void => {
      waiting.delete(name)
      if (stopping.signal.aborted) return
      lastAsked.set(name, performance.now())
      job()
    }
    const delayMs = (lastAsked.get(name) ?? Number.NEGATIVE_INFINITY) + spacingMs - performance.now()
    if (delayMs <= 0) run()
    else waiting.set(name, setTimeout(run, delayMs))
  }

  function take(change: ProviderChange): void {
    if (stopping.signal.aborted) return
    onFiles()
    switch (change.kind) {
      case 'endpoints':
        attempts = 0
        spaced('endpoints', () => void look('unlisted'))
        break
      case 'list':
        if (isReady(change.endpointId)) spaced(change.endpointId, () => void list(change.endpointId))
        else take({ kind: 'endpoints' })
        break
      case 'upsert':
        takeMachine(change.machine)
        break
      case 'removed':
        if (isOurs(change.id)) store.remove(change.id)
        break
      case 'snapshots':
        onSnapshots(change.id)
        break
      case 'trash':
        onTrash()
        break
    }
  }

  function takeMachine(machine: Machine): void {
    const endpoint = store.endpoint(machine.endpointId)
    if (isOurs(machine.id) && endpoint !== null) store.upsert(machine)
    // Where it comes from was not known, or not reachable a moment ago: it is now.
    if (endpoint === null || passing.includes(endpoint.state)) take({ kind: 'list', endpointId: machine.endpointId })
  }

  return {
    async start() {
      const op: Op = { signal: stopping.signal, progress: () => {}, record: () => {} }
      // However long it takes: nothing may touch a machine whose half-done work is still being put right.
      await provider
        .recover(op)
        .catch((error: unknown) => log.error('provider.recover', { provider: provider.id, error }))
      isRecovered()
      if (stopping.signal.aborted) return
      try {
        stopWatching = provider.watch(take)
      } catch (error) {
        log.error('provider.watch', { provider: provider.id, error })
      }
      await look('all')
    },
    async refresh() {
      await recovered
      await look('all')
    },
    async read(id) {
      const asked = store.moment()
      const machine = await ask((op) => provider.read(id, op))
      if (machine !== null && (machine.id !== id || !isOurs(machine.endpointId))) return store.machine(id)
      store.takeOne(id, machine, asked)
      return machine
    },
    stop() {
      stopping.abort()
      stopWatching()
      if (retry !== null) clearTimeout(retry)
      for (const timer of waiting.values()) clearTimeout(timer)
    },
  }
}

function statusOf({ state, error, since }: Endpoint): Pick<Endpoint, 'state' | 'error' | 'since'> {
  return { state, error, since }
}
