import { fromCodePage437 } from '../../../../app/domain/code-page-437.ts'
import { cellBytes, pixelBytes, type TextCursor, writeCell } from '../../../../app/domain/screen.ts'
import type { ScreenPart } from './messages.ts'

/** So often at most a screen that somebody looks at is looked at here. */
const frameMs = 33
const blinking = 1

/** A part of what v86 has drawn, and where it belongs on the screen. */
interface Layer {
  readonly image_data: { readonly data: Uint8ClampedArray; readonly width: number }
  readonly screen_x: number
  readonly screen_y: number
  readonly buffer_x: number
  readonly buffer_y: number
  readonly buffer_width: number
  readonly buffer_height: number
}

/** What v86 calls to draw. A page has one that draws; this one only remembers, and says what changed when it is asked. */
export interface ScreenAdapter {
  readonly FLAG_BLINKING: number
  readonly FLAG_FONT_PAGE_B: number
  put_char(row: number, column: number, character: number, flags: number, background: number, foreground: number): void
  set_mode(isGraphical: boolean): void
  set_size_text(columns: number, rows: number): void
  set_size_graphical(width: number, height: number): void
  update_cursor(row: number, column: number): void
  update_cursor_scanline(start: number, end: number, isVisible: boolean): void
  update_buffer(layers: readonly Layer[]): void
  clear_text_state(): void
  clear_screen(): void
  set_font_bitmap(height: number): void
  set_font_page(): void
  set_scale(): void
  pause(): void
  continue(): void
  destroy(): void
}

export interface Screen {
  readonly adapter: ScreenAdapter
  /** Somebody begins to look: everything is said anew. Or nobody looks any more. */
  watch(isWatched: boolean): void
  /** What was said has been shown. */
  next(): void
}

/** v86's picture of pixels is one of these, which Node has not. */
export function provideImageData(): void {
  const place = globalThis as { ImageData?: unknown }
  place.ImageData ??= class {
    readonly data: Uint8ClampedArray
    readonly width: number
    readonly height: number
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      this.data = data
      this.width = width
      this.height = height
    }
  }
}

