import type { en } from './en.ts'

export type MessageKey = keyof typeof en

export type TextParams = Readonly<Record<string, string | number>>

/**
 * A sentence as data: which one, and what goes into it. Main sends these; the window writes them in the person's language,
 * so switching the language changes what is already on screen.
 * `count` among the params chooses the plural form.
 */
export interface Text {
  readonly key: MessageKey
  readonly params?: TextParams
}

/** One message: a string with `{name}` holes, or its plural forms chosen by `count`. */
export type Message = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>

export type Catalogue = Readonly<Record<MessageKey, Message>>
