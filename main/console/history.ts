import serialize from '@xterm/addon-serialize'
import unicode11 from '@xterm/addon-unicode11'
import headless from '@xterm/headless'
import { boundSequences, setBoundedWidths } from '../../app/util/terminal-bounds.ts'
import { createModes } from './modes.ts'
import { createRing } from './ring.ts'

/** Of the alternate screen's output: how much may wait to be read before the source is asked to wait. */
const behindBytes = 1_000_000

/**
 * What a terminal said, for those who come later.
 *
 * Ordinary output is kept as the bytes it came as, cut at a line's start: reading all of it into a screen of our own would
 * cost main as much as it costs the window (3.7 s for 50 MB, against 0.08 s for finding the modes in it). A full-screen
 * program paints over itself for hours, and no number of last bytes makes its screen: while one runs, its output goes to a
 * screen without scrollback, which is small, and which is right.
 */
export interface History {
  append(bytes: Uint8Array): void
  /** Everything appended so far, as what a fresh terminal of this size must be told. */
  replay(): Promise<Uint8Array>
  resize(columns: number, rows: number): void
  isAlternate(): boolean
  /** True while the source should wait; `relieved` is called when it need not any more. */
  isBehind(): boolean
  /** What takes back the modes that a program left behind; append it as output. */
  takeBack(): Uint8Array
  clear(): void
  dispose(): void
}

export function createHistory(
  keptBytes: number,
  size: { readonly columns: number; readonly rows: number },
  relieved: () => void,
): History {
  const ring = createRing(keptBytes)
  const modes = createModes()
  let { columns, rows } = size
  let screen: headless.Terminal | null = null
  let unreadBytes = 0

  const leave = (): void => {
    const left = screen
    screen = null
    unreadBytes = 0
    // After what waits in it: somebody may be having it drawn.
    left?.write('', () => left.dispose())
  }

  const paint = (bytes: Uint8Array): void => {
    screen ??= createScreen(columns, rows)
    const painted = screen
    unreadBytes += bytes.length
    painted.write(bytes, () => {
      if (painted !== screen) return
      unreadBytes -= bytes.length
      if (unreadBytes <= behindBytes / 2) relieved()
    })
  }

  /** The screen as it is after everything written to it so far. */
  const screenText = (painted: headless.Terminal): Promise<string> =>
    new Promise((resolve) => {
      painted.write('', () => {
        const addon = new serialize.SerializeAddon()
        painted.loadAddon(addon)
        resolve(addon.serialize({ scrollback: 0, excludeModes: true }))
        addon.dispose()
      })
    })

  return {
    append(bytes) {
      for (const stretch of modes.read(bytes)) {
        if (stretch.isAlternate) paint(stretch.bytes)
        else {
          leave()
          ring.append(stretch.bytes)
        }
      }
    },
    async replay() {
      // All but the screen is read now: what comes while the screen is being drawn belongs to after the replay.
      const said = ring.read()
      const after = Buffer.concat([Buffer.from(modes.current()), modes.pending()])
      if (!modes.isAlternate()) return Buffer.concat([said, after])
      const drawn = screen === null ? '' : await screenText(screen)
      return Buffer.concat([said, Buffer.from(`\x1b[?1049h\x1b[H\x1b[0m${drawn}`), after])
    },
    resize(newColumns, newRows) {
      columns = newColumns
      rows = newRows
      screen?.resize(columns, rows)
    },
    isAlternate: () => modes.isAlternate(),
    isBehind: () => unreadBytes > behindBytes,
    takeBack: () => Buffer.from(modes.takeBack()),
    clear() {
      ring.clear()
    },
    dispose() {
      leave()
      ring.clear()
    },
  }
}

/** A screen as the window's terminals have it, without a scrollback. Links are left out: what is serialized has none. */
function createScreen(cols: number, rows: number): headless.Terminal {
  const screen = new headless.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true })
  setBoundedWidths(screen, new unicode11.Unicode11Addon())
  boundSequences(screen)
  screen.parser.registerOscHandler(8, () => true)
  return screen
}
