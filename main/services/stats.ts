import { errorOf } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Stats } from '../../app/domain/stats.ts'
import type { Log } from '../log.ts'
import type { Provider } from '../providers/provider.ts'
import type { InventoryService } from './inventory.ts'
import { withLimit } from './limit.ts'

/** Of a machine that somebody has open, whose figures are drawn as a line. */
const closeMs = 2_000
/** Of one that is a row among others: a figure that is read now and then. */
const rowMs = 6_000
/** Rates need two readings: what has just come into view is read so often in a row. */
const firstReadings = 2
/** A provider slower than this has no figures this time. */
const answerMs = 8_000

/** Figures for whoever looks, and only while somebody does: nothing runs for a window that is hidden or shows no machine. */
export interface StatsService {
  readonly watch: (send: (stats: readonly Stats[]) => void) => {
    /** `closeIds` are those of the machines that somebody has open. */
    readonly view: (ids: readonly MachineId[], closeIds: readonly MachineId[]) => void
    readonly close: () => void
  }
  readonly setVisible: (isVisible: boolean) => void
  readonly stop: () => void
}

interface Watcher {
  readonly send: (stats: readonly Stats[]) => void
  ids: ReadonlySet<MachineId>
  closeIds: ReadonlySet<MachineId>
}

export function createStats(inventory: Pick<InventoryService, 'machine' | 'providerOf'>, log: Log): StatsService {
  const watchers = new Set<Watcher>()
  /** Providers that still owe the last answer are not asked again. */
  const owing = new Set<string>()
  const stopping = new AbortController()
  let isVisible = true
  let timer: NodeJS.Timeout | null = null
  let lastAskedMs = Number.NEGATIVE_INFINITY
  let lastRowsMs = Number.NEGATIVE_INFINITY
  /** Readings of all that are still to come at the pace of a machine that is open. */
  let early = 0

  const isAnyClose = (): boolean => [...watchers].some((watcher) => watcher.closeIds.size > 0)

  /** When the next reading is due, and whether it is one of the rows too. */
  function next(): { readonly atMs: number; readonly withRows: boolean } {
    const soonMs = lastAskedMs + closeMs
    if (early > 0) return { atMs: soonMs, withRows: true }
    const rowsMs = lastRowsMs + rowMs
    return isAnyClose() ? { atMs: soonMs, withRows: soonMs >= rowsMs } : { atMs: rowsMs, withRows: true }
  }

  function wanted(withRows: boolean): ReadonlyMap<Provider, readonly MachineId[]> {
    const ids = new Set([...watchers].flatMap((watcher) => [...(withRows ? watcher.ids : watcher.closeIds)]))
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
    const { atMs, withRows } = next()
    timer = setTimeout(
      () => {
        timer = null
        lastAskedMs = performance.now()
        if (withRows) {
          lastRowsMs = lastAskedMs
          early = Math.max(0, early - 1)
        }
        for (const [provider, ids] of wanted(withRows)) void ask(provider, ids)
        arrange()
      },
      Math.max(0, atMs - performance.now()),
    )
  }

  /** What is due may be due earlier now. */
  function rearrange(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    arrange()
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
      const watcher: Watcher = { send, ids: new Set(), closeIds: new Set() }
      watchers.add(watcher)
      return {
        view(ids, closeIds) {
          if (ids.some((id) => !watcher.ids.has(id))) early = firstReadings
          watcher.ids = new Set(ids)
          watcher.closeIds = new Set(closeIds)
          rearrange()
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
