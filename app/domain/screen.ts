import type { Text } from '../messages/text.ts'

/**
 * Which of a person's hands a screen takes. `relative`: the pointer's movements, for which the window locks it. `absolute`:
 * where it stands, in the screen's own pixels. `text`: whole text, typed by the source as its machine's keyboard would.
 */
export interface ScreenTakes {
  readonly keyboard: boolean
  readonly pointer: 'none' | 'relative' | 'absolute'
  readonly text: boolean
  /** Whether its guest can be asked for another size; one without the driver for that stays as it is. */
  readonly resize?: boolean
}

/** Before it is known what a screen takes, and of one that is only looked at. */
export const takesNothing: ScreenTakes = { keyboard: false, pointer: 'none', text: false }

/** A part of a screen, in its own pixels. */
export interface ScreenArea {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A text screen's cursor. It covers its cell from `top` to `bottom`, as parts of the cell's height (0 to 1). */
export interface TextCursor {
  readonly row: number
  readonly column: number
  readonly top: number
  readonly bottom: number
}

/**
 * connecting: nothing shown yet. live: as it is now. off: its machine is not running. lost: it broke and is being tried
 * again. taken: another program has it and lets no second one in. none: there is nothing to show, and trying again is vain.
 */
export type ScreenState = 'connecting' | 'live' | 'off' | 'lost' | 'taken' | 'none'

/** How a screen stands, said anew whenever it changes. */
export interface ScreenStatus {
  readonly state: ScreenState
  readonly takes: ScreenTakes
  /** When this state began, ISO 8601 UTC. */
  readonly since: string
  /** Attempts to connect again so far, for `lost`. */
  readonly attempts: number
  /** Why it is not live, where there is more to say than the state. */
  readonly reason: Text | null
  /** When the last picture was given, ISO 8601 UTC; null when there is none. */
  readonly pictureAt: string | null
}

/**
 * Where the pointer is and what is held. `buttons` are the DOM's bits (1 left, 2 right, 4 middle, 8 back, 16 forward);
 * `wheelX` and `wheelY` are whole steps, right and down positive.
 */
interface Pointer {
  readonly buttons: number
  readonly wheelX: number
  readonly wheelY: number
}
export type PointerInput =
  | ({ readonly kind: 'at'; readonly x: number; readonly y: number } & Pointer)
  | ({ readonly kind: 'by'; readonly dx: number; readonly dy: number } & Pointer)

/** Largest screen that is taken, in pixels of one side and in cells of one side. */
export const maxPixels = 8192
export const maxCells = 256

/** Smallest screen that a guest is asked for, in pixels of one side. */
export const minPixels = 320

/** Bytes of a pixel: red, green, blue, opacity (always 255). */
export const pixelBytes = 4
/** Bytes of a packed cell: see `writeCell`. */
export const cellBytes = 12

/** One character cell of a text screen. */
export interface Cell {
  /** Unicode, within the basic plane. */
  readonly codePoint: number
  /** 0xRRGGBB. */
  readonly foreground: number
  readonly background: number
  readonly blinks: boolean
}

const blinkBit = 1 << 16

/** Packs a cell into `bytes` at `index` cells: character and blinking, foreground, background, 32 bits each, low byte first. */
export function writeCell(bytes: Uint8Array, index: number, { codePoint, foreground, background, blinks }: Cell): void {
  const at = index * cellBytes
  write32(bytes, at, (codePoint & 0xffff) | (blinks ? blinkBit : 0))
  write32(bytes, at + 4, foreground & 0xffffff)
  write32(bytes, at + 8, background & 0xffffff)
}

export function readCell(bytes: Uint8Array, index: number): Cell {
  const at = index * cellBytes
  const character = read32(bytes, at)
  return {
    codePoint: character & 0xffff,
    foreground: read32(bytes, at + 4),
    background: read32(bytes, at + 8),
    blinks: (character & blinkBit) !== 0,
  }
}

/** Packs a row of text in one pair of colours. Characters beyond the basic plane become `?`. */
export function packText(text: string, colours: Pick<Cell, 'foreground' | 'background'>): Uint8Array {
  const characters = [...text]
  const bytes = new Uint8Array(characters.length * cellBytes)
  for (const [index, character] of characters.entries()) {
    const codePoint = character.codePointAt(0) ?? 0x20
    writeCell(bytes, index, { ...colours, codePoint: codePoint > 0xffff ? 0x3f : codePoint, blinks: false })
  }
  return bytes
}

function write32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >> 8
  bytes[at + 2] = value >> 16
  bytes[at + 3] = value >> 24
}

function read32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

/** The sixteen colours of VGA text as its palette is after a reset, 0xRRGGBB, by attribute. */
export const vgaColours = [
  0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa, 0x555555, 0x5555ff, 0x55ff55,
  0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
] as const
