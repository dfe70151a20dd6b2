import { assemble, convertQwertyToHangul, disassemble } from 'es-hangul'
import { fold } from './search.ts'

const pauseMs = 500

/** What the letters typed so far mean. */
export interface TypedName {
  readonly matches: (name: string) => boolean
  /** One letter, alone or again: goes on to the next name that begins with it. */
  readonly isRepeat: boolean
}

/**
 * Collects letters typed in a list. Outside a text field no input method composes, so Hangul arrives letter by letter
 * (ㅎ ㅏ ㄴ), or as the Latin keys it was typed with: both find 한글.
 */
export function createTypeAhead(): (letter: string, nowMs: number) => TypedName {
  let letters: string[] = []
  let last = Number.NEGATIVE_INFINITY
  return (letter, nowMs) => {
    if (nowMs - last > pauseMs) letters = []
    last = nowMs
    const isRepeat = letters.every((known) => known === letter)
    if (letters.length === 0 || !isRepeat) letters.push(letter)
    return { matches: startsWith(letters), isRepeat }
  }
}

function startsWith(letters: readonly string[]): (name: string) => boolean {
  const typed = fold(letters.join(''))
  const wanted = [disassemble(/[ㄱ-ㅣ]/.test(typed) ? assemble([...typed]) : typed)]
  if (/^[a-z]+$/.test(typed)) wanted.push(disassemble(convertQwertyToHangul(typed)))
  return (name) => {
    const letterByLetter = disassemble(fold(name))
    return wanted.some((text) => letterByLetter.startsWith(text))
  }
}
