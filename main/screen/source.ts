import type { PointerInput, ScreenArea, ScreenTakes, TextCursor } from '../../app/domain/screen.ts'
import type { Text } from '../../app/messages/text.ts'

/** Why a screen is over: it broke or its machine went, another program took it, or there is none and never will be. */
export interface ScreenEnd {
  readonly why: 'gone' | 'taken' | 'none'
  readonly reason: Text | null
}

/**
 * What an opened screen says. First its mode (`text`, `pixels`, or a `picture`, which is both mode and content), then what
 * changes in it; a new mode begins with everything black. Bytes are read before the call returns and may then be used again.
 * What lies outside the mode's size is left out, not an error.
 */
export interface ScreenEvents {
  /** A screen of characters of this size. */
  text(columns: number, rows: number): void
  /** Cells of one row from `column` on, packed as `writeCell` does. */
  cells(row: number, column: number, cells: Uint8Array): void
  /** null hides it. */
  cursor(cursor: TextCursor | null): void
  /** A screen of pixels of this size. */
  pixels(width: number, height: number): void
  /** Pixels of one area, row by row, four bytes each: red, green, blue and one that is not looked at. */
  area(area: ScreenArea, pixels: Uint8Array): void
  /** The whole screen as a PNG file, for sources that can only photograph it. */
  picture(width: number, height: number, png: Uint8Array): void
  /** What it takes is other than it was, as when the guest's pointer driver has started. */
  takes(takes: ScreenTakes): void
  /** Once, and nothing after it. Not called after `close`. */
  ended(end: ScreenEnd): void
}

/** An opened screen. Its methods never throw and are silent once it is over. */
export interface ScreenSource {
  readonly takes: ScreenTakes
  /**
   * Somebody is ready to see more: called once when it is open, and again each time what was given since has been shown. A
   * source that asks for its pictures (VNC, screenshots) asks when this is called and at no other time, so that nothing is
   * made for windows that nobody looks at; one that is told by itself need not listen.
   */
  next(): void
  /** A key, by the DOM's `KeyboardEvent.code`; repeats come as further presses. `scanCodesOf` gives its PS/2 bytes. */
  key(code: string, isDown: boolean): void
  /** Types text, only where `takes.text`. */
  type(text: string): void
  /** Only of the kind `takes.pointer` says. */
  pointer(input: PointerInput): void
  /** Asks the guest for another size, in pixels; whether it follows is its own affair. Only where `takes.resize`. */
  resize?(width: number, height: number): void
  /**
   * Whether anybody looks at it closely, as it is, and not at a thumbnail: said when it is opened and when it changes. A source that
   * can show itself better at a price does so only then.
   */
  near?(isNear: boolean): void
  /** Lets go of it. The machine's screen goes on unseen. */
  close(): void
}
