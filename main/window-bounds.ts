import type { BrowserWindow, Display, Rectangle } from 'electron'
import type { Log } from './log.ts'
import { fittingEntries } from './state/read-state.ts'
import { openStateFile } from './state/state-file.ts'

const saveMs = 500
const maxArrangements = 20

interface Place extends Rectangle {
  readonly isMaximized: boolean
}
type Places = Readonly<Record<string, Place>>

/** Where the window was, once for each arrangement of displays: at the desk and on the road are two places. */
export interface WindowBounds {
  /** Null when it was never open with these displays, or lay where none of them is. */
  readonly read: (displays: readonly Display[]) => Place | null
  /** Remembers the window's place whenever it has moved. */
  readonly follow: (window: BrowserWindow, displays: () => readonly Display[]) => void
  /** Settles when the last place is on the disk: Berth may end right after the window was moved. */
  readonly flush: () => Promise<void>
}

export function openWindowBounds(path: string, log: Log): WindowBounds {
  const file = openStateFile<Places>({
    path,
    version: null,
    empty: {},
    parse: (content, unfit) => fittingEntries(content, { safeParse: asPlace }, '', unfit),
    write: (places) => JSON.stringify(places),
    log,
    // Without it the window opens at its usual size.
    problems: null,
  })

  let isMoved = false
  let saved: Promise<void> = Promise.resolve()
  let save = (): void => {}

  return {
    read(displays) {
      const place = file.get()[arrangementOf(displays)]
      return place !== undefined && displays.some(({ workArea }) => isSeen(place, workArea)) ? place : null
    },
    follow(window, displays) {
      let timer: NodeJS.Timeout | null = null
      const saveThis = (): void => {
        if (timer !== null) clearTimeout(timer)
        timer = null
        isMoved = false
        if (window.isDestroyed() || window.isMinimized()) return
        const arrangement = arrangementOf(displays())
        const place = { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
        saved = file.change(({ [arrangement]: _old, ...others }) => {
          return Object.fromEntries([...Object.entries(others), [arrangement, place]].slice(-maxArrangements))
        }, null)
      }
      save = saveThis
      const request = (): void => {
        isMoved = true
        timer ??= setTimeout(saveThis, saveMs)
      }
      for (const name of ['resize', 'move', 'maximize', 'unmaximize'] as const) window.on(name as 'resize', request)
      window.on('close', saveThis)
    },
    async flush() {
      if (isMoved) save()
      await saved
    },
  }
}

// Not by zod: what the first picture waits for loads nothing that it can do without.
function asPlace(
  value: unknown,
): { readonly success: true; readonly data: Place } | { readonly success: false; readonly error: string } {
  return isPlace(value) ? { success: true, data: value } : { success: false, error: 'no place' }
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false
  const place = value as Readonly<Record<string, unknown>>
  if (!['x', 'y', 'width', 'height'].every((name) => Number.isInteger(place[name]))) return false
  return Number(place['width']) > 0 && Number(place['height']) > 0 && typeof place['isMaximized'] === 'boolean'
}

function arrangementOf(displays: readonly Display[]): string {
  return displays
    .map(({ bounds: { x, y, width, height }, scaleFactor }) => `${width}x${height}@${x},${y}*${scaleFactor}`)
    .sort()
    .join(' ')
}

/** Enough of its top edge must be on a display to take hold of it. */
function isSeen(place: Rectangle, area: Rectangle): boolean {
  const seenWidth = Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x)
  return seenWidth >= 100 && place.y >= area.y - 8 && place.y <= area.y + area.height - 40
}
