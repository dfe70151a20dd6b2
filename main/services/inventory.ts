import type { Inventory, InventoryChange } from '../../app/contract/views.ts'
import { failure } from '../../app/domain/errors.ts'
import { type EndpointId, type MachineId, type ProviderId, parseId } from '../../app/domain/ids.ts'
import type { LastKnown } from '../../app/domain/last-known.ts'
import type { Annotation, Machine } from '../../app/domain/machine.ts'
import type { PermitContext } from '../../app/domain/permit.ts'
import type { Endpoint, ProviderInfo } from '../../app/domain/provider.ts'
import { coalesce, type Schedule } from '../../app/util/coalesce.ts'
import { createEmitter } from '../../app/util/emitter.ts'
import type { Log } from '../log.ts'
import { capabilitiesOf, type Provider } from '../providers/provider.ts'
import { readLastKnown, writeLastKnown } from './inventory-cache.ts'
import { createMachineStore } from './machine-store.ts'
import { createProviderSync, type ProviderSync } from './provider-sync.ts'

/** The list on disk may be this old: it only fills the window until the tools answer. */
const saveMs = 10_000

/** All machines of all providers, as the providers say they are: nothing here is guessed or hoped for. */
export interface InventoryService {
  readonly whole: () => Inventory
  readonly machines: () => Iterable<Machine>
  readonly machine: (id: MachineId) => Machine | null
  /** The provider of a machine, an endpoint or an id of its own. Throws `not-found`. */
  readonly providerOf: (id: MachineId | EndpointId | ProviderId) => Provider
  /** What permission depends on. Throws `not-found` when there is no such machine. */
  readonly contextOf: (id: MachineId) => Omit<PermitContext, 'task'>
  /** Begins to look, at every provider at once; settles when each has been looked at once. Called again, it only waits for that. */
  readonly start: () => Promise<void>
  readonly refresh: (provider?: ProviderId) => Promise<void>
  /** Looks at one machine afresh and tells; null when it does not exist. Throws when the provider cannot say. */
  readonly read: (id: MachineId) => Promise<Machine | null>
  readonly setAnnotations: (annotations: Readonly<Record<MachineId, Annotation>>) => void
  readonly onChanged: (listener: (change: InventoryChange) => void) => () => void
  readonly onSnapshots: (listener: (id: MachineId) => void) => () => void
  readonly onTrash: (listener: () => void) => () => void
  /** Called when a provider's machines may use other files than before. */
  readonly onFiles: (listener: (provider: ProviderId) => void) => () => void
  readonly stop: () => Promise<void>
}

export interface InventoryOptions {
  readonly cacheDir: string
  readonly log: Log
  readonly now: () => Date
}

