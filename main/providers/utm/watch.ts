import { type FSWatcher, watch as watchFolder } from 'node:fs'
import { basename, dirname } from 'node:path'
import { quietOp } from '../common/op.ts'
import type { Host, ProviderChange } from '../provider.ts'
import { endpointId } from './machine.ts'
import type { MachineRegistry } from './machine-registry.ts'

/** Looks at what runs, by the clock: UTM tells nobody. */
const runningMs = 5_000
/** UTM's app does not run: only whether it does is asked. */
const closedMs = 15_000

/**
 * Tells of changes that others make: in the bundles and in UTM's registry at once, in what runs within some seconds. Costs
 * one `pgrep`, and one `utmctl list` while UTM's app runs, and neither while nobody looks; the app is never started by looking.
 */
export function watchMachines(
  {
    host,
    machineRegistry,
    documents,
    preferences,
  }: {
    readonly host: Host
    readonly machineRegistry: MachineRegistry
    readonly documents: string
    readonly preferences: string
  },
  changed: (change: ProviderChange) => void,
): () => void {
  let isOver = false
  let hasFailed = false
  let isLooking = false
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | null = null
  const watchers = new Map<string, FSWatcher>()

  const list = (): void => {
    if (!isOver) changed({ kind: 'list', endpointId })
  }

  const watchOne = (folder: string, isAboutUs: (name: string) => boolean, isDeep: boolean): void => {
    if (watchers.has(folder)) return
    try {
      const watcher = watchFolder(folder, { recursive: isDeep, persistent: false }, (_event, name) => {
        if (name === null || isAboutUs(String(name))) list()
      })
      watcher.on('error', () => forget(folder))
      watchers.set(folder, watcher)
    } catch {
      // Not there yet, or not to be seen: tried again at the next look.
    }
  }
  const forget = (folder: string): void => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const watchAll = (): void => {
    // Disks change all the time while a machine runs: only what says what a machine is counts.
    watchOne(documents, (name) => /^[^/]*\.utm$|\.utm\/config\.plist$/i.test(name), true)
    watchOne(dirname(preferences), (name) => name.startsWith(basename(preferences)), false)
  }

  const isWatched = (): boolean => !isOver && host.attention?.isWatched() !== false

  const look = async (): Promise<void> => {
    isLooking = true
    timer = null
    let waitMs = runningMs
    try {
      const { rows } = await machineRegistry.survey({ ...quietOp, signal: stopping.signal })
      if (rows === null) waitMs = closedMs
      if (hasFailed) changed({ kind: 'endpoints' })
      hasFailed = false
      if (machineRegistry.isNews(rows)) list()
    } catch (error) {
      // What is the matter is for the probe to say; it is asked once, not at every look.
      if (!hasFailed && !isOver) changed({ kind: 'endpoints' })
      hasFailed = true
      host.log.debug('utm.look', { error: String(error) })
    }
    isLooking = false
    if (isOver) return
    watchAll()
    if (!isWatched()) return
    timer = setTimeout(() => void look(), waitMs)
    timer.unref()
  }
  const begin = (): void => {
    if (timer === null && !isLooking) void look()
  }
  const rest = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  watchAll()
  const forgetAttention = host.attention?.onChanged((isWatchedNow) => (isWatchedNow ? begin() : rest()))
  if (isWatched()) begin()
  return () => {
    isOver = true
    stopping.abort()
    forgetAttention?.()
    rest()
    for (const folder of [...watchers.keys()]) forget(folder)
  }
}
