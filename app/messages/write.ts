import { localizeSize } from '../domain/units.ts'
import { en } from './en.ts'
import { ko } from './ko.ts'
import type { Catalogue, Message, Text } from './text.ts'

export type Locale = 'en' | 'ko'

const catalogues: Readonly<Record<Locale, Catalogue>> = { en, ko }

/** Marks around a hole's value, kept by `writeParts` so that a name can be isolated from the sentence's direction. */
export interface Part {
  readonly text: string
  /** The hole's name; null for the sentence's own words. */
  readonly hole: string | null
}

/**
 * Writes a text as its parts. A hole without a value stays visible as `{name}`: a bug to be seen, not a crash.
 * An unknown key (from a newer main) is written as itself.
 */
export function writeParts(text: Text, locale: Locale): readonly Part[] {
  const message: Message | undefined = catalogues[locale][text.key]
  if (message === undefined) return [{ text: text.key, hole: null }]
  const parts: Part[] = []
  let last = 0
  const pattern = choose(message, text.params?.['count'], locale)
  for (const match of pattern.matchAll(/\{(\w+)\}/g)) {
    if (match.index > last) parts.push({ text: pattern.slice(last, match.index), hole: null })
    const hole = match[1] ?? ''
    const value = text.params?.[hole]
    parts.push({ text: value === undefined ? match[0] : formatValue(value, hole, locale), hole })
    last = match.index + match[0].length
  }
  if (last < pattern.length) parts.push({ text: pattern.slice(last), hole: null })
  return parts
}

/** Writes a text as one string. */
export function write(text: Text, locale: Locale): string {
  return writeParts(text, locale)
    .map((part) => part.text)
    .join('')
}

/** The language Berth speaks for a system locale: Korean for Korean, English for everything else. */
export function localeFor(setting: 'system' | Locale, systemLocale: string): Locale {
  if (setting !== 'system') return setting
  return /^ko\b/i.test(systemLocale) ? 'ko' : 'en'
}

function choose(message: Message, count: string | number | undefined, locale: Locale): string {
  if (typeof message === 'string') return message
  if (typeof count !== 'number') return message.other
  return message[new Intl.PluralRules(locale).select(count)] ?? message.other
}

/** Holes that main fills with sizes. Others hold names, which are never changed. */
const sizeHoles: ReadonlySet<string> = new Set(['size', 'needed', 'free', 'kept', 'now', 'theirs', 'ours'])

function formatValue(value: string | number, hole: string, locale: Locale): string {
  if (typeof value === 'number') return new Intl.NumberFormat(locale).format(value)
  return sizeHoles.has(hole) ? localizeSize(value, locale) : value
}
