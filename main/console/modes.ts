/** A stretch of output on one of a terminal's two screens. */
export interface Stretch {
  readonly isAlternate: boolean
  readonly bytes: Uint8Array
}

/** Follows the modes a program sets in its terminal, so that a later viewer can be put into the same ones. */
export interface Modes {
  /**
   * Reads on and says which screen each stretch went to; the switching sequences themselves are left out. An escape sequence
   * that is not whole yet waits for its rest.
   */
  read(bytes: Uint8Array): readonly Stretch[]
  isAlternate(): boolean
  /** What puts a terminal into the present modes, whatever it was in. */
  current(): string
  /** What takes every mode back, for when the program is gone; the modes are then as at the start. */
  takeBack(): string
  /** The beginning of a sequence whose rest has not come. */
  pending(): Uint8Array
}

const alternateScreens = new Set(['47', '1047', '1049'])
/** Modes that are on in a fresh terminal: wrap and cursor. */
const onByDefault = new Set(['7', '25'])
/** Modes that change the terminal's size or save the cursor: not for repeating. */
const unrepeatable = new Set(['3', '1048'])
const saveCursor = Buffer.from('\x1b7')
const restoreCursor = Buffer.from('\x1b8')
const maxNameLength = 4
const maxModes = 128
const nothing = new Uint8Array()
const escapeByte = 0x1b

// Private modes, keypad, reset. Found in text of one character per byte, so that offsets are bytes.
const sequence = /\x1b(?:\[\?([\d;]{1,64})([hl])|([=>c]))/g
const beginning = /\x1b(?:\[(?:\?[\d;]{0,64})?)?$/

export function createModes(): Modes {
  const modes = new Map<string, boolean>()
  /** null until a program said which. */
  let isKeypad: boolean | null = null
  let isAlternate = false
  let pending: Uint8Array = new Uint8Array()

  const reset = (): void => {
    modes.clear()
    isKeypad = null
    isAlternate = false
  }

  /** Terminals have some fifty modes, all below 10,000; a program may set any number of others. */
  const isRepeatable = (name: string): boolean =>
    !unrepeatable.has(name) && name.length <= maxNameLength && (modes.has(name) || modes.size < maxModes)

  const apply = (names: readonly string[], isOn: boolean): void => {
    for (const name of names) {
      if (alternateScreens.has(name)) isAlternate = isOn
      else if (isRepeatable(name)) modes.set(name, isOn)
    }
  }

  return {
    read(bytes) {
      const all = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
      // Plain text, as most of what is much is: no sequence begins in it.
      if (!all.includes(escapeByte)) {
        pending = nothing
        return all.length === 0 ? [] : [{ isAlternate, bytes: all }]
      }
      const text = Buffer.from(all.buffer, all.byteOffset, all.byteLength).toString('latin1')
      const end = text.length - (beginning.exec(text.slice(-80))?.[0].length ?? 0)
      pending = all.slice(end)

      const stretches: Stretch[] = []
      let from = 0
      const cut = (to: number): void => {
        if (to > from) stretches.push({ isAlternate, bytes: all.subarray(from, to) })
      }
      sequence.lastIndex = 0
      for (let match = sequence.exec(text); match !== null; match = sequence.exec(text)) {
        const [whole, names, sign, single] = match
        if (single === undefined) {
          const list = (names ?? '').split(';')
          const isSwitch = list.some((name) => alternateScreens.has(name)) && (isAlternate || sign === 'h')
          if (!isSwitch) {
            apply(list, sign === 'h')
            continue
          }
          cut(match.index)
          from = match.index + whole.length
          // What the switch does to the ordinary screen: its cursor is kept, and comes back.
          const cursor = list.includes('1049') ? (sign === 'h' ? saveCursor : restoreCursor) : nothing
          if (!isAlternate) stretches.push({ isAlternate, bytes: cursor })
          apply(list, sign === 'h')
          if (!isAlternate) stretches.push({ isAlternate, bytes: cursor })
        } else if (single === 'c') {
          cut(match.index)
          from = match.index
          reset()
        } else isKeypad = single === '='
      }
      cut(end)
      return stretches
    },
    isAlternate: () => isAlternate,
    current() {
      const set = [...modes].map(([name, isOn]) => `\x1b[?${name}${isOn ? 'h' : 'l'}`)
      return `${set.join('')}${isKeypad === null ? '' : isKeypad ? '\x1b=' : '\x1b>'}`
    },
    takeBack() {
      const back = [...modes]
        .filter(([name, isOn]) => isOn !== onByDefault.has(name))
        .map(([name, isOn]) => `\x1b[?${name}${isOn ? 'l' : 'h'}`)
      const text = `${isAlternate ? '\x1b[?1049l' : ''}${back.join('')}${isKeypad === true ? '\x1b>' : ''}\x1b[0m`
      reset()
      return text
    },
    pending: () => pending,
  }
}
