import { failure, isCancelled } from '../../../app/domain/errors.ts'
import { type MachineId, machineId, parseId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Log } from '../../log.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op, ProviderChange } from '../provider.ts'
import type { Addresses } from './addresses.ts'
import type { Bundle } from './bundle.ts'
import { bundleName } from './bundle.ts'
import type { BrokenBundle, Scan } from './bundles.ts'
import { utmctlArguments } from './commands.ts'
import { type Abilities, brokenMachine, type Missing, machineOf, type ObservedState, providerId } from './machine.ts'
import type { Memory } from './memory.ts'
import { parseList, parseStatus, type Row } from './parse.ts'
import { pauseFor } from './provider-context.ts'
import type { Registry } from './registry.ts'
import { stateOf } from './states.ts'
import type { Tool } from './tool.ts'

/** Shorter than the inventory's own patience, so that the list says what was the matter. */
const listMs = 8_000
const firstPollMs = 150
const lastPollMs = 1_000

export interface RegistryOptions {
  readonly tool: Tool
  readonly readRegistry: () => Promise<Registry | null>
  readonly scan: (registry: Registry | null) => Promise<Scan>
  readonly memory: Memory
  readonly addresses: () => Addresses
  readonly abilities: (op: Op) => Promise<Abilities>
  readonly changed: (change: ProviderChange) => void
  readonly log: Log
}

/** What UTM and the disk say together, at one moment. */
export interface Survey {
  /** null while UTM does not run: what is known is what lies on the disk. */
  readonly rows: readonly Row[] | null
  readonly registry: Registry | null
  readonly scan: Scan
}

/** A machine whose bundle Berth can see. */
export interface Known {
  readonly observedState: ObservedState
  readonly bundle: Bundle
}

export interface MachineRegistry {
  /** What lies on the disk; asks nobody. */
  disk(): Promise<Omit<Survey, 'rows'>>
  /** Asks UTM for its list if it runs. Fails as UTM does; an empty list is one that UTM gave. */
  survey(op: Op): Promise<Survey>
  all(op: Op): Promise<readonly Machine[]>
  /** Whether UTM now says something else than when `all` was last asked. */
  isNews(rows: Survey['rows']): boolean
  /** One machine, looked at afresh; null when UTM's own list does not have it. */
  find(id: MachineId, op: Op): Promise<Machine | null>
  /** As `find`, with all that is known of it; fails with `not-found`. */
  get(id: MachineId, op: Op): Promise<ObservedState>
  /** As `get`, and fails with the reason when its bundle is not to be seen. */
  known(id: MachineId, op: Op): Promise<Known>
  broken(id: MachineId): Promise<BrokenBundle | null>
  machine(observedState: ObservedState): Machine
  /** Tells whoever watches how a machine is: as UTM has just called it, or after another look. */
  publish(uuid: string, op: Op, status?: string): Promise<void>
  /** Waits until UTM's word for it fits; false when it did not within the time. Looks that fail are looked again. */
  settles(uuid: string, fits: (word: string) => boolean, limitMs: number, op: Op): Promise<boolean>
  /** Shows a state of our own while something is done; the machine's own is shown again afterwards. */
  withTransientState<T>(uuid: string, state: MachineState, job: () => Promise<T>): Promise<T>
  changed(change: ProviderChange): void
}

