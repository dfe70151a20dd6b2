import { existsSync, type FSWatcher, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ProviderChange } from '../provider.ts'
import { type Entry, logFolder } from './entry.ts'
import type { Inventory } from './inventory.ts'
import { idOf } from './inventory.ts'
import type { ProviderContext } from './provider-context.ts'
import { registryPath } from './registry.ts'

/** A settings file is replaced in three steps, and what changes together is told once. */
const gatherMs = 25

/** Hears of changes from the system: of the registry, of every machine's settings and of every machine's log. */
export interface Watch {
  /** Watches what there is to watch now, and nothing else. */
  arrange(): void
  stop(): void
}

export function createWatch(context: ProviderContext, emit: (change: ProviderChange) => void): Watch {
  const { inventory, home, host } = context
  const watchers = new Map<string, FSWatcher>()
  const waiting = new Map<string, NodeJS.Timeout>()
  let isStopped = false

  /** Does the job once, a moment after the first of several askings. */
  const gather = (name: string, job: () => Promise<void>): void => {
    if (isStopped || waiting.has(name)) return
    waiting.set(
      name,
      setTimeout(() => {
        waiting.delete(name)
        job().catch((error) => host.log.warn('virtualbox.watch', { name, error: String(error) }))
      }, gatherMs),
    )
  }

  const touch = (entry: Entry): void =>
    gather(entry.uuid, async () => {
      const { settings } = entry
      if (!(await inventory.refresh(entry)) || isStopped) return
      inventory.publish(entry)
      if (settings !== null && settings !== entry.settings) emit({ kind: 'snapshots', id: idOf(entry.uuid) })
    })

  const registryChanged = (): void =>
    gather('registry', async () => {
      const { came, went } = await inventory.refreshRegistry()
      for (const { uuid } of went) emit({ kind: 'removed', id: idOf(uuid) })
      await Promise.all(came.map(inventory.refresh))
      for (const entry of came) inventory.publish(entry)
      if (came.length + went.length > 0) arrange()
    })

  function heard(folder: string, name: string): void {
    if (folder === home) {
      if (name === '' || name === basename(registryPath(home))) registryChanged()
      return
    }
    // The folder itself was moved or deleted: what is watched now is no longer what lies at this path.
    const isItself = name === basename(folder) && !existsSync(join(folder, name))
    if (isItself) {
      watchers.get(folder)?.close()
      watchers.delete(folder)
      arrange()
    }
    for (const entry of entriesIn(inventory, folder)) {
      const { path } = entry
      if (path === null) continue
      if (isItself) touch(entry)
      if (folder === dirname(path)) {
        if (name === 'Logs') arrange()
        if (name === '' || name === 'Logs' || name === basename(path)) touch(entry)
      } else if (name === '' || name === 'VBox.log') touch(entry)
    }
  }

  function arrange(): void {
    if (isStopped) return
    const wanted = new Set([home])
    for (const { path } of inventory.loaded()) {
      if (path === null) continue
      wanted.add(dirname(path))
      wanted.add(logFolder(path))
    }
    for (const [folder, watcher] of watchers) {
      if (wanted.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue
      const watcher = watchFolder(folder, (name) => heard(folder, name))
      if (watcher === null) continue
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
      })
      watchers.set(folder, watcher)
    }
  }

  return {
    arrange,
    stop() {
      isStopped = true
      for (const timer of waiting.values()) clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** Machines may lie beside one another in one folder. */
function entriesIn(inventory: Inventory, folder: string): readonly Entry[] {
  return inventory
    .loaded()
    .filter(({ path }) => path !== null && (dirname(path) === folder || logFolder(path) === folder))
}

/** A folder that is not there, or cannot be watched, is not watched: the next look at the list tries again. */
function watchFolder(path: string, onEvent: (name: string) => void): FSWatcher | null {
  try {
    return watch(path, { persistent: false }, (_kind, name) => onEvent(name ?? ''))
  } catch {
    return null
  }
}
