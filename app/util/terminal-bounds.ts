/** What of xterm is bounded: its public part, and `_core`, whose handlers see a sequence's parameters where they lie. */
export interface BoundedTerminal {
  readonly cols: number
  readonly rows: number
  readonly parser: { registerOscHandler(ident: number, handler: (data: string) => boolean): unknown }
  readonly unicode: {
    register(provider: WidthProvider): void
    activeVersion: string
  }
}

interface TextParser {
  put(data: Uint32Array, start: number, end: number): void
}

interface Link {
  readonly lines: readonly { dispose(): void }[]
}

interface Core {
  /** Links of OSC 8 by their ids, oldest first. One is gone once the markers of its lines are. */
  readonly _oscLinkService: { readonly _dataByLinkId: ReadonlyMap<number, Link> }
  readonly _inputHandler: {
    readonly _parser: {
      readonly _oscParser: TextParser & { start(): void }
      readonly _dcsParser: TextParser & { hook(ident: number, params: unknown): void }
    }
  }
  registerCsiHandler(
    id: { readonly final: string },
    handler: (params: { readonly params: { [index: number]: number } }) => boolean | Promise<boolean>,
  ): unknown
}

/** How wide characters are; the state that a character leaves to the next one is in bits 3 to 26. */
export interface WidthProvider {
  readonly version: string
  wcwidth(codepoint: number): 0 | 1 | 2
  charProperties(codepoint: number, preceding: number): number
}

/** About 10 ms of xterm's work, at some 100 ns a cell. */
const turnCells = 80_000
/** What moving a row costs beside its cells. */
const rowCells = 50
/** A palette of 256 colours takes 6 KB; a title or a link less. */
const maxTextLength = 16_384
/** The texts that xterm takes in: titles, colours, links. */
const oscIdents = [0, 1, 2, 4, 10, 11, 12, 104, 110, 111, 112]
const maxJoined = 32
/** As long as browsers and other terminals take them. */
const maxLinkLength = 2_083
/** Links last as long as their lines, and no line leaves the alternate screen, or one that is written over and over. */
const maxLinks = 4_096

/**
 * Bounds what a guest's output can cost. xterm repeats an operation as often as a parameter says: `CSI 999999999 S` keeps it busy
 * for half an hour. Parameters are clamped to the screen, after which more of the same changes nothing, and the parser pauses
 * after some milliseconds of such work. The parser is the one place where a sequence is whole, however it was written or split,
 * and plain text does not pass it. Texts within sequences have a longest length.
 */
export function boundSequences(terminal: BoundedTerminal): void {
  const core = (terminal as unknown as { readonly _core: Core })._core
  let cells = 0
  const bound = (finals: string, most: () => number, cost: (count: number) => number): void => {
    for (const final of finals) {
      core.registerCsiHandler({ final }, ({ params }) => {
        const count = Math.min(params[0] || 1, most())
        params[0] = count
        cells += cost(count)
        if (cells < turnCells) return false
        cells = 0
        // xterm takes a promise as the moment to let others have their turn.
        return Promise.resolve(false)
      })
    }
  }
  bound(
    'LMST',
    () => terminal.rows,
    (count) => count * (terminal.cols + rowCells),
  )
  bound(
    'IZ',
    () => terminal.cols,
    (count) => count,
  )
  bound(
    'b',
    () => terminal.cols * terminal.rows,
    (count) => count,
  )
  const { _oscParser: osc, _dcsParser: dcs } = core._inputHandler._parser
  osc.start = resetting(osc.start.bind(osc), boundText(osc))
  dcs.hook = resetting(dcs.hook.bind(dcs), boundText(dcs))
  terminal.parser.registerOscHandler(8, ({ length }) => {
    dropOldLinks(core)
    return length > maxLinkLength
  })
  for (const ident of oscIdents) terminal.parser.registerOscHandler(ident, ({ length }) => length > maxTextLength)
}

/** The text of a dropped link stays; it only leads nowhere. */
function dropOldLinks({ _oscLinkService: { _dataByLinkId: links } }: Core): void {
  for (const { lines } of links.values()) {
    if (links.size < maxLinks) return
    for (const marker of [...lines]) marker.dispose()
  }
}

/** Lets through little more of each text than may be in one; the returned function begins a new one. */
function boundText(parser: TextParser): () => void {
  const put = parser.put.bind(parser)
  let length = 0
  parser.put = (data, start, end) => {
    // One more tells its handler that it was too long.
    const taken = Math.min(end, start + maxTextLength + 1 - length)
    if (taken <= start) return
    length += taken - start
    put(data, start, taken)
  }
  return () => {
    length = 0
  }
}

function resetting<A extends readonly unknown[]>(
  begin: (...given: A) => void,
  reset: () => void,
): (...given: A) => void {
  return (...given) => {
    reset()
    begin(...given)
  }
}

/**
 * Widths as a provider has them, with a bound on how many marks one cell takes: a guest may put millions on a letter, all of
 * which would be kept and drawn. What is beyond it stands in a cell of its own.
 */
export function boundJoins(provider: WidthProvider): WidthProvider {
  return {
    version: provider.version,
    wcwidth: (codepoint) => provider.wcwidth(codepoint),
    charProperties(codepoint, preceding) {
      const properties = provider.charProperties(codepoint, preceding)
      const isJoined = (properties & 1) !== 0
      if (!isJoined) return properties
      const joined = (preceding >> 3) + 1
      return joined > maxJoined ? 1 << 1 : (joined << 3) | (properties & 7)
    },
  }
}

/** Gives a terminal the widths of Unicode 11, by the addon that has them, with `boundJoins`. */
export function setBoundedWidths<T extends BoundedTerminal>(terminal: T, addon: { activate(terminal: T): void }): void {
  const unicode = { register: (provider: WidthProvider) => terminal.unicode.register(boundJoins(provider)) }
  addon.activate({ unicode } as unknown as T)
  terminal.unicode.activeVersion = '11'
}
