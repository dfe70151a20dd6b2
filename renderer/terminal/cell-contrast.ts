import type { Terminal } from '@xterm/xterm'

/** What xterm asks of a cell for its contrast. */
interface Cell {
  getCode(): number
  isInverse(): number
  isBgDefault(): boolean
}

type Colour = unknown

/** What xterm's maker of rows has beyond its types; the version is pinned. */
export interface RowFactory {
  /** Gives an element a colour that can be read on its ground; false when it keeps the one it has. */
  _applyMinimumContrast?: (
    element: HTMLElement | null,
    ground: Colour,
    colour: Colour,
    cell: Cell,
    groundInstead?: Colour,
    colourInstead?: Colour,
  ) => boolean
  readonly _themeService?: { readonly colors: { readonly background: Colour } }
}

interface Inside {
  readonly _core?: {
    readonly _renderService?: { readonly _renderer?: { readonly value?: { readonly _rowFactory?: RowFactory } } }
  }
}

const done = new WeakSet<object>()
const letter = 'x'.charCodeAt(0)

/**
 * Where rows are drawn as elements, xterm 6.0.0 misses two things that are mended here. A terminal with other insides is drawn
 * as it comes.
 * - It leaves the frames of full-screen programs in the colour they name, and with them all text of that colour that follows
 *   in the row: neither could be seen on the program's ground. Blocks, which pictures are made of, keep their colour.
 * - It measures reversed text as if it had the colour of text, and so makes it grey.
 */
export function readableCells(terminal: Terminal): void {
  const factory = (terminal as unknown as Inside)._core?._renderService?._renderer?.value?._rowFactory
  if (factory === undefined) return
  // All terminals' rows have one prototype, and so have those of a renderer that follows this one.
  const shared = Object.getPrototypeOf(factory) as RowFactory
  const apply = shared._applyMinimumContrast
  if (apply === undefined || done.has(shared)) return
  done.add(shared)
  shared._applyMinimumContrast = function (this: RowFactory, element, ground, colour, cell, ...instead) {
    const shown = isLine(cell.getCode()) ? (Object.create(cell, { getCode: { value: () => letter } }) as Cell) : cell
    const isReversed = cell.isInverse() !== 0 && cell.isBgDefault()
    const meant = isReversed ? (this._themeService?.colors.background ?? colour) : colour
    return apply.call(this, element, ground, meant, shown, ...instead)
  }
}

/** Box Drawing of Unicode, without Block Elements. */
function isLine(code: number): boolean {
  return code >= 0x2500 && code < 0x2580
}