export function createInventory(
  providers: readonly Provider[],
  annotations: Readonly<Record<MachineId, Annotation>>,
  { cacheDir, log, now }: InventoryOptions,
): InventoryService {
  const infos = new Map<ProviderId, ProviderInfo>(providers.map((provider) => [provider.id, infoOf(provider)]))
  const onError = (error: unknown): void => log.error('inventory.listener', { error })
  const changed = createEmitter<InventoryChange>(onError)
  const snapshots = createEmitter<MachineId>(onError)
  const trash = createEmitter<void>(onError)
  const files = createEmitter<ProviderId>(onError)
  const saving = coalesce(() => void save(), saveMs, schedule)

  const store = createMachineStore(
    {
      providers: [...infos.values()],
      annotations,
      ...withPlaces(readLastKnown(cacheDir, now(), log), providers, now()),
    },
    (change) => {
      changed.emit(change)
      saving.request()
    },
    schedule,
  )
  const syncs = new Map<ProviderId, ProviderSync>(
    providers.map((provider) => [
      provider.id,
      createProviderSync(provider, {
        store,
        log,
        now,
        onSnapshots: snapshots.emit,
        onTrash: trash.emit,
        onFiles: () => files.emit(provider.id),
      }),
    ]),
  )

  let firstLook: Promise<void> | null = null

  async function save(): Promise<void> {
    await writeLastKnown(cacheDir, store.whole()).catch((error: unknown) => log.warn('inventory.save', { error }))
  }

  function providerOf(id: string): Provider {
    const wanted = parseId(id)?.provider ?? id
    const provider = providers.find((candidate) => candidate.id === wanted)
    if (provider === undefined) throw failure('not-found', { key: 'error.machineGone' })
    return provider
  }

  return {
    whole: store.whole,
    machines: store.machines,
    machine: store.machine,
    providerOf,
    contextOf(id) {
      const machine = store.machine(id)
      const endpoint = machine === null ? null : store.endpoint(machine.endpointId)
      const provider = infos.get(parseId(id)?.provider ?? '')
      if (machine === null || endpoint === null || provider === undefined) {
        throw failure('not-found', { key: 'error.machineGone' })
      }
      return { machine, endpoint, provider }
    },
    start() {
      firstLook ??= Promise.all([...syncs.values()].map((sync) => sync.start())).then(() => {})
      return firstLook
    },
    async refresh(provider) {
      const which = [...syncs].filter(([id]) => provider === undefined || id === provider)
      await Promise.all(which.map(([, sync]) => sync.refresh()))
      store.publish()
    },
    async read(id) {
      const machine = await syncs.get(providerOf(id).id)?.read(id)
      store.publish()
      return machine ?? null
    },
    setAnnotations: store.takeAnnotations,
    onChanged: changed.on,
    onSnapshots: snapshots.on,
    onTrash: trash.on,
    onFiles: files.on,
    async stop() {
      for (const sync of syncs.values()) sync.stop()
      saving.cancel()
      await save()
    },
  }
}

function infoOf(provider: Provider): ProviderInfo {
  const { id, label, labelKey, kind, unsupported } = provider
  const { exporting, importing, clone, files, snapshots } = provider
  return {
    id,
    label,
    ...(labelKey === undefined ? {} : { labelKey }),
    kind,
    capabilities: capabilitiesOf(provider),
    unsupported,
    ...(exporting === undefined ? {} : { exportFormats: exporting.formats }),
    ...(importing === undefined ? {} : { importExtensions: importing.extensions }),
    ...(files === undefined ? {} : { copiesFolders: files.folders }),
    ...(snapshots?.alwaysMemory === undefined ? {} : { snapshotsHoldMemory: snapshots.alwaysMemory }),
    ...(clone?.linkedCloneUnsupported === undefined ? {} : { linkedCloneUnsupported: clone.linkedCloneUnsupported }),
  }
}

/** Every provider has a place in the list from the first moment: last time's, or one to be looked at. */
function withPlaces({ hosts, endpoints, machines }: LastKnown, providers: readonly Provider[], now: Date): LastKnown {
  const places = providers.flatMap((provider): readonly Endpoint[] => {
    const known = endpoints.filter((endpoint) => endpoint.providerId === provider.id)
    return known.length > 0 ? known : [placeOf(provider, now)]
  })
  const ids = new Set(places.map(({ id }) => id))
  return {
    hosts: hosts.some(({ id }) => id === 'local') ? hosts : [{ id: 'local', label: null, address: null }, ...hosts],
    endpoints: places,
    machines: machines.filter((machine) => ids.has(machine.endpointId)),
  }
}

function placeOf({ id, label, labelKey }: Provider, now: Date): Endpoint {
  return {
    id: `${id}:local`,
    providerId: id,
    hostId: 'local',
    label,
    ...(labelKey === undefined ? {} : { labelKey }),
    state: 'checking',
    version: null,
    place: null,
    error: null,
    remedies: [],
    notices: [],
    since: now.toISOString(),
  }
}

const schedule: Schedule = (job, delayMs) => {
  const timer = setTimeout(job, delayMs)
  return () => clearTimeout(timer)
}
