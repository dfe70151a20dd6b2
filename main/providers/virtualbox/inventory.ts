import { readFile, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId, parseId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import { isSame } from '../../../app/util/same.ts'
import type { Host, Op, ProviderChange } from '../provider.ts'
import { createIsAlive } from './alive.ts'
import * as commands from './commands.ts'
import { type Entry, type Known, liveSession, moveEntry, newEntry, type Problem, type Sight, sightOf } from './entry.ts'
import { machineOf, providerId } from './machine.ts'
import type { MachineQueue } from './machine-queue.ts'
import type { Manage } from './manage.ts'
import { type Listed, parseInfo, parseList, parseLongList } from './parse.ts'
import { emptyRegistry, type Registry, readRegistry, registryPath } from './registry.ts'
import { parseSettings } from './settings-file.ts'
import { isListedAsRunning, isResting, wordOf } from './states.ts'

/**
 * All machines, from VirtualBox's own files: they say everything but what its server does to a machine that is off. The tool is
 * asked which machines there are and which run, never about one machine after another.
 */
export interface Inventory {
  /** All machines, with two calls of the tool. */
  list(op: Op): Promise<readonly Machine[]>
  /** One machine by its files, looked at now; null when the registry has no such machine. Starts nothing. */
  find(id: MachineId): Promise<Entry | null>
  /** As `find`, for one that must be there and readable: throws `not-found` and `output-unreadable`. */
  get(id: MachineId): Promise<Known>
  /** The machine's state as files and processes tell it now. */
  sight(entry: Entry): Sight
  /** The machine and its state, and the tool agrees; null when it does not exist. For proofs: it starts a process. */
  look(id: MachineId, op: Op): Promise<{ readonly entry: Entry; readonly sight: Sight } | null>
  /** Waits until `isThere` holds of the state by the files, then for the tool to agree. Throws `cancelled`, and `timeout` at `timeoutMs`. */
  until(id: MachineId, isThere: (sight: Sight) => boolean, op: Op, timeoutMs: number | null): Promise<Sight>
  /** What VirtualBox.xml says, looked at now. */
  registry(): Promise<Registry>
  machine(entry: Entry): Machine
  /** Tells whoever watches how the machine is now. */
  publish(entry: Entry): void
  changed(change: ProviderChange): void
  /** Shows a state of our own while something is done; the machine's own is shown again afterwards. */
  hold<T>(entry: Entry, state: MachineState, job: () => Promise<T>): Promise<T>
  /** Looks at the files of one machine; true when its row may be different. */
  refresh(entry: Entry): Promise<boolean>
  /** Looks at the registry: which entries came, and which went. */
  refreshRegistry(): Promise<{ readonly came: readonly Entry[]; readonly went: readonly Entry[] }>
  /** Entries in memory, without looking. */
  loaded(): readonly Entry[]
  /** Called when something of an entry turned out to be different. */
  onTouched(listener: (entry: Entry) => void): () => void
}

/** VirtualBox replaces a settings file in three steps, in between which there is none. */
const replacedMs = [10, 20, 40, 80, 160] as const
/** Files and tool disagree while a change is under way; after this they are asked about by name. */
const agreeMs = 2_000
const agreePauseMs = 60
/** Should no file tell of a change, it is looked for this often while something waits for it. */
const untilPollMs = 1_000

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
  let registry: Registry = emptyRegistry
  let registryStamp = ''

  const sight = (entry: Entry): Sight => sightOf(entry, isAlive)

  async function refreshRegistry(): Promise<{ came: Entry[]; went: Entry[] }> {
    const stamp = await stampOf(registryPath(home))
    if (stamp !== registryStamp && stamp !== null) {
      registry = await withReplacing(() => readRegistry(home))
      registryStamp = stamp
    }
    const came: Entry[] = []
    for (const [uuid, path] of registry.machines) {
      const entry = entries.get(uuid) ?? newEntry(uuid)
      if (!entries.has(uuid)) came.push(entry)
      entries.set(uuid, entry)
      moveEntry(entry, path)
    }
    const went = [...entries.values()].filter(({ uuid, path }) => path !== null && !registry.machines.has(uuid))
    for (const { uuid } of went) entries.delete(uuid)
    return { came, went }
  }

  async function refreshSettings(entry: Entry): Promise<void> {
    const { path } = entry
    if (path === null) return
    const stamp = await stampOf(path)
    if (stamp !== null && stamp === entry.stamp && entry.problem === null) return
    try {
      const settings = parseSettings(await withReplacing(() => readFile(path, 'utf8')), path)
      if (settings.uuid !== entry.uuid) throw new Error(`the file is that of ${settings.uuid}`)
      entry.settings = settings
      entry.stamp = stamp ?? `read at ${Date.now()}`
      entry.problem = entry.isRefused ? { kind: 'refused', path, said: '' } : null
    } catch (error) {
      entry.problem = problemOf(error, path)
      entry.stamp = ''
      host.log.warn('virtualbox.unreadable', { uuid: entry.uuid, path, error: String(error) })
    }
  }

  async function refresh(entry: Entry): Promise<boolean> {
    const before = machineOf(entry, sight(entry))
    const { settings } = entry
    await Promise.all([refreshSettings(entry), entry.log?.refresh(isAlive)])
    const isDifferent = settings !== entry.settings || !isSame(before, machineOf(entry, sight(entry)))
    if (isDifferent) for (const listener of [...listeners]) listener(entry)
    return isDifferent
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
  async function takeLists(listed: readonly Listed[], running: ReadonlySet<string>, op: Op): Promise<void> {
    await refreshRegistry().catch((error) => host.log.warn('virtualbox.registry', { error: String(error) }))
    const uuids = new Set(listed.map(({ uuid }) => uuid))
    for (const uuid of entries.keys()) if (!uuids.has(uuid)) entries.delete(uuid)
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
      const long = parseLongList(await manage.run(commands.listMachinesLong(), op))
      for (const entry of lost) moveEntry(entry, long.get(entry.uuid)?.settingsPath ?? null)
    }
    await Promise.all([...entries.values()].map(refresh))
    for (const entry of entries.values()) {
      if (entry.path === null && entry.isRefused) entry.problem = { kind: 'refused', path: null, said: '' }
      await reconcile(entry, running.has(entry.uuid), op)
    }
  }

  /** Where the tool's list says otherwise than the files, it is the tool that is believed. */
  async function reconcile(entry: Entry, isRunning: boolean, op: Op): Promise<void> {
    const { word } = sight(entry)
    if (isRunning === isListedAsRunning(word)) return
    // A start or an end between the two looks; those in between are not listed.
    if (isRunning && isResting(word)) {
      if (liveSession(entry, isAlive) === null) entry.told = { word: 'running', since: null, stamp: entry.stamp }
      return
    }
    if (isRunning || !isListedAsRunning(word)) return
    await refresh(entry)
    if (!isListedAsRunning(sight(entry).word)) return
    await askByName(entry, op)
  }

  /** The state of one machine by `showvminfo`, in the machine's own queue, since it takes the machine for a moment. */
  async function askByName(entry: Entry, op: Op): Promise<void> {
    const result = await queue.run(entry.uuid, () => manage.attempt(commands.showMachine(entry.uuid), op))
    const word = parseInfo(result.stdout).get('VMState')
    if (word === undefined) return
    takeWord(entry, wordOf(word), null)
  }

  function takeWord(entry: Entry, word: string, since: string | null): void {
    if (isResting(word)) entry.disownedRun = entry.log?.session()?.openedAt ?? null
    entry.told = { word, since, stamp: entry.stamp }
  }

  async function look(id: MachineId, op: Op): Promise<{ entry: Entry; sight: Sight } | null> {
    const until = Date.now() + agreeMs
    for (;;) {
      const entry = await find(id)
      if (entry === null) return null
      if (entry.problem !== null) return { entry, sight: sight(entry) }
      const said = parseLongList(await manage.run(commands.listRunningLong(), op)).get(entry.uuid)
      await refresh(entry)
      const now = sight(entry)
      const isAgreed = said?.word == null ? !isListedAsRunning(now.word) : said.word === now.word
      if (isAgreed) return { entry, sight: now }
      if (Date.now() > until) {
        if (said?.word != null) takeWord(entry, said.word, said.since)
        else await askByName(entry, op)
        return { entry, sight: sight(entry) }
      }
      await delay(agreePauseMs)
    }
  }

  const inventory: Inventory = {
    async list(op) {
      const isKnown = (uuid: string): boolean => registry.machines.size === 0 || registry.machines.has(uuid)
      const [listed, running] = await Promise.all([
        manage.run(commands.listMachines(), op),
        manage.run(commands.listRunning(), op),
        refreshRegistry().catch(() => null),
      ])
      await refreshRegistry().catch(() => null)
      await takeLists(parseList(listed, isKnown), new Set(parseList(running, isKnown).map(({ uuid }) => uuid)), op)
      return [...entries.values()].map(inventory.machine)
    },
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
    sight,
    look,
    async until(id, isThere, op, timeoutMs) {
      const deadline = timeoutMs === null ? null : Date.now() + timeoutMs
      for (;;) {
        const entry = await find(id)
        if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
        if (isThere(sight(entry))) {
          const seen = await look(id, op)
          if (seen !== null && isThere(seen.sight)) return seen.sight
        }
        if (deadline !== null && Date.now() > deadline) {
          const params = { tool: 'VirtualBox', seconds: Math.round((timeoutMs ?? 0) / 1000) }
          throw failure('timeout', { key: 'error.timeout', params }, { hint: { key: 'error.timeout.hint' } })
        }
        await nextTouch(entry, op.signal)
        if (op.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
      }
    },
    async registry() {
      await refreshRegistry()
      return registry
    },
    machine: (entry) => machineOf(entry, sight(entry)),
    publish: (entry) => changed({ kind: 'upsert', machine: inventory.machine(entry) }),
    changed,
    async hold(entry, state, job) {
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
    onTouched(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  return inventory

  /** Settles when something of this machine is different, when it is time to look again anyway, or when it is called off. */
  function nextTouch(entry: Entry, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        stop()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, untilPollMs)
      const stop = inventory.onTouched((one) => {
        if (one === entry) end()
      })
      signal.addEventListener('abort', end, { once: true })
    })
  }
}

async function stampOf(path: string): Promise<string | null> {
  try {
    const about = await withReplacing(() => stat(path, { bigint: true }))
    return `${about.mtimeNs}:${about.size}:${about.ino}`
  } catch {
    return null
  }
}

/** Reads what may be in the middle of being replaced. */
async function withReplacing<T>(read: () => Promise<T>): Promise<T> {
  for (const pauseMs of replacedMs) {
    try {
      return await read()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      await delay(pauseMs)
    }
  }
  return read()
}

function problemOf(error: unknown, path: string): Problem {
  const { code } = error as NodeJS.ErrnoException
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : code === undefined ? 'damaged' : 'denied'
  return { kind, path, said: error instanceof Error ? error.message : String(error) }
}

/** The id of a machine by its UUID. */
export function idOf(uuid: string): MachineId {
  return machineId(providerId, uuid)
}