/** `draw` makes v86 bring its picture of pixels up to date, which ends in `update_buffer`. */
export function createScreen(draw: () => void, say: (parts: readonly ScreenPart[]) => void): Screen {
  let isGraphical = false
  let columns = 80
  let rows = 25
  let cells = new Uint8Array(columns * rows * cellBytes)
  let width = 0
  let height = 0
  let pixels = new Uint8Array(0)
  /** First and last changed column of each row of text; of a screen of pixels the changed rows are found by comparing. */
  let dirty = new Map<number, { from: number; to: number }>()
  let dirtyRows: { from: number; to: number } | null = null
  let cursor: TextCursor | null = null
  let isCursorShown = true
  let characterHeight = 16
  let hasNewMode = true
  let hasNewCursor = true
  let isWatched = false
  let isWanted = false
  let isPlanned = false

  const touch = (row: number, from: number, to: number): void => {
    const known = dirty.get(row)
    if (known === undefined) dirty.set(row, { from, to })
    else dirty.set(row, { from: Math.min(known.from, from), to: Math.max(known.to, to) })
  }
  const touchAll = (): void => {
    hasNewMode = true
    hasNewCursor = true
    if (isGraphical) dirtyRows = height === 0 ? null : { from: 0, to: height - 1 }
    else for (let row = 0; row < rows; row += 1) touch(row, 0, columns - 1)
  }
  const resizeText = (): void => {
    cells = new Uint8Array(columns * rows * cellBytes)
    const blank = { codePoint: 0x20, foreground: 0xaaaaaa, background: 0, blinks: false }
    for (let index = 0; index < columns * rows; index += 1) writeCell(cells, index, blank)
    dirty = new Map()
    hasNewMode = true
  }

  /** Copies one layer into the screen, its changed rows only. */
  const copy = ({ image_data: image, ...at }: Layer): void => {
    const left = Math.max(0, at.screen_x)
    const right = Math.min(width, at.screen_x + at.buffer_width)
    const length = (right - left) * pixelBytes
    if (length <= 0) return
    for (let line = 0; line < at.buffer_height; line += 1) {
      const y = at.screen_y + line
      if (y < 0 || y >= height) continue
      const from = ((at.buffer_y + line) * image.width + at.buffer_x + (left - at.screen_x)) * pixelBytes
      if (from + length > image.data.length) continue
      const fresh = Buffer.from(image.data.buffer, image.data.byteOffset + from, length)
      const old = Buffer.from(pixels.buffer, (y * width + left) * pixelBytes, length)
      if (fresh.equals(old)) continue
      fresh.copy(old)
      dirtyRows = { from: Math.min(dirtyRows?.from ?? y, y), to: Math.max(dirtyRows?.to ?? y, y) }
    }
  }

  const partsOf = (): ScreenPart[] => {
    const parts: ScreenPart[] = []
    if (isGraphical) {
      if (width === 0 || height === 0) return []
      if (hasNewMode) parts.push({ kind: 'pixels', width, height })
      if (dirtyRows !== null) {
        const { from, to } = dirtyRows
        const bytes = pixels.slice(from * width * pixelBytes, (to + 1) * width * pixelBytes)
        parts.push({ kind: 'area', area: { x: 0, y: from, width, height: to + 1 - from }, bytes })
      }
      dirtyRows = null
    } else {
      if (hasNewMode) parts.push({ kind: 'text', columns, rows })
      for (const [row, { from, to }] of dirty) {
        const bytes = cells.slice((row * columns + from) * cellBytes, (row * columns + to + 1) * cellBytes)
        parts.push({ kind: 'cells', row, column: from, bytes })
      }
      if (hasNewCursor) parts.push({ kind: 'cursor', cursor: isCursorShown ? cursor : null })
      dirty.clear()
      hasNewCursor = false
    }
    hasNewMode = false
    return parts
  }

  const look = (): void => {
    isPlanned = false
    if (!isWatched) return
    plan()
    if (!isWanted) return
    draw()
    const parts = partsOf()
    if (parts.length === 0) return
    isWanted = false
    say(parts)
  }
  const plan = (): void => {
    if (!isPlanned) setTimeout(look, frameMs)
    isPlanned = true
  }

  const adapter: ScreenAdapter = {
    FLAG_BLINKING: blinking,
    FLAG_FONT_PAGE_B: 2,
    put_char(row, column, character, flags, background, foreground) {
      if (row >= rows || column >= columns) return
      const codePoint = fromCodePage437(character)
      writeCell(cells, row * columns + column, { codePoint, foreground, background, blinks: (flags & blinking) !== 0 })
      touch(row, column, column)
    },
    set_mode(next) {
      if (next === isGraphical) return
      isGraphical = next
      touchAll()
    },
    set_size_text(nextColumns, nextRows) {
      if (nextColumns === columns && nextRows === rows) return
      columns = nextColumns
      rows = nextRows
      resizeText()
    },
    set_size_graphical(nextWidth, nextHeight) {
      if (nextWidth === width && nextHeight === height) return
      width = nextWidth
      height = nextHeight
      pixels = new Uint8Array(width * height * pixelBytes)
      dirtyRows = null
      hasNewMode = true
    },
    update_cursor(row, column) {
      const [top, bottom] = [cursor?.top ?? 0.85, cursor?.bottom ?? 1]
      cursor = row < rows && column < columns ? { row, column, top, bottom } : null
      hasNewCursor = true
    },
    update_cursor_scanline(start, end, isVisible) {
      isCursorShown = isVisible
      const at = cursor ?? { row: 0, column: 0 }
      cursor = { ...at, top: start / characterHeight, bottom: Math.min(1, (end + 1) / characterHeight) }
      hasNewCursor = true
    },
    update_buffer(layers) {
      for (const layer of layers) copy(layer)
    },
    clear_text_state: resizeText,
    clear_screen() {
      pixels.fill(0)
      dirtyRows = height === 0 ? null : { from: 0, to: height - 1 }
    },
    set_font_bitmap(next) {
      characterHeight = next
    },
    set_font_page() {},
    set_scale() {},
    pause() {},
    continue() {},
    destroy() {},
  }
  resizeText()

  return {
    adapter,
    watch(next) {
      isWatched = next
      if (!next) return
      touchAll()
      plan()
    },
    next() {
      isWanted = true
    },
  }
}
