/** What capturing needs of a key event; a test can make one. */
export interface KeyEventLike {
  readonly code: string
  readonly key: string
  readonly repeat?: boolean
}

/** The keyboard while a screen has it: what is held, what goes to the guest, and the chord that lets go. */
export interface Keys {
  down(event: KeyEventLike): void
  up(event: KeyEventLike): void
  /** Presses keys one after another and lets go of them in reverse, as Ctrl+Alt+Delete from a menu. */
  chord(codes: readonly string[]): void
  /** Lets go of everything held: the window lost the keyboard, and with it every key that is let go meanwhile. */
  releaseAll(): void
}

/** Keys that say only once that they were pressed, and those whose release the system keeps from us. */
const momentary: readonly string[] = ['Lang1', 'Lang2', 'KanaMode', 'Convert', 'NonConvert']

/**
 * Gives a guest its keys. `letGo` is called when Ctrl and Alt were pressed and let go with nothing between: that chord is the
 * window's. It reaches the guest all the same, as any chord that is begun.
 */
export function createKeys(
  send: (code: string, isDown: boolean) => void,
  letGo: () => void,
  platform: { readonly isMac: boolean },
): Keys {
  const held = new Set<string>()
  let isArmed = false

  const press = (code: string): void => {
    held.add(code)
    send(code, true)
  }
  const release = (code: string): void => {
    if (held.delete(code)) send(code, false)
  }
  const releaseAll = (): void => {
    isArmed = false
    for (const code of [...held].reverse()) release(code)
  }
  const tap = (code: string): void => {
    press(code)
    release(code)
  }
  const isChord = (): boolean =>
    held.size === 2 &&
    [...held].some((code) => code.startsWith('Control')) &&
    [...held].some((code) => /^Alt/.test(code))

  return {
    down({ code, key, repeat }) {
      if (code === '') return
      // A lock key on a Mac says that it is on or off now, not that it is held.
      if (momentary.includes(code) || (code === 'CapsLock' && platform.isMac)) {
        if (repeat !== true) tap(code)
        return
      }
      press(code)
      // AltGr arrives as Ctrl and Alt on Windows: it writes letters there.
      isArmed = isChord() && key !== 'AltGraph'
    },
    up({ code }) {
      const wasArmed = isArmed
      isArmed = false
      if (code === 'CapsLock' && platform.isMac) tap(code)
      // Windows keeps its press for itself.
      else if (code === 'PrintScreen' && !held.has(code)) tap(code)
      else release(code)
      // While ⌘ is held a Mac says of no other key that it was let go.
      if (platform.isMac && code.startsWith('Meta')) releaseAll()
      if (!wasArmed) return
      releaseAll()
      letGo()
    },
    chord(codes) {
      for (const code of codes) press(code)
      for (const code of [...codes].reverse()) release(code)
    },
    releaseAll,
  }
}

/** Chords that a guest may need and a person cannot type, because their own system takes them. */
export const specialChords: readonly (readonly string[])[] = [
  ['ControlLeft', 'AltLeft', 'Delete'],
  ['ControlLeft', 'AltLeft', 'Backspace'],
  ['ControlLeft', 'AltLeft', 'F1'],
  ['ControlLeft', 'AltLeft', 'F2'],
  ['ControlLeft', 'AltLeft', 'F7'],
  ['AltLeft', 'Tab'],
  ['AltLeft', 'F4'],
  ['MetaLeft'],
  ['PrintScreen'],
  ['Lang1'],
  ['Lang2'],
]

const names: Readonly<Record<string, string>> = {
  ControlLeft: 'Ctrl',
  AltLeft: 'Alt',
  Delete: 'Delete',
  MetaLeft: '⊞',
  PrintScreen: 'Print Screen',
  Lang1: '한/영',
  Lang2: '한자',
}

/** A chord as its keys are labelled: `Ctrl+Alt+Delete`. */
export function chordText(codes: readonly string[]): string {
  return codes.map((code) => names[code] ?? code).join('+')
}

/** What lets go of a captured screen, as the person's own keyboard labels it. */
export function letGoText(isMac: boolean): string {
  return isMac ? '⌃⌥' : 'Ctrl+Alt'
}
