import { scanCodesOf } from '../../../../app/domain/scan-codes.ts'

/** v86's keyboard remembers 32 bytes and loses the rest: it is given more only while it has room. */
const maxUnread = 12
const paceMs = 4

/** The places of a keyboard of the United States, which is what a guest takes it for that was told nothing else. */
const places: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ['Space', ' ', ' '],
  ['Tab', '\t', '\t'],
  ['Enter', '\n', '\n'],
  ...[...'1234567890'].map((digit, index) => [`Digit${digit}`, digit, '!@#$%^&*()'[index] ?? digit] as const),
  ...[...'abcdefghijklmnopqrstuvwxyz'].map(
    (letter) => [`Key${letter.toUpperCase()}`, letter, letter.toUpperCase()] as const,
  ),
]
const plain = new Map(places.map(([code, character]) => [character, code]))
const shifted = new Map(places.map(([code, , character]) => [character, code]))

/** The bytes that typing a character takes; none for one that such a keyboard has not. */
export function bytesToType(character: string): readonly number[] {
  const press = (code: string): readonly number[] => [...scanCodesOf(code, true), ...scanCodesOf(code, false)]
  const alone = plain.get(character)
  if (alone !== undefined) return press(alone)
  const withShift = shifted.get(character)
  if (withShift === undefined) return []
  return [...scanCodesOf('ShiftLeft', true), ...press(withShift), ...scanCodesOf('ShiftLeft', false)]
}

export interface Keyboard {
  /** Bytes of one key, in their order. */
  send(bytes: readonly number[]): void
  type(text: string): void
}

/** Gives a guest's keyboard what it is sent, not faster than the guest reads. */
export function createKeyboard(send: (bytes: number[]) => void, unread: () => number): Keyboard {
  const waiting: (readonly number[])[] = []
  let timer: NodeJS.Timeout | null = null

  const pass = (): void => {
    timer = null
    while (waiting.length > 0 && unread() < maxUnread) send([...(waiting.shift() ?? [])])
    if (waiting.length > 0) timer = setTimeout(pass, paceMs)
  }
  const put = (bytes: readonly number[]): void => {
    if (bytes.length === 0) return
    waiting.push(bytes)
    if (timer === null) pass()
  }
  return {
    send: put,
    type(text) {
      for (const character of text.replaceAll(/\r\n?/g, '\n')) put(bytesToType(character))
    },
  }
}
