import { existsSync, type FSWatcher, watch } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { HostId } from '../../../app/domain/ids.ts'
import type { HostInfo } from '../../../app/domain/provider.ts'
import type { Context } from './parse.ts'

/** Where a context's engine is. */
export interface Place {
  readonly host: HostInfo
  readonly isLocal: boolean
  readonly socketPath: string | null
  readonly hostName: string | null
}

const local: HostInfo = { id: 'local', label: null, address: null }

/** From `unix:///…`, `npipe:///…`, `ssh://user@host:22`, `tcp://host:2376`; what cannot be read is a host of its own. */
export function placeOf(context: Context): Place {
  const { endpoint } = context
  if (endpoint.startsWith('unix://')) {
    return { host: local, isLocal: true, socketPath: endpoint.slice('unix://'.length), hostName: null }
  }
  if (endpoint.startsWith('npipe://') || endpoint === '') {
    return { host: local, isLocal: true, socketPath: null, hostName: null }
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  // An ssh URL's host is read by no browser rule: it comes as it was written.
  const hostName = url === null ? null : url.hostname.replace(/^\[|\]$/g, '') || null
  if (url?.protocol === 'tcp:' && hostName !== null && isLoopback(hostName)) {
    return { host: local, isLocal: true, socketPath: null, hostName }
  }
  const id: HostId = endpoint
  return {
    host: { id, label: hostName ?? context.name, address: endpoint },
    isLocal: false,
    socketPath: null,
    hostName,
  }
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(?:\.\d+){3}$/.test(name)
}

/**
 * The contexts worth an endpoint. Two that lead to the same engine would show every container twice: the current one, else the
 * first, stands for both. `default` is left out while there is nothing at its socket and another context is in use.
 */
export function usableContexts(
  contexts: readonly Context[],
  socketExists: (path: string) => boolean,
): readonly Context[] {
  const sorted = [...contexts].sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
  const seen = new Set<string>()
  const kept = sorted.filter((context) => {
    if (context.endpoint !== '' && seen.has(context.endpoint)) return false
    seen.add(context.endpoint)
    if (context.name !== 'default' || context.isCurrent) return true
    const { socketPath } = placeOf(context)
    return socketPath === null || socketExists(socketPath)
  })
  return contexts.filter((context) => kept.includes(context))
}

/** The tool's own folder of settings: where contexts are kept. */
export function dockerConfigFolder(): string {
  return process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker')
}

/**
 * Calls back when a context may have been added, removed or chosen. Watches the folders that exist; one that comes later is
 * seen through its parent.
 */
export function watchContexts(folder: string, changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  const add = (path: string, onEvent: (name: string) => void): void => {
    if (watchers.has(path)) return
    const watcher = watchFolder(path, onEvent, () => {
      watchers.get(path)?.close()
      watchers.delete(path)
    })
    if (watcher !== null) watchers.set(path, watcher)
  }
  const meta = join(folder, 'contexts', 'meta')
  const addAll = (): void => {
    if (!existsSync(folder)) {
      add(dirname(folder), (name) => {
        if (name !== basename(folder)) return
        addAll()
        changed()
      })
      return
    }
    add(folder, (name) => {
      if (name !== 'config.json' && name !== 'contexts') return
      addAll()
      changed()
    })
    add(join(folder, 'contexts'), () => {
      addAll()
      changed()
    })
    add(meta, changed)
  }
  addAll()
  return () => {
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }
}

/** Calls back when the socket comes or goes, through its folder, which outlives it. */
export function watchSocket(path: string, changed: () => void): () => void {
  const watcher = watchFolder(
    dirname(path),
    (name) => {
      if (name === basename(path)) changed()
    },
    () => {},
  )
  return () => watcher?.close()
}

/** A folder that is not there, or cannot be watched, is simply not watched: everything works without, only later. */
function watchFolder(path: string, onEvent: (name: string) => void, onError: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, (_kind, name) => onEvent(name ?? ''))
    watcher.on('error', onError)
    return watcher
  } catch {
    return null
  }
}
