import { type Cell, cellBytes, readCell, type TextCursor } from '../../app/domain/screen.ts'
import { drawShape } from './glyphs.ts'

const blinkMs = 530
/** A cell is twice as high as it is wide, as on a VGA screen of 80 × 25. */
const heightOfWidth = 2

/** A screen of characters on a canvas: each cell a whole number of the display's own pixels, so that it is crisp at any size. */
export interface TextCanvas {
  readonly columns: number
  readonly rows: number
  /** Rows that changed, in `data` in this order, and the cursor. */
  take(lines: readonly number[], data: Uint8Array, cursor: TextCursor | null): void
  /** Cell width in device pixels. */
  setCell(width: number): void
  /** What stands on it, line by line, without the blanks at their ends. */
  text(): string
  dispose(): void
}

export function createTextCanvas(canvas: HTMLCanvasElement, columns: number, rows: number): TextCanvas {
  const context = contextOf(canvas)
  const cells = new Uint8Array(columns * rows * cellBytes)
  const stillness = matchMedia('(prefers-reduced-motion: reduce)')
  const blinkingRows = new Set<number>()
  let cursor: TextCursor | null = null
  let width = 8
  let height = 16
  let font = ''
  let baseline = 12
  let isBlinkedOut = false

  const cellAt = (row: number, column: number): Cell => readCell(cells, row * columns + column)

  const drawRow = (row: number): void => {
    const y = row * height
    for (let from = 0; from < columns; ) {
      const { background } = cellAt(row, from)
      let to = from + 1
      while (to < columns && cellAt(row, to).background === background) to += 1
      context.fillStyle = colourOf(background)
      context.fillRect(from * width, y, (to - from) * width, height)
      from = to
    }
    blinkingRows.delete(row)
    for (let column = 0; column < columns; column += 1) {
      const { codePoint, foreground, blinks } = cellAt(row, column)
      if (blinks) blinkingRows.add(row)
      if (codePoint <= 0x20 || codePoint === 0xa0 || (blinks && isBlinkedOut)) continue
      const character = String.fromCharCode(codePoint)
      context.fillStyle = colourOf(foreground)
      // Characters that the font takes from another, wider one are drawn narrower rather than over their neighbour.
      if (!drawShape(context, character, column * width, y, width, height)) {
        context.fillText(character, column * width + width / 2, y + baseline, width)
      }
    }
    if (cursor?.row === row && !isBlinkedOut) drawCursor(cursor)
  }
  const drawCursor = ({ row, column, top, bottom }: TextCursor): void => {
    if (column >= columns) return
    const from = Math.min(height - 1, Math.round(top * height))
    const to = Math.max(from + 1, Math.round(bottom * height))
    context.fillStyle = colourOf(cellAt(row, column).foreground || 0xaaaaaa)
    context.fillRect(column * width, row * height + from, width, to - from)
  }
  const drawAll = (): void => {
    context.font = font
    context.textAlign = 'center'
    context.textBaseline = 'alphabetic'
    for (let row = 0; row < rows; row += 1) drawRow(row)
  }
  const blinkTo = (isOut: boolean): void => {
    if (isBlinkedOut === isOut) return
    isBlinkedOut = isOut
    const now = new Set(blinkingRows)
    if (cursor !== null && cursor.row < rows) now.add(cursor.row)
    for (const row of now) drawRow(row)
  }
  const blink = setInterval(() => {
    if (!document.hidden) blinkTo(!stillness.matches && !isBlinkedOut)
  }, blinkMs)

  return {
    columns,
    rows,
    take(lines, data, next) {
      const changed = new Set(lines)
      for (const [index, row] of lines.entries()) {
        const line = data.subarray(index * columns * cellBytes, (index + 1) * columns * cellBytes)
        if (row < rows) cells.set(line, row * columns * cellBytes)
      }
      if (cursor !== null) changed.add(cursor.row)
      cursor = next
      // A cursor that moves is seen where it goes.
      if (next !== null) {
        changed.add(next.row)
        isBlinkedOut = false
      }
      for (const row of changed) if (row < rows) drawRow(row)
    },
    setCell(wanted) {
      if (wanted === width && font !== '') return
      width = wanted
      height = wanted * heightOfWidth
      canvas.width = columns * width
      canvas.height = rows * height
      const family = getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim()
      const size = fontSizeFor(context, family, width, height)
      font = `${size}px ${family}`
      context.font = font
      const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText('M')
      baseline = Math.round((height - above - below) / 2 + above)
      drawAll()
    },
    text() {
      return Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_cell, column) =>
          String.fromCharCode(Math.max(0x20, cellAt(row, column).codePoint)),
        )
          .join('')
          .trimEnd(),
      )
        .join('\n')
        .trimEnd()
    },
    dispose: () => clearInterval(blink),
  }
}

/** How wide a cell may be, in device pixels, so that the whole fits; at least one. */
export function fittingCell(columns: number, rows: number, availableWidth: number, availableHeight: number): number {
  const widest = Math.floor(availableWidth / columns)
  const highest = Math.floor(availableHeight / rows / heightOfWidth)
  return Math.max(1, Math.min(widest, highest))
}

/** The largest whole size at which a letter fits its cell. */
function fontSizeFor(context: CanvasRenderingContext2D, family: string, width: number, height: number): number {
  context.font = `100px ${family}`
  const { width: advance, fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText('M')
  return Math.max(1, Math.floor(Math.min((100 * width) / advance, (100 * height) / (above + below)) * 2) / 2)
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) throw new Error('no canvas')
  return context
}

const colours = new Map<number, string>()

function colourOf(rgb: number): string {
  let colour = colours.get(rgb)
  if (colour === undefined) {
    colour = `#${rgb.toString(16).padStart(6, '0')}`
    if (colours.size < 4096) colours.set(rgb, colour)
  }
  return colour
}
