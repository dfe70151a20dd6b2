import { readFileSync } from 'node:fs'
import type { BrowserWindow, Display, Rectangle } from 'electron'
import type { Log } from './log.ts'
import { writeAtomic } from './write-atomic.ts'

const saveMs = 500
const mostArrangements = 20

interface Place extends Rectangle {
  readonly isMaximized: boolean
}

/** Where the window was, once for each arrangement of displays: at the desk and on the road are two places. */
export interface WindowBounds {
  /** Null when it was never open with these displays, or lay where none of them is. */
  readonly read: (displays: readonly Display[]) => Place | null
  /** Remembers the window's place whenever it has moved. */
  readonly follow: (window: BrowserWindow, displays: () => readonly Display[]) => void
}

export function openWindowBounds(path: string, log: Log): WindowBounds {
  let places = readPlaces(path)

  return {
    read(displays) {
      const place = places[arrangementOf(displays)]
      return place !== undefined && displays.some(({ workArea }) => isSeen(place, workArea)) ? place : null
    },
    follow(window, displays) {
      let timer: NodeJS.Timeout | null = null
      const save = (): void => {
        if (timer !== null) clearTimeout(timer)
        timer = null
        if (window.isDestroyed() || window.isMinimized()) return
        const arrangement = arrangementOf(displays())
        const place = { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
        const { [arrangement]: _old, ...others } = places
        places = Object.fromEntries([...Object.entries(others), [arrangement, place]].slice(-mostArrangements))
        writeAtomic(path, JSON.stringify(places)).catch((error: unknown) => log.warn('window.save', { error }))
      }
      const request = (): void => {
        timer ??= setTimeout(save, saveMs)
      }
      for (const name of ['resize', 'move', 'maximize', 'unmaximize'] as const) window.on(name as 'resize', request)
      window.on('close', save)
    },
  }
}

/** What cannot be read is left out: the window then opens at its usual size. */
function readPlaces(path: string): Readonly<Record<string, Place>> {
  try {
    const places: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof places !== 'object' || places === null) return {}
    return Object.fromEntries(Object.entries(places).filter((entry): entry is [string, Place] => isPlace(entry[1])))
  } catch {
    return {}
  }
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false
  const place = value as Readonly<Record<string, unknown>>
  return ['x', 'y', 'width', 'height'].every((name) => Number.isInteger(place[name])) && 'isMaximized' in place
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
