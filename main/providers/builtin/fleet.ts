import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId, parseId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import { exists, look, names } from '../common/files.ts'
import type { Host, ProviderChange } from '../provider.ts'
import { type Definition, readDefinition, writeDefinition } from './definitions.ts'
import type { Folder, Layout } from './layout.ts'
import { createSerialLine, type SerialLine } from './line.ts'
import type { Live } from './live.ts'
import { machineOf, providerId } from './machine.ts'
import { type RunRecord, readRun } from './run-record.ts'
import { createMachineScreen, type MachineScreen } from './screen.ts'

/** One machine as Berth knows it: what its folder says, and its thread if it is on. */
export interface Entry {
  readonly uuid: string
  readonly folder: Folder
  /** Its serial line, which outlives a thread that is replaced by another. */
  readonly line: SerialLine
  /** Its screen, likewise. */
  readonly screen: MachineScreen
  /** null when its file cannot be read; `problem` says why. */
  definition: Definition | null
  problem: string | null
  /** What the file looked like when it was read. */
  stamp: string
  run: RunRecord | null
  isSuspended: boolean
  missingPath: string | null
  live: Live | null
  /** States shown while Berth works on it, the last one first in line. */
  readonly holds: { readonly state: MachineState }[]
}

/** The definition and the entry of a machine that can be read. */
export interface Known {
  readonly entry: Entry
  readonly definition: Definition
}

export interface Fleet {
  /** Every machine there is, looked at afresh. One that cannot be read is among them. */
  all(): Promise<readonly Entry[]>
  /** null when there is no such machine. */
  find(id: MachineId): Promise<Entry | null>
  /** Fails with `not-found` when it is not there and with `output-unreadable` when it cannot be read. */
  get(id: MachineId): Promise<Known>
  /** Reads again what its folder says, if it changed. */
  refresh(entry: Entry): Promise<void>
  save(entry: Entry, definition: Definition): Promise<void>
  machine(entry: Entry): Machine
  /** Tells whoever watches how the machine is now. */
  publish(entry: Entry): void
  changed(change: ProviderChange): void
  /** Its folder is gone or moved. */
  forget(uuid: string): void
  /** Shows a state of our own while something is done; the machine's own is shown again afterwards. */
  hold<T>(entry: Entry, state: MachineState, job: () => Promise<T>): Promise<T>
  /** Entries in memory, without looking. */
  loaded(): readonly Entry[]
}

export function createFleet(host: Host, layout: Layout, changed: (change: ProviderChange) => void): Fleet {
  const entries = new Map<string, Entry>()

  const entryOf = (uuid: string): Entry => {
    let entry = entries.get(uuid)
    if (entry === undefined) {
      entry = {
        uuid,
        folder: layout.machine(uuid),
        line: createSerialLine(),
        screen: createMachineScreen(),
        definition: null,
        problem: null,
        stamp: '',
        run: null,
        isSuspended: false,
        missingPath: null,
        live: null,
        holds: [],
      }
      entries.set(uuid, entry)
    }
    return entry
  }

  const readEntry = async (entry: Entry): Promise<void> => {
    const { folder } = entry
    const about = await look(folder.definition).catch(() => null)
    const stamp = about === null ? 'absent' : `${about.mtimeMs}:${about.size}:${about.ino}`
    if (stamp !== entry.stamp) {
      try {
        entry.definition = await readDefinition(folder)
        if (entry.definition !== null && entry.definition.uuid !== entry.uuid) throw new Error('another uuid inside')
        entry.problem = entry.definition === null ? 'machine.json is missing' : null
      } catch (error) {
        entry.definition = null
        entry.problem = String(error)
        host.log.warn('builtin.unreadable', { uuid: entry.uuid, error: entry.problem })
      }
      entry.run = await readRun(folder)
      entry.stamp = stamp
    }
    if (entry.live === null) {
      entry.isSuspended = await exists(folder.suspended)
      entry.missingPath = entry.definition === null ? null : await missingPath(entry.definition, folder)
    }
  }

  const find = async (id: MachineId): Promise<Entry | null> => {
    const parsed = parseId(id)
    // A key that is no uuid is no name of a folder either.
    if (parsed?.provider !== providerId || !/^[0-9a-f-]{36}$/.test(parsed.key)) return null
    if (!(await exists(layout.machine(parsed.key).path))) {
      entries.delete(parsed.key)
      return null
    }
    const entry = entryOf(parsed.key)
    await readEntry(entry)
    return entry
  }

  const machine = (entry: Entry): Machine => machineOf({ ...entry, held: entry.holds.at(-1)?.state ?? null })

  const fleet: Fleet = {
    async all() {
      const uuids = (await names(layout.machines)).filter((name) => /^[0-9a-f-]{36}$/.test(name))
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
      await writeDefinition(entry.folder, definition)
      await readEntry(entry)
      fleet.publish(entry)
    },
    machine,
    publish: (entry) => changed({ kind: 'upsert', machine: machine(entry) }),
    changed,
    forget(uuid) {
      entries.delete(uuid)
      changed({ kind: 'removed', id: machineId(providerId, uuid) })
    },
    async hold(entry, state, job) {
      const held = { state }
      entry.holds.push(held)
      fleet.publish(entry)
      try {
        return await job()
      } finally {
        entry.holds.splice(entry.holds.indexOf(held), 1)
        fleet.publish(entry)
      }
    },
    loaded: () => [...entries.values()],
  }
  return fleet
}

/** Its disk or its disc, when it is not there. */
async function missingPath({ diskBytes, discPath }: Definition, folder: Folder): Promise<string | null> {
  const paths = [...(diskBytes === null ? [] : [folder.disk]), ...(discPath === null ? [] : [discPath])]
  for (const path of paths) if (!(await exists(path).catch(() => true))) return path
  return null
}
