import type { ScreenDown } from '../../app/contract/views.ts'
import {
  cellBytes,
  maxCells,
  maxPixels,
  pixelBytes,
  type ScreenArea,
  type TextCursor,
} from '../../app/domain/screen.ts'
import { createTiles, type Tiles } from './tiles.ts'

/** A guest may set any mode: more pixels than this are not kept (16 Mi, 64 MiB of memory), the lower rows are left out. */
const maxTotal = 16 * 1024 * 1024

type Numbered = Extract<ScreenDown, { readonly frame: number }>
/** What a viewer is told, but for its number. */
export type Picture = Numbered extends infer One ? (One extends Numbered ? Omit<One, 'frame'> : never) : never

/** What one viewer has not seen yet. */
export interface Unseen {
  readonly isEmpty: () => boolean
  /** What has changed since, or the whole when all of it is new; null when nothing is. */
  take(): Picture | null
  leave(): void
}

/** The last picture of a screen, whole, and what of it each viewer has yet to see. */
export interface Frame {
  readonly hasPicture: () => boolean
  text(columns: number, rows: number): void
  cells(row: number, column: number, cells: Uint8Array): void
  cursor(cursor: TextCursor | null): void
  pixels(width: number, height: number): void
  area(area: ScreenArea, pixels: Uint8Array): void
  picture(width: number, height: number, png: Uint8Array): void
  watch(): Unseen
}

type Mode =
  | { readonly kind: 'text'; readonly columns: number; readonly rows: number; readonly cells: Uint8Array }
  | {
      readonly kind: 'pixels'
      readonly width: number
      readonly height: number
      readonly bytes: Uint8Array
      readonly words: Uint32Array
    }
  | { readonly kind: 'picture'; readonly width: number; readonly height: number; readonly png: Uint8Array }

interface Watching {
  isAllNew: boolean
  lines: Set<number>
  isCursorNew: boolean
  tiles: Tiles | null
}

const opaque = 0xff000000

export function createFrame(): Frame {
  let mode: Mode | null = null
  let cursor: TextCursor | null = null
  const watching = new Set<Watching>()

  const begin = (next: Mode): void => {
    mode = next
    for (const viewer of watching) renew(viewer, next)
  }

  return {
    hasPicture: () => mode !== null,
    text(columns, rows) {
      const size = { columns: within(columns, maxCells), rows: within(rows, maxCells) }
      cursor = null
      begin({ kind: 'text', ...size, cells: new Uint8Array(size.columns * size.rows * cellBytes) })
    },
    cells(row, column, cells) {
      if (mode?.kind !== 'text' || row < 0 || row >= mode.rows || column < 0 || column >= mode.columns) return
      const fitting = Math.min(Math.floor(cells.length / cellBytes), mode.columns - column)
      mode.cells.set(cells.subarray(0, fitting * cellBytes), (row * mode.columns + column) * cellBytes)
      for (const viewer of watching) viewer.lines.add(row)
    },
    cursor(next) {
      if (mode?.kind !== 'text' || isSame(cursor, next)) return
      cursor = next
      for (const viewer of watching) viewer.isCursorNew = true
    },
    pixels(askedWidth, askedHeight) {
      const width = within(askedWidth, maxPixels)
      const height = Math.min(within(askedHeight, maxPixels), Math.floor(maxTotal / width))
      const words = new Uint32Array(width * height).fill(opaque)
      begin({ kind: 'pixels', width, height, words, bytes: new Uint8Array(words.buffer) })
    },
    area(area, pixels) {
      if (mode?.kind !== 'pixels') return
      const left = Math.max(0, area.x)
      const top = Math.max(0, area.y)
      const right = Math.min(mode.width, area.x + area.width)
      // What was promised and not given is not drawn.
      const given = area.width > 0 ? Math.floor(pixels.length / (area.width * pixelBytes)) : 0
      const bottom = Math.min(mode.height, area.y + Math.min(area.height, given))
      if (left >= right || top >= bottom) return
      for (let y = top; y < bottom; y += 1) {
        const from = ((y - area.y) * area.width + left - area.x) * pixelBytes
        const to = y * mode.width + left
        mode.bytes.set(pixels.subarray(from, from + (right - left) * pixelBytes), to * pixelBytes)
        for (let at = to; at < to + right - left; at += 1) mode.words[at] = (mode.words[at] ?? 0) | opaque
      }
      for (const viewer of watching) viewer.tiles?.mark(left, top, right, bottom)
    },
    picture(width, height, png) {
      if (mode?.kind === 'picture' && isSameBytes(mode.png, png)) return
      const size = { width: within(width, maxPixels), height: within(height, maxPixels) }
      begin({ kind: 'picture', ...size, png: Uint8Array.from(png) })
    },
    watch() {
      const viewer: Watching = { isAllNew: false, lines: new Set(), isCursorNew: false, tiles: null }
      if (mode !== null) renew(viewer, mode)
      watching.add(viewer)
      return {
        isEmpty: () => !viewer.isAllNew && viewer.lines.size === 0 && !viewer.isCursorNew && !viewer.tiles?.isMarked(),
        take() {
          const picture = mode === null ? null : taken(mode, viewer, cursor)
          viewer.isAllNew = false
          viewer.lines.clear()
          viewer.isCursorNew = false
          return picture
        },
        leave: () => watching.delete(viewer),
      }
    },
  }
}

