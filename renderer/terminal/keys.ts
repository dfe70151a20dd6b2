import { isMac } from '../keyboard/platform.ts'
import { type Chord, matches } from '../keyboard/shortcuts.ts'

export type TerminalKey = 'copy' | 'paste' | 'find'

const chords: Readonly<Record<TerminalKey, { readonly mac: Chord; readonly other: Chord }>> = {
  copy: { mac: { code: 'KeyC', meta: true }, other: { code: 'KeyC', ctrl: true, shift: true } },
  paste: { mac: { code: 'KeyV', meta: true }, other: { code: 'KeyV', ctrl: true, shift: true } },
  find: { mac: { code: 'KeyF', meta: true }, other: { code: 'KeyF', ctrl: true, shift: true } },
}

/** What a terminal's own part of the window does with a key; null for the guest's keys. */
export function terminalKeyOf(event: KeyboardEvent, onMac: boolean = isMac): TerminalKey | null {
  if (event.isComposing) return null
  const found = (Object.keys(chords) as TerminalKey[]).find((key) =>
    matches(onMac ? chords[key].mac : chords[key].other, event),
  )
  return found ?? null
}

export function isTerminalKey(event: KeyboardEvent): boolean {
  return terminalKeyOf(event) !== null
}

/** How the key is written in menus. */
export function terminalKeyText(key: TerminalKey, onMac: boolean = isMac): string {
  const letter = chords[key].other.code.slice(3)
  return onMac ? `⌘${letter}` : `Ctrl+Shift+${letter}`
}
