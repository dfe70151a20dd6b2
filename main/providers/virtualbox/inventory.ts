import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId, parseId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import { isSame } from '../../../app/util/same.ts'
import { quietOp, throwIfCancelled } from '../common/op.ts'
import type { Host, Op, ProviderChange } from '../provider.ts'
import { createIsAlive } from './alive.ts'
import * as commands from './commands.ts'
import {
  type Entry,
  type Known,
  liveSession,
  moveEntry,
  newEntry,
  type ObservedState,
  observedStateOf,
  unsettledSession,
} from './entry.ts'
import { machineOf, providerId } from './machine.ts'
import type { MachineQueue } from './machine-queue.ts'
import type { Manage } from './manage.ts'
import { type Listed, parseInfo, parseLongList, readList } from './parse.ts'
import { readSettings } from './read-settings.ts'
import { emptyRegistry, type Registry, readRegistry, registryPath } from './registry.ts'
import { stampOf, withReplacing } from './replaced-file.ts'
import { isListedAsRunning, isResting, wordOf } from './states.ts'
import { createUntil } from './until.ts'
import { isUnwritten, writeDown } from './unwritten.ts'

/**
 * All machines, from VirtualBox's own files: they say everything but what its server does to a machine that is off. The tool is
 * asked which machines there are and which run, never about one machine after another.
 */
export interface Inventory {
  /**
   * All machines. The tool is asked for its lists; should it stall, as it does for ten seconds at times, the files are answer
   * enough, and what it says later is published.
   */
  list(op: Op): Promise<readonly Machine[]>
  /** Asks the tool for its lists, and publishes what turned out to be different. */
  check(): Promise<void>
  /** One machine by its files, looked at now; null when the registry has no such machine. Starts nothing. */
  find(id: MachineId): Promise<Entry | null>
  /** As `find`, for one that must be there and readable: throws `not-found` and `output-unreadable`. */
  get(id: MachineId): Promise<Known>
  /** The machine's state as files and processes tell it now. */
  observedState(entry: Entry): ObservedState
  /**
   * The machine and its state, for proofs; null when it does not exist. Where VirtualBox's own process writes no log, the tool
   * is asked.
   */
  look(id: MachineId, op: Op): Promise<{ readonly entry: Entry; readonly observedState: ObservedState } | null>
  /** Waits until `isThere` holds of the state. Throws `cancelled`, and `timeout` at `timeoutMs`; null waits for ever. */
  until(
    id: MachineId,
    isThere: (observedState: ObservedState) => boolean,
    op: Op,
    timeoutMs: number | null,
  ): Promise<ObservedState>
  /** What VirtualBox.xml says, looked at now. */
  registry(): Promise<Registry>
  machine(entry: Entry): Machine
  /** Tells whoever watches how the machine is now. */
  publish(entry: Entry): void
  changed(change: ProviderChange): void
  /** Shows a state of our own while something is done; the machine's own is shown again afterwards. */
  withTransientState<T>(entry: Entry, state: MachineState, job: () => Promise<T>): Promise<T>
  /** Looks at the files of one machine; true when its row may be different. */
  refresh(entry: Entry): Promise<boolean>
  /** Looks at the registry: which entries came or are elsewhere now, and which went. */
  refreshRegistry(): Promise<{ readonly came: readonly Entry[]; readonly went: readonly Entry[] }>
  /** Entries in memory, without looking. */
  loaded(): readonly Entry[]
  /** Called when something of an entry turned out to be different. */
  onTouched(listener: (entry: Entry) => void): () => void
}

/** How long a list is waited for when the files could be read. */
const listPatienceMs = 2_000
/** How long VirtualBox may take to write into the settings what the log has said before it is asked. */
const settleMs = 2_000

