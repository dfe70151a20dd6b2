import type { ReactNode } from 'react'
import type { MessageKey, Text, TextParams } from '../app/messages/text.ts'
import { type Locale, localeFor, write, writeParts } from '../app/messages/write.ts'
import { showControls } from './format/names.ts'
import { lastLook } from './store/last-look.ts'
import { type State, useApp } from './store/store.ts'

/** Writes a message in the person's language: by its key, or a `Text` that main sent. */
export type SayFunction = (text: MessageKey | Text, params?: TextParams) => string

/** In a browser its own language counts: the one main runs under may be that of a service. */
export const localeIn = ({ settings, system }: State): Locale =>
  localeFor(
    settings?.locale ?? lastLook.locale,
    system?.shell === 'electron' ? system.systemLocale : navigator.language,
  )

export function useLocale(): Locale {
  return useApp(localeIn)
}

/** For attributes and plain text. Where a name stands in a sentence on screen, use `<Say>`: it isolates the name. */
export function useSay(): SayFunction {
  return sayIn(useLocale())
}

const says: Readonly<Record<Locale, SayFunction>> = {
  en: (text, params) => showControls(write(asText(text, params), 'en')),
  ko: (text, params) => showControls(write(asText(text, params), 'ko')),
}

export function sayIn(locale: Locale): SayFunction {
  return says[locale]
}

/**
 * A message whose string values stand isolated (`<bdi>`), so that a name written right to left does not turn the sentence
 * around. `strong` names the holes to be set bold.
 */
export function Say({
  text,
  params,
  strong = [],
}: {
  readonly text: MessageKey | Text
  readonly params?: TextParams | undefined
  readonly strong?: readonly string[]
}): ReactNode {
  const full = asText(text, params)
  return writeParts(full, useLocale()).map((part, index) => {
    if (part.hole === null || typeof full.params?.[part.hole] === 'number') return part.text
    const name = showControls(part.text)
    return strong.includes(part.hole) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence have no other identity
      <bdi key={index} dir="auto" className="strong">
        {name}
      </bdi>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence have no other identity
      <bdi key={index} dir="auto">
        {name}
      </bdi>
    )
  })
}

function asText(text: MessageKey | Text, params: TextParams | undefined): Text {
  if (typeof text !== 'string') return text
  return params === undefined ? { key: text } : { key: text, params }
}