function renew(viewer: Watching, mode: Mode): void {
  viewer.isAllNew = true
  viewer.lines.clear()
  viewer.tiles = mode.kind === 'pixels' ? createTiles(mode.width, mode.height) : null
}

function taken(mode: Mode, viewer: Watching, cursor: TextCursor | null): Picture | null {
  if (mode.kind === 'picture') {
    const { kind, width, height, png } = mode
    return viewer.isAllNew ? { kind, width, height, data: png } : null
  }
  if (mode.kind === 'text') {
    const { kind, columns, rows } = mode
    if (viewer.isAllNew) {
      const lines = Array.from({ length: rows }, (_, row) => row)
      return { kind, columns, rows, lines, cursor, data: mode.cells.slice() }
    }
    if (viewer.lines.size === 0 && !viewer.isCursorNew) return null
    const lines = [...viewer.lines].sort((one, other) => one - other)
    const lineBytes = columns * cellBytes
    const data = new Uint8Array(lines.length * lineBytes)
    for (const [index, row] of lines.entries()) {
      data.set(mode.cells.subarray(row * lineBytes, (row + 1) * lineBytes), index * lineBytes)
    }
    return { kind, columns, rows, lines, cursor, data }
  }
  const { kind, width, height, bytes } = mode
  if (viewer.isAllNew) {
    viewer.tiles?.take()
    return { kind, width, height, areas: [{ x: 0, y: 0, width, height }], data: bytes.slice() }
  }
  const areas = viewer.tiles?.take() ?? []
  return areas.length === 0 ? null : { kind, width, height, areas, data: cut(bytes, width, areas) }
}

/** The pixels of these areas, one after another. */
function cut(bytes: Uint8Array, width: number, areas: readonly ScreenArea[]): Uint8Array {
  const data = new Uint8Array(areas.reduce((sum, area) => sum + area.width * area.height, 0) * pixelBytes)
  let to = 0
  for (const area of areas) {
    const lineBytes = area.width * pixelBytes
    for (let y = area.y; y < area.y + area.height; y += 1) {
      const from = (y * width + area.x) * pixelBytes
      data.set(bytes.subarray(from, from + lineBytes), to)
      to += lineBytes
    }
  }
  return data
}

function within(size: number, most: number): number {
  return Number.isFinite(size) ? Math.min(most, Math.max(1, Math.floor(size))) : 1
}

function isSame(one: TextCursor | null, other: TextCursor | null): boolean {
  if (one === null || other === null) return one === other
  return one.row === other.row && one.column === other.column && one.top === other.top && one.bottom === other.bottom
}

function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
