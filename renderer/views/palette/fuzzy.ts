import { disassemble, getChoseong } from 'es-hangul'

export interface Match {
  /** Higher is better. */
  readonly score: number
  /** Positions in the text that matched, for marking. */
  readonly at: readonly number[]
}

const initialsOnly = /^[ㄱ-ㅎ\s]+$/

/**
 * Finds what was typed in a text: at a word's start best, then inside, then letter by letter from word to word, then
 * scattered. Korean also by its initial consonants (ㅅㄴㅅ finds 스냅샷) and while a syllable is only half typed. Null when
 * it is not there; an empty query is found everywhere.
 */
export function matchText(query: string, text: string): Match | null {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return { score: 0, at: [] }
  const lower = text.toLowerCase()
  // Lowering may change a text's length in a few scripts: positions would then be wrong.
  const hay = lower.length === text.length ? lower : text
  if (initialsOnly.test(wanted)) return inInitials(wanted.replace(/\s/g, ''), hay)
  return inOnePiece(wanted, hay) ?? byWordStarts(wanted, hay) ?? bySyllables(wanted, hay) ?? scattered(wanted, hay)
}

function inOnePiece(wanted: string, hay: string): Match | null {
  let inside = -1
  for (let index = hay.indexOf(wanted); index >= 0; index = hay.indexOf(wanted, index + 1)) {
    if (isWordStart(hay, index))
      return { score: (index === 0 ? 1000 : 900) - hay.length / 100, at: range(index, wanted.length) }
    if (inside < 0) inside = index
  }
  return inside < 0 ? null : { score: 700 - hay.length / 100, at: range(inside, wanted.length) }
}

/** Every letter either begins a word or goes on from the letter before: `tsn` finds "take snapshot". */
function byWordStarts(wanted: string, hay: string): Match | null {
  const letters = [...wanted.replace(/\s/g, '')]
  const search = (letter: number, from: number, before: number): readonly number[] | null => {
    const sought = letters[letter]
    if (sought === undefined) return []
    if (before >= 0 && hay[before + 1] === sought) {
      const rest = search(letter + 1, before + 2, before + 1)
      if (rest !== null) return [before + 1, ...rest]
    }
    for (let index = hay.indexOf(sought, from); index >= 0; index = hay.indexOf(sought, index + 1)) {
      if (!isWordStart(hay, index)) continue
      const rest = search(letter + 1, index + 1, index)
      if (rest !== null) return [index, ...rest]
    }
    return null
  }
  const at = search(0, 0, -1)
  return at === null ? null : { score: 500 - hay.length / 100, at }
}

/** By letters of syllables: `스내` is on its way to 스냅. */
function bySyllables(wanted: string, hay: string): Match | null {
  if (!/[가-힣ㄱ-ㅣ]/.test(wanted)) return null
  const letters: string[] = []
  const owners: number[] = []
  for (const [index, character] of [...hay].entries()) {
    for (const letter of disassemble(character)) {
      letters.push(letter)
      owners.push(index)
    }
  }
  const typed = disassemble(wanted)
  const found = letters.join('').indexOf(typed)
  const first = owners[found]
  // A syllable is found from its beginning only.
  if (found < 0 || first === undefined || owners[found - 1] === first) return null
  return { score: 600 - hay.length / 100, at: [...new Set(owners.slice(found, found + typed.length))] }
}

function inInitials(wanted: string, hay: string): Match | null {
  const initials = [...hay].map((character) => (/[가-힣]/.test(character) ? getChoseong(character) : character))
  const joined = initials.filter((initial) => initial !== ' ').join('')
  const index = joined.indexOf(wanted)
  if (index < 0) return null
  const positions = initials.flatMap((initial, position) => (initial === ' ' ? [] : [position]))
  return { score: (index === 0 ? 950 : 650) - hay.length / 100, at: positions.slice(index, index + wanted.length) }
}

function scattered(wanted: string, hay: string): Match | null {
  const at: number[] = []
  let from = 0
  for (const letter of wanted.replace(/\s/g, '')) {
    const index = hay.indexOf(letter, from)
    if (index < 0) return null
    at.push(index)
    from = index + 1
  }
  const spread = (at.at(-1) ?? 0) - (at[0] ?? 0)
  // Letters all over a long sentence are no match but a coincidence.
  return spread > wanted.length * 4 ? null : { score: 200 - spread - hay.length / 100, at }
}

function isWordStart(text: string, index: number): boolean {
  return index === 0 || /[^\p{L}\p{N}]/u.test(text[index - 1] ?? '')
}

function range(start: number, length: number): readonly number[] {
  return Array.from({ length }, (_, index) => start + index)
}
