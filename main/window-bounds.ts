import { readFileSync } from 'node:fs'
import type { BrowserWindow, Display, Rectangle } from 'electron'
import { z } from 'zod'
import type { Log } from './log.ts'
import { writeAtomic } from './write-atomic.ts'

const saveMs = 500
const mostArrangements = 20

const placeSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  isMaximized: z.boolean(),
})
type Place = z.infer<typeof placeSchema>
const fileSchema = z.record(z.string(), placeSchema)

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

function readPlaces(path: string): Readonly<Record<string, Place>> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
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
