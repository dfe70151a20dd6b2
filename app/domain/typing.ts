/** One stroke of a US keyboard. */
export interface Stroke {
  /** The DOM's `KeyboardEvent.code`. */
  readonly code: string
  readonly shift: boolean
}

const plain: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '\n': 'Enter',
  '\t': 'Tab',
  '-': 'Minus',
  '=': 'Equal',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
  ';': 'Semicolon',
  "'": 'Quote',
  '`': 'Backquote',
  ',': 'Comma',
  '.': 'Period',
  '/': 'Slash',
}
const shifted: Readonly<Record<string, string>> = {
  _: 'Minus',
  '+': 'Equal',
  '{': 'BracketLeft',
  '}': 'BracketRight',
  '|': 'Backslash',
  ':': 'Semicolon',
  '"': 'Quote',
  '~': 'Backquote',
  '<': 'Comma',
  '>': 'Period',
  '?': 'Slash',
}
const overDigits = ')!@#$%^&*('

/** How a character is typed where the machine takes the keyboard for a US one; null for what such a keyboard has not. */
export function strokeOf(character: string): Stroke | null {
  if (/^[a-z]$/.test(character)) return { code: `Key${character.toUpperCase()}`, shift: false }
  if (/^[A-Z]$/.test(character)) return { code: `Key${character}`, shift: true }
  if (/^[0-9]$/.test(character)) return { code: `Digit${character}`, shift: false }
  const digit = overDigits.indexOf(character)
  if (character !== '' && digit >= 0) return { code: `Digit${digit}`, shift: true }
  if (Object.hasOwn(plain, character)) return { code: plain[character] ?? '', shift: false }
  if (Object.hasOwn(shifted, character)) return { code: shifted[character] ?? '', shift: true }
  return null
}

/** The key events that type a text, in order. What a US keyboard has not is left out; line ends of any kind are Enter. */
export function strokesOf(text: string): readonly { readonly code: string; readonly isDown: boolean }[] {
  const events: { code: string; isDown: boolean }[] = []
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const stroke = strokeOf(character)
    if (stroke === null) continue
    if (stroke.shift) events.push({ code: 'ShiftLeft', isDown: true })
    events.push({ code: stroke.code, isDown: true }, { code: stroke.code, isDown: false })
    if (stroke.shift) events.push({ code: 'ShiftLeft', isDown: false })
  }
  return events
}
