import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId, type ProviderId, parseId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Host, ProviderChange } from '../provider.ts'
import { type DefinitionReading, problemOf, reportReading, stampOf } from './definition-file.ts'
import { exists, names } from './files.ts'

/** One machine's folder, as far as a registry needs it. */
export interface RegistryFolder {
  readonly path: string
  readonly definition: string
  /** There only while it is suspended. */
  readonly suspended: string
}

/** One machine as Berth knows it: what its folder says, and what runs of it if anything does. */
export interface MachineRecord<D, F, R, L> {
  readonly uuid: string
  readonly folder: F
  /** null when its file cannot be read; `problem` says why. */
  definition: D | null
  /** What it is called, where only that can be read of its file; null when it cannot. */
  name: string | null
  problem: string | null
  /** What the file looked like when it was read. */
  stamp: string
  /** The system would not let it be read, which passes. */
  isUnreadable: boolean
  run: R | null
  isSuspended: boolean
  /** The first of its files that is not where it should be. */
  missingPath: string | null
  live: L | null
  /** States shown while Berth works on it, the last one first in line. */
  readonly holds: { readonly state: MachineState }[]
}

/** The machines of a provider whose machines are folders of Berth's, each named by a uuid. */
export interface MachineRegistry<E, D> {
  /** Every machine there is, looked at afresh. One that cannot be read is among them. */
  all(): Promise<readonly E[]>
  /** null when there is no such machine. */
  find(id: MachineId): Promise<E | null>
  /** Fails with `not-found` when it is not there and with `output-unreadable` when it cannot be read. */
  get(id: MachineId): Promise<{ readonly entry: E; readonly definition: D }>
  /** Reads again what its folder says, if it changed. */
  refresh(entry: E): Promise<void>
  save(entry: E, definition: D): Promise<void>
  machine(entry: E): Machine
  /** Tells whoever watches how the machine is now. */
  publish(entry: E): void
  changed(change: ProviderChange): void
  /** Its folder is gone or moved. */
  forget(uuid: string): void
  /** Shows a state of our own while something is done; the machine's own is shown again afterwards. */
  withTransientState<T>(entry: E, state: MachineState, job: () => Promise<T>): Promise<T>
  /** Entries in memory, without looking. */
  loaded(): readonly E[]
}

/** What a registry's provider knows of its machines: `X` is what its entries hold besides. */
export interface RegistryOptions<D, F, R, L, X> {
  readonly providerId: ProviderId
  readonly host: Pick<Host, 'log' | 'problems'>
  /** The folder that the machines are in. */
  readonly machines: string
  folder(uuid: string): F
  /** What a new entry holds besides. */
  extras(uuid: string): X
  readDefinition(folder: F): DefinitionReading<D>
  writeDefinition(folder: F, definition: D): Promise<void>
  readRun(folder: F): Promise<R | null>
  /** Files a machine cannot start without. */
  filesOf(definition: D, folder: F): readonly string[]
  machineOf(observedState: MachineRecord<D, F, R, L> & X & { readonly held: MachineState | null }): Machine
  changed(change: ProviderChange): void
}

const uuidPattern = /^[0-9a-f-]{36}$/

