import type { BrowserWindow } from 'electron'
import type { Text } from '../app/messages/text.ts'
import type { Log } from './log.ts'

/** A page that crashes again and again is not loaded for ever: each crash costs a process and, with a core dump, a disk. */
export const maxCrashes = 3
const periodMs = 60_000

/** Counts a page's crashes; true once there were `maxCrashes` within the last minute. `nowMs` is monotonic. */
export function createCrashCounter(): { add(nowMs: number): boolean; reset(): void } {
  let crashes: number[] = []
  return {
    add(nowMs) {
      crashes = [...crashes.filter((atMs) => nowMs - atMs < periodMs), nowMs]
      return crashes.length >= maxCrashes
    },
    reset() {
      crashes = []
    },
  }
}

export interface CrashHandling {
  readonly log: Log
  /** Nobody is asked and nothing is loaded any more. */
  readonly isLeaving: () => boolean
  /** Asks a person who sees only a dead window; true is to load the page again. */
  readonly ask: (choices: CrashChoices) => Promise<boolean>
  readonly giveUp: Text
  readonly onGivenUp: () => void
}

export interface CrashChoices {
  readonly text: Text
  readonly reload: Text
  readonly giveUp: Text
}

/** Reloads a window's page after a crash, and asks first once the page keeps crashing. In a browser, the browser itself asks. */
export function reloadAfterCrash(
  window: BrowserWindow,
  { log, isLeaving, ask, giveUp, onGivenUp }: CrashHandling,
): void {
  const counter = createCrashCounter()
  const decide = async (): Promise<void> => {
    const text: Text = { key: 'app.pageCrashed', params: { count: maxCrashes } }
    const isWanted = await ask({ text, reload: { key: 'app.pageReload' }, giveUp })
    if (isLeaving()) return
    if (!isWanted) return onGivenUp()
    counter.reset()
    if (!window.isDestroyed()) window.webContents.reload()
  }
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.error('page.gone', { reason, exitCode })
    if (isLeaving() || reason === 'clean-exit') return
    if (!counter.add(performance.now())) window.webContents.reload()
    else decide().catch((error: unknown) => log.error('page.gone.ask', { error }))
  })
}
