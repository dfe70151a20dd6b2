import { existsSync } from 'node:fs'
import type { Entry } from './entry.ts'
import type { ProviderContext } from './provider-context.ts'

/** Whether the processes of running machines still live: a look at the system, without starting anything. */
const processMs = 2_000
/** How often VirtualBox is asked for its lists while a machine runs, for what no file told. */
const runningMs = 30_000
/** And while none does: its server would have to be started for it. */
const restingMs = 10 * 60_000
/** The lists are asked for when somebody looks again after having looked away for this long. */
const awayMs = 10_000

/** A file that was missing is there: a drive was connected, a folder was put back. */
const isBack = ({ problem, path, lostMedium }: Entry): boolean =>
  (problem?.kind === 'missing' && path !== null && existsSync(path)) ||
  (lostMedium !== null && existsSync(lostMedium.path))

/**
 * Polls for what no file reveals: a machine and VirtualBox's server that were killed together, a folder that can't be watched.
 * Pauses while nobody looks.
 */
export function createPoller({ host, inventory }: ProviderContext, arrange: () => void): { stop(): void } {
  let processes: NodeJS.Timeout | null = null
  let lists: NodeJS.Timeout | null = null
  let lookedAwayAt: number | null = null
  let living = new Set<string>()

  const anyRuns = (): boolean => inventory.loaded().some((entry) => inventory.observedState(entry).pid !== null)

  const checkLists = (): void => {
    inventory.check().catch((error) => host.log.warn('virtualbox.check', { error: String(error) }))
  }
  const scheduleLists = (): void => {
    lists = setTimeout(
      () => {
        checkLists()
        scheduleLists()
      },
      anyRuns() ? runningMs : restingMs,
    )
    lists.unref()
  }

  const checkProcesses = (): void => {
    const alive = new Set<string>()
    for (const entry of inventory.loaded()) {
      if (inventory.observedState(entry).pid !== null) alive.add(entry.uuid)
      else if (living.has(entry.uuid) || isBack(entry)) {
        // Without the process the row is another one already before the files are looked at.
        void inventory.refresh(entry).then(() => {
          inventory.publish(entry)
          arrange()
        })
      }
    }
    // The next list comes sooner once something runs.
    if (alive.size > 0 && living.size === 0 && lists !== null) {
      clearTimeout(lists)
      scheduleLists()
    }
    living = alive
  }

  const begin = (): void => {
    if (processes !== null) return
    processes = setInterval(checkProcesses, processMs)
    processes.unref()
    scheduleLists()
    if (lookedAwayAt !== null && performance.now() - lookedAwayAt > awayMs) checkLists()
    lookedAwayAt = null
    checkProcesses()
  }
  const rest = (): void => {
    if (processes !== null) clearInterval(processes)
    if (lists !== null) clearTimeout(lists)
    processes = null
    lists = null
    lookedAwayAt = performance.now()
  }

  const forget = host.attention?.onChanged((isWatched) => (isWatched ? begin() : rest()))
  if (host.attention?.isWatched() !== false) begin()
  return {
    stop() {
      forget?.()
      rest()
    },
  }
}
