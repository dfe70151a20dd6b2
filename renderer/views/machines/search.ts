import { disassemble, getChoseong } from 'es-hangul'
import type { Annotation, Machine } from '../../../app/domain/machine.ts'
import { type Locale, write } from '../../../app/messages/write.ts'

const initialsOnly = /^[ㄱ-ㅎ]+$/
const locales: readonly Locale[] = ['en', 'ko']

/** Lower case, without accents, composed: what is compared on both sides. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLocaleLowerCase('en')
}

/** All a machine is found by: name, state in both languages, tags, addresses, system, provider. */
export function searchable(machine: Machine, annotation: Annotation, provider: string): string {
  const key = `state.${machine.state}` as const
  return fold(
    [
      machine.name,
      ...locales.map((locale) => write({ key }, locale)),
      ...annotation.tags,
      ...machine.addresses,
      machine.os ?? '',
      machine.arch ?? '',
      provider,
    ].join('\n'),
  )
}

/** Whether every word of the search is somewhere in the text; a word of Korean initials finds names by theirs. */
export function createMatcher(search: string): (text: string) => boolean {
  const words = fold(search)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return () => true
  return (text) =>
    words.every((word) => text.includes(word) || (initialsOnly.test(word) && initialsOf(text).includes(word)))
}

/** Korean syllables by their initial consonants, everything else as it is. */
export function initialsOf(text: string): string {
  return text.replace(/[가-힣]+/g, (syllables) => getChoseong(syllables))
}

/** The name nearest to what was typed, when it is near enough to be a slip; null otherwise. */
export function nearestName(search: string, names: Iterable<string>): string | null {
  const wanted = disassemble(fold(search.trim()))
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(wanted, disassemble(fold(name)).slice(0, wanted.length + 8), bestDistance)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Letters to change from one to (a beginning of) the other; gives up at `limit`. */
function editDistance(from: string, to: string, limit: number): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1
      current.push(
        Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + change),
      )
    }
    if (Math.min(...current) >= limit) return limit
    previous = current
  }
  return Math.min(...previous)
}
