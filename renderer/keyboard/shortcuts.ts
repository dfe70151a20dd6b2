/** One chord: modifiers and the key's place on a US keyboard (`KeyboardEvent.code`). */
export interface Chord {
  readonly code: string
  readonly ctrl?: true
  readonly shift?: true
  readonly alt?: true
  readonly meta?: true
}

interface Shortcut {
  readonly mac: Chord | null
  /** Windows and Linux. */
  readonly other: Chord | null
  /** Windows and Linux while a terminal has the keyboard; left out: the terminal gets the key. On a Mac ⌘ never goes to it. */
  readonly inTerminal?: Chord
}

const mod = (code: string, more: Partial<Chord> = {}): { mac: Chord; other: Chord } => ({
  mac: { code, meta: true, ...more },
  other: { code, ctrl: true, ...more },
})
const same = (chords: { mac: Chord; other: Chord }): Shortcut => ({ ...chords, inTerminal: chords.other })

/** The window's shortcuts. What a list, a tree or a dialog does with plain keys is with them. */
export const shortcuts = {
  palette: { ...mod('KeyK'), inTerminal: { code: 'KeyK', ctrl: true, shift: true } },
  filter: mod('KeyF'),
  create: mod('KeyN'),
  start: mod('Enter'),
  shutDown: same(mod('Period', { shift: true })),
  snapshot: same(mod('KeyS', { shift: true })),
  undoRestore: same({
    mac: { code: 'KeyZ', alt: true, meta: true },
    other: { code: 'KeyZ', ctrl: true, alt: true },
  }),
  terminal: { ...mod('KeyT'), inTerminal: { code: 'KeyT', ctrl: true, shift: true } },
  dock: same({ mac: { code: 'Backquote', ctrl: true }, other: { code: 'Backquote', ctrl: true } }),
  nextTerminal: same({
    mac: { code: 'BracketRight', meta: true, shift: true },
    other: { code: 'Tab', ctrl: true },
  }),
  previousTerminal: same({
    mac: { code: 'BracketLeft', meta: true, shift: true },
    other: { code: 'Tab', ctrl: true, shift: true },
  }),
  splitTerminal: same({
    mac: { code: 'KeyD', meta: true },
    other: { code: 'KeyD', ctrl: true, shift: true },
  }),
  closeTerminal: same({
    mac: { code: 'KeyW', meta: true },
    other: { code: 'KeyW', ctrl: true, shift: true },
  }),
  overview: mod('Digit1'),
  console: mod('Digit2'),
  snapshots: mod('Digit3'),
  configure: mod('Digit4'),
  activity: mod('Digit5'),
  table: mod('KeyL', { shift: true }),
  sidebar: { mac: { code: 'KeyS', alt: true, meta: true }, other: { code: 'KeyB', ctrl: true } },
  nextPane: { mac: { code: 'F6' }, other: { code: 'F6' }, inTerminal: { code: 'F6', ctrl: true } },
  previousPane: {
    mac: { code: 'F6', shift: true },
    other: { code: 'F6', shift: true },
    inTerminal: { code: 'F6', ctrl: true, shift: true },
  },
  settings: mod('Comma'),
  zoomLarger: mod('Equal'),
  zoomSmaller: mod('Minus'),
  zoomReset: mod('Digit0'),
} as const satisfies Readonly<Record<string, Shortcut>>

export type Command = keyof typeof shortcuts

/** What matching needs of a key event; a test can make one. */
export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
  readonly isComposing: boolean
}

/** The command of a key press; null when it is none, or while a syllable is being composed. */
export function commandOf(
  press: KeyPress,
  where: { readonly isMac: boolean; readonly inTerminal: boolean },
): Command | null {
  if (press.isComposing) return null
  for (const [command, shortcut] of Object.entries(shortcuts) as [Command, Shortcut][]) {
    if (chordsOf(shortcut, where).some((chord) => chord !== null && matches(chord, press))) return command
  }
  return null
}

/** What a terminal leaves to the window goes outside it too: who left one by Ctrl+F6 goes on with it. */
function chordsOf(
  shortcut: Shortcut,
  { isMac, inTerminal }: { readonly isMac: boolean; readonly inTerminal: boolean },
): readonly (Chord | null)[] {
  if (isMac) return [shortcut.mac]
  const anywhere = shortcut.inTerminal ?? null
  return inTerminal ? [anywhere] : [shortcut.other, anywhere]
}

/**
 * By the letter where the layout gives a Latin one (so that Dvorak and AZERTY keep their own), else by the key's place: with
 * the Hangul input on, ⌘K arrives as ⌘ㅏ.
 */
export function matches(chord: Chord, press: KeyPress): boolean {
  if (press.ctrlKey !== (chord.ctrl ?? false) || press.altKey !== (chord.alt ?? false)) return false
  if (press.shiftKey !== (chord.shift ?? false) || press.metaKey !== (chord.meta ?? false)) return false
  const letter = /^Key([A-Z])$/.exec(chord.code)?.[1]
  if (letter !== undefined && /^[a-z]$/i.test(press.key)) return press.key.toUpperCase() === letter
  return press.code === chord.code
}

const keyNames: Readonly<Record<string, string>> = {
  Enter: '↩',
  Period: '.',
  Comma: ',',
  Backquote: '`',
  BracketRight: ']',
  BracketLeft: '[',
  Equal: '+',
  Minus: '−',
}

/** The keys of a chord one by one, as the platform writes them: `⇧ ⌘ S`, `Ctrl Shift S`. */
export function keysOf(command: Command, isMac: boolean): readonly string[] {
  const chord: Chord | null = isMac ? shortcuts[command].mac : shortcuts[command].other
  if (chord === null) return []
  const key = keyNames[chord.code] ?? chord.code.replace(/^(Key|Digit)/, '')
  return isMac
    ? [chord.ctrl && '⌃', chord.alt && '⌥', chord.shift && '⇧', chord.meta && '⌘', key].filter(isText)
    : [chord.ctrl && 'Ctrl', chord.alt && 'Alt', chord.shift && 'Shift', key === '↩' ? 'Enter' : key].filter(isText)
}

/** As menus and tooltips show it: `⇧⌘S`, `Ctrl+Shift+S`. */
export function shortcutText(command: Command, isMac: boolean): string {
  return keysOf(command, isMac).join(isMac ? '' : '+')
}

function isText(part: string | false | undefined): part is string {
  return typeof part === 'string'
}
