import { scanCodesOf } from '../../app/domain/scan-codes.ts'

export interface RfbKey {
  /** Of a PC keyboard, the keys with the prefix 0xe0 with their high bit set: QEMU's extended key event (RFB registry, 255). */
  readonly scanCode: number
  /** The X keysym of the key alone, for a server that knows only those; 0 when we have none. */
  readonly symbol: number
}

const symbols: Readonly<Record<string, number>> = {
  Escape: 0xff1b,
  Backspace: 0xff08,
  Tab: 0xff09,
  Enter: 0xff0d,
  NumpadEnter: 0xff8d,
  Delete: 0xffff,
  Insert: 0xff63,
  Home: 0xff50,
  End: 0xff57,
  PageUp: 0xff55,
  PageDown: 0xff56,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  ShiftLeft: 0xffe1,
  ShiftRight: 0xffe2,
  ControlLeft: 0xffe3,
  ControlRight: 0xffe4,
  CapsLock: 0xffe5,
  AltLeft: 0xffe9,
  AltRight: 0xffea,
  MetaLeft: 0xffeb,
  MetaRight: 0xffec,
  ContextMenu: 0xff67,
  NumLock: 0xff7f,
  ScrollLock: 0xff14,
  Pause: 0xff13,
  PrintScreen: 0xff61,
  Space: 0x20,
  Minus: 0x2d,
  Equal: 0x3d,
  BracketLeft: 0x5b,
  BracketRight: 0x5d,
  Backslash: 0x5c,
  Semicolon: 0x3b,
  Quote: 0x27,
  Backquote: 0x60,
  Comma: 0x2c,
  Period: 0x2e,
  Slash: 0x2f,
}

/** Keys whose number is not their scan code with a high bit: these have two in set 1. */
const apart: Readonly<Record<string, number>> = { PrintScreen: 0x54, Pause: 0xc6 }

/** How RFB names the key at this place; null for one that no PC keyboard has. */
export function rfbKeyOf(code: string): RfbKey | null {
  const bytes = scanCodesOf(code, true)
  const [first = 0, second] = bytes
  if (bytes.length === 0) return null
  const scanCode = apart[code] ?? (second === undefined ? first : second | 0x80)
  return { scanCode, symbol: symbolOf(code) }
}

function symbolOf(code: string): number {
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (letter !== undefined) return letter.toLowerCase().charCodeAt(0)
  const digit = /^Digit(\d)$/.exec(code)?.[1]
  if (digit !== undefined) return digit.charCodeAt(0)
  const number = /^F(\d{1,2})$/.exec(code)?.[1]
  if (number !== undefined) return 0xffbd + Number(number)
  const pad = /^Numpad(\d)$/.exec(code)?.[1]
  if (pad !== undefined) return 0xffb0 + Number(pad)
  return Object.hasOwn(symbols, code) ? (symbols[code] ?? 0) : 0
}
