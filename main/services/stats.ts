import { errorOf } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Stats } from '../../app/domain/stats.ts'
import type { Log } from '../log.ts'
import type { Provider } from '../providers/provider.ts'
import type { InventoryService } from './inventory.ts'
import { withLimit } from './limit.ts'

const intervalMs = 2_000
/** A provider slower than this has no figures this time. */
const answerMs = 8_000

/** Figures for whoever looks, and only while somebody does: nothing runs for a window that is hidden or shows no machine. */
export interface StatsService {
  readonly watch: (send: (stats: readonly Stats[]) => void) => {
    readonly view: (ids: readonly MachineId[]) => void
    readonly close: () => void
  }
  readonly setVisible: (isVisible: boolean) => void
  readonly stop: () => void
}

interface Watcher {
  readonly send: (stats: readonly Stats[]) => void
  ids: ReadonlySet<MachineId>
}

export function createStats(inventory: Pick<InventoryService, 'machine' | 'providerOf'>, log: Log): StatsService {
  const watchers = new Set<Watcher>()
  /** Providers that still owe the last answer are not asked again. */
  const owing = new Set<string>()
  const stopping = new AbortController()
  let isVisible = true
  let timer: NodeJS.Timeout | null = null
  let lastAskedMs = Number.NEGATIVE_INFINITY

  function wanted(): ReadonlyMap<Provider, readonly MachineId[]> {
    const ids = new Set([...watchers].flatMap((watcher) => [...watcher.ids]))
    const byProvider = new Map<Provider, MachineId[]>()
    for (const id of ids) {
      if (inventory.machine(id)?.state !== 'running') continue
      const provider = inventory.providerOf(id)
      if (provider.stats === undefined) continue
      byProvider.set(provider, [...(byProvider.get(provider) ?? []), id])
    }
    return byProvider
  }

  /** Keeps the one timer going while there is somebody to tell. */
  function arrange(): void {
    const isNeeded = isVisible && !stopping.signal.aborted && [...watchers].some((watcher) => watcher.ids.size > 0)
    if (!isNeeded && timer !== null) {
      clearTimeout(timer)
      timer = null
    }
    if (!isNeeded || timer !== null) return
    timer = setTimeout(
      () => {
        timer = null
        lastAskedMs = performance.now()
        for (const [provider, ids] of wanted()) void ask(provider, ids)
        arrange()
      },
      Math.max(0, lastAskedMs + intervalMs - performance.now()),
    )
  }

  async function ask(provider: Provider, ids: readonly MachineId[]): Promise<void> {
    const { stats } = provider
    if (stats === undefined || owing.has(provider.id)) return
    owing.add(provider.id)
    try {
      const figures = await withLimit((op) => stats.read(ids, op), {
        tool: provider.label,
        limitMs: answerMs,
        stop: stopping.signal,
      })
      for (const watcher of watchers) {
        const own = figures.filter(({ id }) => watcher.ids.has(id))
        if (own.length > 0) watcher.send(own)
      }
    } catch (error) {
      // Not known this time; the machine's state says what a person needs to hear.
      log.debug('stats.read', { provider: provider.id, error: errorOf(error) })
    } finally {
      owing.delete(provider.id)
    }
  }

  return {
    watch(send) {
      const watcher: Watcher = { send, ids: new Set() }
      watchers.add(watcher)
      return {
        view(ids) {
          watcher.ids = new Set(ids)
          arrange()
        },
        close() {
          watchers.delete(watcher)
          arrange()
        },
      }
    },
    setVisible(next) {
      isVisible = next
      arrange()
    },
    stop() {
      stopping.abort()
      arrange()
    },
  }
}
