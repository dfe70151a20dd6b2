import type { Terminal } from '@xterm/xterm'

/** What xterm asks of a cell for its contrast. */
interface Cell {
  getCode(): number
}

/** Gives an element a colour that can be read on its ground; false when it has one. */
type ApplyContrast = (element: HTMLElement, ground: unknown, colour: unknown, cell: Cell, ...more: unknown[]) => boolean

export interface RowFactory {
  _applyMinimumContrast?: ApplyContrast
}

/** What xterm has beyond its types; the version is pinned, and a terminal without it is drawn as it comes. */
interface Inside {
  readonly _core?: {
    readonly _renderService?: { readonly _renderer?: { readonly value?: { readonly _rowFactory?: RowFactory } } }
  }
}

const done = new WeakSet<object>()
const letter = 'x'.charCodeAt(0)

/**
 * Where rows are drawn as elements, xterm leaves the frames of full-screen programs in the colour they name, and with them
 * all text of that colour that follows in the row: the frames of one program and what stood in them could not be seen on
 * their ground. Lines are made readable like text here; blocks, which pictures are made of, keep their colour.
 */
export function readableLines(terminal: Terminal): void {
  const factory = (terminal as unknown as Inside)._core?._renderService?._renderer?.value?._rowFactory
  if (factory === undefined) return
  // All terminals' rows have one prototype, and so have those of a renderer that follows this one.
  const shared = Object.getPrototypeOf(factory) as RowFactory
  const apply = shared._applyMinimumContrast
  if (apply === undefined || done.has(shared)) return
  done.add(shared)
  shared._applyMinimumContrast = function (this: RowFactory, element, ground, colour, cell, ...more) {
    const shown = isLine(cell.getCode()) ? (Object.create(cell, { getCode: { value: () => letter } }) as Cell) : cell
    return apply.call(this, element, ground, colour, shown, ...more)
  }
}

/** Box Drawing of Unicode, without Block Elements. */
function isLine(code: number): boolean {
  return code >= 0x2500 && code < 0x2580
}