export function createMachineRegistry<D extends { readonly uuid: string }, F extends RegistryFolder, R, L, X>(
  context: RegistryOptions<D, F, R, L, X>,
): MachineRegistry<MachineRecord<D, F, R, L> & X, D> {
  type E = MachineRecord<D, F, R, L> & X
  const entries = new Map<string, E>()

  const entryOf = (uuid: string): E => {
    let entry = entries.get(uuid)
    if (entry === undefined) {
      const bare: MachineRecord<D, F, R, L> = {
        uuid,
        folder: context.folder(uuid),
        definition: null,
        name: null,
        problem: null,
        stamp: '',
        isUnreadable: false,
        run: null,
        isSuspended: false,
        missingPath: null,
        live: null,
        holds: [],
      }
      entry = { ...bare, ...context.extras(uuid) }
      entries.set(uuid, entry)
    }
    return entry
  }

  const readEntry = async (entry: E): Promise<void> => {
    const { folder } = entry
    const stamp = (await stampOf(folder.definition)) ?? 'absent'
    // What could not be read is looked at again each time: nothing of the file tells when it can be.
    if (stamp !== entry.stamp || entry.isUnreadable) {
      readFile(entry)
      entry.run = await context.readRun(folder)
      entry.stamp = stamp
    }
    if (entry.live === null) {
      const there = await filesIn(folder.path)
      // One bad folder never empties the list.
      if (there !== null) entry.isSuspended = there.has(basename(folder.suspended))
      const needed = entry.definition === null || there === null ? [] : context.filesOf(entry.definition, folder)
      entry.missingPath = await firstMissing(needed.filter((path) => !isIn(there, folder, path)))
    }
  }

  const readFile = (entry: E): void => {
    const { definition: path } = entry.folder
    const reading = context.readDefinition(entry.folder)
    const { definition = null, name = null } = 'value' in reading ? reading.value : {}
    const isOther = definition !== null && definition.uuid !== entry.uuid
    entry.definition = isOther ? null : definition
    entry.name = name
    const before = entry.problem
    entry.problem = isOther ? 'another uuid inside' : problemOf(reading)
    entry.isUnreadable = reading.kind === 'unreadable'
    if (entry.problem !== null && entry.problem !== before) {
      context.host.log.warn(`${context.providerId}.unreadable`, { uuid: entry.uuid, error: entry.problem })
    }
    reportReading(context.host, path, reading)
  }

  const find = async (id: MachineId): Promise<E | null> => {
    const parsed = parseId(id)
    // A key that is no uuid is no name of a folder either.
    if (parsed?.provider !== context.providerId || !uuidPattern.test(parsed.key)) return null
    const entry = entryOf(parsed.key)
    // What runs is Berth's alone to change, and it is known how it is.
    if (entry.live !== null && entry.definition !== null) return entry
    await readEntry(entry)
    if (entry.definition !== null || (await exists(entry.folder.path))) return entry
    entries.delete(parsed.key)
    return null
  }

  const machine = (entry: E): Machine => context.machineOf({ ...entry, held: entry.holds.at(-1)?.state ?? null })

  const registry: MachineRegistry<E, D> = {
    async all() {
      const uuids = (await names(context.machines)).filter((name) => uuidPattern.test(name))
      for (const uuid of entries.keys()) if (!uuids.includes(uuid)) entries.delete(uuid)
      const found = uuids.map(entryOf)
      await Promise.all(found.map(readEntry))
      return found
    },
    find,
    async get(id) {
      const entry = await find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      const { definition, problem } = entry
      if (definition !== null) return { entry, definition }
      throw failure(
        'output-unreadable',
        { key: 'kept.error.unreadable' },
        { hint: { key: 'kept.error.unreadable.hint' }, detail: `${entry.folder.definition}\n${problem ?? ''}` },
      )
    },
    refresh: readEntry,
    async save(entry, definition) {
      await context.writeDefinition(entry.folder, definition)
      await readEntry(entry)
      registry.publish(entry)
    },
    machine,
    publish: (entry) => context.changed({ kind: 'upsert', machine: machine(entry) }),
    changed: context.changed,
    forget(uuid) {
      entries.delete(uuid)
      context.host.problems?.report(context.folder(uuid).definition, null)
      context.changed({ kind: 'removed', id: machineId(context.providerId, uuid) })
    },
    async withTransientState(entry, state, job) {
      const held = { state }
      entry.holds.push(held)
      registry.publish(entry)
      try {
        return await job()
      } finally {
        entry.holds.splice(entry.holds.indexOf(held), 1)
        registry.publish(entry)
      }
    },
    loaded: () => [...entries.values()],
  }
  return registry
}

/** Names in a machine's folder, those of links left out: asked for at once, not file by file. null when it cannot be looked into. */
async function filesIn(folder: string): Promise<ReadonlySet<string> | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null)
  return entries === null ? null : new Set(entries.filter((one) => !one.isSymbolicLink()).map(({ name }) => name))
}

function isIn(there: ReadonlySet<string> | null, { path: folder }: RegistryFolder, path: string): boolean {
  return there !== null && dirname(path) === folder && there.has(basename(path))
}

/** One that cannot be looked at may be there. */
async function firstMissing(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (!(await exists(path).catch(() => true))) return path
  return null
}