export function createInventory(
  host: Host,
  home: string,
  manage: Manage,
  queue: MachineQueue,
  changed: (change: ProviderChange) => void,
): Inventory {
  const isAlive = createIsAlive(host.platform)
  const entries = new Map<string, Entry>()
  const listeners = new Set<(entry: Entry) => void>()
  const settling = new WeakSet<Entry>()
  let registry: Registry = emptyRegistry
  let registryStamp = ''

  const observedState = (entry: Entry): ObservedState => observedStateOf(entry, isAlive)
  const onTouched = (listener: (entry: Entry) => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  async function refreshRegistry(): Promise<{ came: Entry[]; went: Entry[] }> {
    const stamp = await stampOf(registryPath(home))
    if (stamp !== registryStamp && stamp !== null) {
      registry = await withReplacing(() => readRegistry(home))
      registryStamp = stamp
    }
    const came: Entry[] = []
    for (const [uuid, path] of registry.machines) {
      const entry = entries.get(uuid) ?? newEntry(uuid)
      if (!entries.has(uuid) || entry.path !== path) came.push(entry)
      entries.set(uuid, entry)
      moveEntry(entry, path)
    }
    const went = [...entries.values()].filter(({ uuid, path }) => path !== null && !registry.machines.has(uuid))
    for (const { uuid } of went) entries.delete(uuid)
    return { came, went }
  }

  async function refresh(entry: Entry): Promise<boolean> {
    const before = machineOf(entry, observedState(entry))
    const { settings } = entry
    await Promise.all([readSettings(entry, refreshRegistry, host.log), entry.log?.refresh(isAlive)])
    settle(entry)
    const isDifferent = settings !== entry.settings || !isSame(before, machineOf(entry, observedState(entry)))
    if (isDifferent) for (const listener of [...listeners]) listener(entry)
    return isDifferent
  }

  /** Sees to it that a run ends for us too whose end never gets into the settings. */
  function settle(entry: Entry): void {
    if (unsettledSession(entry, isAlive) === null) {
      const session = entry.log?.session() ?? null
      if (session?.word === 'saved' && entry.settings !== null) entry.overRun = session.openedAt
      return
    }
    if (settling.has(entry)) return
    settling.add(entry)
    setTimeout(() => {
      void settled(entry).catch((error) =>
        host.log.warn('virtualbox.settle', { uuid: entry.uuid, error: String(error) }),
      )
    }, settleMs).unref()
  }

  async function settled(entry: Entry): Promise<void> {
    try {
      if (unsettledSession(entry, isAlive) !== null) await askByName(entry, quietOp)
    } finally {
      settling.delete(entry)
      if (entries.get(entry.uuid) === entry) {
        await refresh(entry)
        inventory.publish(entry)
      }
    }
  }

  async function find(id: MachineId): Promise<Entry | null> {
    const parsed = parseId(id)
    if (parsed?.provider !== providerId) return null
    await refreshRegistry().catch((error) => host.log.warn('virtualbox.registry', { error: String(error) }))
    const entry = entries.get(parsed.key) ?? null
    if (entry !== null) await refresh(entry)
    return entry
  }

  /** Takes the tool's two lists: who is there, and who runs. */
  async function takeLists(listed: readonly Listed[], running: ReadonlySet<string>): Promise<void> {
    const uuids = new Set(listed.map(({ uuid }) => uuid))
    // One that was registered after the list began is in the registry already.
    for (const uuid of entries.keys()) if (!uuids.has(uuid) && !registry.machines.has(uuid)) entries.delete(uuid)
    for (const { uuid, name } of listed) {
      const entry = entries.get(uuid) ?? newEntry(uuid)
      entries.set(uuid, entry)
      entry.isRefused = name === null
      if (name !== null) entry.listedName = name
      else if (entry.problem === null) entry.stamp = ''
      if (entry.problem?.kind === 'refused' && name !== null) entry.problem = null
    }
    // The registry was looked for in the wrong place, or another program wrote it just now: the tool knows the paths.
    const lost = [...entries.values()].filter(({ path, isRefused }) => path === null && !isRefused)
    if (lost.length > 0) {
      const long = parseLongList(await manage.run(commands.listMachinesLong(), quietOp))
      for (const entry of lost) moveEntry(entry, long.get(entry.uuid)?.settingsPath ?? null)
    }
    await Promise.all([...entries.values()].map(refresh))
    for (const entry of entries.values()) {
      if (entry.path === null && entry.isRefused) entry.problem = { kind: 'refused', path: null, said: '' }
      await reconcile(entry, running.has(entry.uuid))
    }
  }

  /** Where the tool's list says otherwise than the files, it is the tool that is believed. */
  async function reconcile(entry: Entry, isRunning: boolean): Promise<void> {
    const { word } = observedState(entry)
    if (isRunning === isListedAsRunning(word)) return
    // A start or an end between the two looks; those in between are not listed.
    if (isRunning && isResting(word)) {
      if (liveSession(entry, isAlive) === null) entry.told = { word: 'running', since: null, stamp: entry.stamp }
      return
    }
    if (isRunning || !isListedAsRunning(word)) return
    await refresh(entry)
    if (!isListedAsRunning(observedState(entry).word)) return
    await askByName(entry, quietOp)
  }

  /** The state of one machine by `showvminfo`, in the machine's own queue, since it takes the machine for a moment. */
  async function askByName(entry: Entry, op: Op): Promise<void> {
    const result = await queue.run(entry.uuid, () => manage.attempt(commands.showMachine(entry.uuid), op))
    const said = parseInfo(result.stdout).get('VMState')
    if (said === undefined) return
    const word = wordOf(said)
    if (isResting(word)) entry.overRun = entry.log?.session()?.openedAt ?? null
    const isLost = isUnwritten(word, entry.settings)
    entry.told = isResting(word) && !isLost ? null : { word, since: null, stamp: entry.stamp }
    if (isLost) await writeDown(entry.uuid, { host, manage, queue })
  }

  /** Nothing says what its process does: it never ran, or keeps no log. */
  const isBlind = ({ log, problem }: Entry): boolean => problem === null && (log?.session() ?? null) === null

  async function look(id: MachineId, op: Op): Promise<{ entry: Entry; observedState: ObservedState } | null> {
    const entry = await find(id)
    if (entry === null) return null
    if (isBlind(entry)) {
      const running = readList(await manage.run(commands.listRunning(), op), isKnown)
      const isRunning = running.some(({ uuid }) => uuid === entry.uuid)
      await refresh(entry)
      if (isRunning && isBlind(entry)) await askByName(entry, op)
      else if (!isRunning) entry.told = null
    }
    return { entry, observedState: observedState(entry) }
  }

  let listing: Promise<void> | null = null

  /** Asks the tool for its lists; whoever asks meanwhile gets the same. */
  function lists(): Promise<void> {
    listing ??= (async () => {
      const listed = await manage.run(commands.listMachines(), quietOp)
      const running = await manage.run(commands.listRunning(), quietOp)
      await refreshRegistry().catch(() => {})
      await takeLists(readList(listed, isKnown), new Set(readList(running, isKnown).map(({ uuid }) => uuid)))
    })().finally(() => {
      listing = null
    })
    return listing
  }

  /** Waits for the lists and tells which rows they changed. */
  async function published(asked: Promise<void>): Promise<void> {
    const before = new Map([...entries.values()].map((entry) => [entry.uuid, inventory.machine(entry)]))
    await asked
    for (const [uuid, machine] of before) if (!entries.has(uuid)) changed({ kind: 'removed', id: machine.id })
    for (const entry of entries.values()) {
      if (!isSame(before.get(entry.uuid), inventory.machine(entry))) inventory.publish(entry)
    }
  }

  function isKnown(uuid: string): boolean {
    return registry.machines.size === 0 || registry.machines.has(uuid)
  }

  const inventory: Inventory = {
    async list(op) {
      const asked = lists()
      // A registry without machines may be one in the wrong place.
      const canRead = await refreshRegistry().then(
        () => registry.machines.size > 0,
        () => false,
      )
      if (canRead) await Promise.all([...entries.values()].map(refresh))
      const isLate = await Promise.race([asked.then(() => false), later(canRead ? listPatienceMs : null, op.signal)])
      throwIfCancelled(op)
      if (isLate) {
        host.log.info('virtualbox.list.late', {})
        published(asked).catch((error) => host.log.warn('virtualbox.list', { error: String(error) }))
      }
      return [...entries.values()].map(inventory.machine)
    },
    check: () => published(lists()),
    find,
    async get(id) {
      const entry = await find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      const { settings, path, problem } = entry
      if (settings !== null && path !== null && problem === null) return { entry, settings, path }
      throw failure(
        'output-unreadable',
        { key: 'virtualbox.error.inaccessible' },
        {
          hint: { key: 'virtualbox.error.inaccessible.hint' },
          detail: [path, problem?.said].filter((line) => line != null && line !== '').join('\n') || null,
        },
      )
    },
    observedState,
    look,
    until: createUntil({ find, observedState, isBlind, askByName, onTouched }),
    async registry() {
      await refreshRegistry()
      return registry
    },
    machine: (entry) => machineOf(entry, observedState(entry)),
    publish: (entry) => changed({ kind: 'upsert', machine: inventory.machine(entry) }),
    changed,
    async withTransientState(entry, state, job) {
      const held = { state }
      entry.holds.push(held)
      inventory.publish(entry)
      try {
        return await job()
      } finally {
        entry.holds.splice(entry.holds.indexOf(held), 1)
        if (entries.get(entry.uuid) === entry) {
          await refresh(entry).catch(() => {})
          inventory.publish(entry)
        }
      }
    },
    refresh,
    refreshRegistry,
    loaded: () => [...entries.values()],
    onTouched,
  }
  return inventory
}

/** Settles with true after a while, or when it is called off; null is never. */
function later(delayMs: number | null, signal: AbortSignal): Promise<true> {
  return new Promise((resolve) => {
    const timer = delayMs === null ? null : setTimeout(() => resolve(true), delayMs)
    timer?.unref()
    signal.addEventListener('abort', () => resolve(true), { once: true })
  })
}

/** The id of a machine by its UUID. */
export function idOf(uuid: string): MachineId {
  return machineId(providerId, uuid)
}