export function createMachineRegistry(context: RegistryOptions): MachineRegistry {
  const { tool, memory, log } = context
  const holds = new Map<string, MachineState[]>()
  let listed: string | null = null

  const disk = async (): Promise<Omit<Survey, 'rows'>> => {
    const registry = await context.readRegistry()
    return { registry, scan: await context.scan(registry) }
  }

  const survey = async (op: Op): Promise<Survey> => {
    const [appRuns, { registry, scan }] = await Promise.all([tool.appRuns(op), disk()])
    return { rows: appRuns ? await list(scan, op) : null, registry, scan }
  }

  const list = async (scan: Scan, op: Op): Promise<readonly Row[]> => {
    const text = await tool.ask(utmctlArguments.list(), listMs, op)
    const rows = parseList(text, (uuid) => scan.known.get(uuid)?.config.Information.Name ?? null)
    if (rows === null) {
      throw failure('output-unreadable', { key: 'error.unreadable', params: { tool: 'UTM' } }, { detail: text })
    }
    const once = new Map(rows.map((row) => [row.uuid, row]))
    if (once.size !== rows.length) log.warn('utm.list.twice', { rows: rows.length, machines: once.size })
    return [...once.values()]
  }

  const observedStateOf = async (
    { uuid, status, name }: Pick<Row, 'uuid' | 'status'> & { readonly name: string | null },
    { registry, scan }: Omit<Survey, 'rows'>,
    abilities: Abilities,
    op: Op,
  ): Promise<ObservedState> => {
    const bundle = scan.known.get(uuid) ?? null
    const isOff = stateOf(status) === 'stopped'
    const registered = registry?.get(uuid)?.isSuspended ?? false
    return {
      uuid,
      // The configuration has it whole; a list is made of lines.
      name: bundle?.config.Information.Name ?? name ?? uuid,
      status,
      bundle,
      missing: bundle === null ? missingWhy(name, scan, registry) : null,
      isSuspended: isOff && bundle !== null && (await memory.isSuspended(bundle, registered, op)),
      addresses: context.addresses().of(uuid),
      abilities,
      held: holds.get(uuid)?.at(-1) ?? null,
    }
  }

  /** UTM's word for one machine; null when its list does not have it. */
  const wordOf = async (uuid: string, op: Op): Promise<{ status: string; name: string | null } | null> => {
    try {
      const word = parseStatus(await tool.ask(utmctlArguments.status(uuid), listMs, op))
      if (word !== null) return { status: word, name: null }
    } catch (error) {
      // `utmctl` keeps quiet about why it could not look, and says that there is no such machine.
      if (isCancelled(error)) throw error
    }
    return (await list((await disk()).scan, op)).find((row) => row.uuid === uuid) ?? null
  }

  /** As `wordOf`, with the name that UTM's list has where no bundle tells it. */
  const namedWordOf = async (uuid: string, scan: Scan, op: Op): ReturnType<typeof wordOf> => {
    const word = await wordOf(uuid, op)
    if (word === null || word.name !== null || scan.known.has(uuid)) return word
    const row = (await list(scan, op)).find((one) => one.uuid === uuid)
    return { ...word, name: row?.name ?? null }
  }

  const observedState = async (id: MachineId, op: Op): Promise<ObservedState | null> => {
    const parsed = parseId(id)
    if (parsed?.provider !== providerId || !/^[0-9A-F-]{36}$/.test(parsed.key)) return null
    const uuid = parsed.key
    const appRuns = await tool.appRuns(op)
    const { registry, scan } = await disk()
    const word = appRuns ? await namedWordOf(uuid, scan, op) : null
    if (word === null && (appRuns || !scan.known.has(uuid))) {
      if (!appRuns && !scan.isComplete) throw unseen(scan)
      return null
    }
    const row = { uuid, status: word?.status ?? 'stopped', name: word?.name ?? null }
    return observedStateOf(row, { registry, scan }, await context.abilities(op), op)
  }

  const findBroken = async (id: MachineId): Promise<BrokenBundle | null> => {
    const key = parseId(id)?.key ?? ''
    if (!key.startsWith('broken-')) return null
    return (await disk()).scan.broken.find((one) => one.key === key) ?? null
  }

  const machineRegistry: MachineRegistry = {
    disk,
    survey,
    async all(op) {
      const { rows, registry, scan } = await survey(op)
      listed = signature(rows)
      if (rows === null && !scan.isComplete) throw unseen(scan)
      const all: readonly Pick<ObservedState, 'uuid' | 'status' | 'name'>[] =
        rows ??
        [...scan.known].map(([uuid, { config }]) => ({ uuid, status: 'stopped', name: config.Information.Name }))
      const abilities = await context.abilities(op)
      const observedStates = await Promise.all(
        all.map((row) => observedStateOf(row, { registry, scan }, abilities, op)),
      )
      throwIfCancelled(op)
      return [...observedStates.map(machineOf), ...scan.broken.map(brokenOf)]
    },
    isNews: (rows) => signature(rows) !== listed,
    async find(id, op) {
      const broken = await findBroken(id)
      if (broken !== null) return brokenOf(broken)
      const found = await observedState(id, op)
      throwIfCancelled(op)
      return found === null ? null : machineOf(found)
    },
    async get(id, op) {
      const found = await observedState(id, op)
      throwIfCancelled(op)
      if (found === null) throw failure('not-found', { key: 'error.machineGone' })
      return found
    },
    async known(id, op) {
      const found = await machineRegistry.get(id, op)
      const { bundle, missing } = found
      if (bundle !== null) return { observedState: found, bundle }
      if (missing === 'gone') throw failure('not-found', { key: 'utm.remark.gone' })
      if (missing === 'old') throw failure('unsupported', { key: 'utm.remark.old' })
      throw unseen((await disk()).scan)
    },
    broken: findBroken,
    machine: machineOf,
    async publish(uuid, op, status) {
      const look = async (): Promise<Machine | null> => {
        if (status === undefined) return machineRegistry.find(machineId(providerId, uuid), op)
        return machineOf(
          await observedStateOf({ uuid, status, name: null }, await disk(), await context.abilities(op), op),
        )
      }
      // What cannot be looked at now is looked at by the next list.
      const machine = await look().catch(() => null)
      if (machine !== null) context.changed({ kind: 'upsert', machine })
    },
    async settles(uuid, fits, limitMs, op) {
      const until = performance.now() + limitMs
      for (let waitMs = firstPollMs; ; waitMs = Math.min(lastPollMs, waitMs * 1.5)) {
        const word = await wordOf(uuid, op).catch((error: unknown) => {
          if (isCancelled(error)) throw error
          return null
        })
        if (word !== null && fits(word.status)) return true
        throwIfCancelled(op)
        if (performance.now() > until) return false
        await pauseFor(waitMs, op)
      }
    },
    async withTransientState(uuid, state, job) {
      const held = holds.get(uuid) ?? []
      holds.set(uuid, [...held, state])
      context.changed({ kind: 'list', endpointId: `${providerId}:local` })
      try {
        return await job()
      } finally {
        const rest = [...(holds.get(uuid) ?? [])]
        rest.splice(rest.lastIndexOf(state), 1)
        if (rest.length === 0) holds.delete(uuid)
        else holds.set(uuid, rest)
        context.changed({ kind: 'list', endpointId: `${providerId}:local` })
      }
    },
    changed: context.changed,
  }
  return machineRegistry
}

function missingWhy(name: string | null, scan: Scan, registry: Registry | null): Missing {
  if (name !== null && scan.old.has(name)) return 'old'
  return scan.isComplete && registry !== null ? 'gone' : 'unseen'
}

function signature(rows: Survey['rows']): string {
  return JSON.stringify(rows?.map(({ uuid, status, name }) => [uuid, status, name]) ?? [])
}

function brokenOf({ key, path }: BrokenBundle): Machine {
  return brokenMachine({ key, name: bundleName(path) })
}

/** macOS does not let Berth look into UTM's folder. */
export function unseen({ problem }: Scan): Error {
  return failure('permission', { key: 'utm.error.folder' }, { hint: { key: 'utm.error.folder.hint' }, detail: problem })
}
