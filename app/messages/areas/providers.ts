import type { Message } from '../text.ts'

/** The Providers page, remedies and settings. */
export const providersEn = {} as const

export const providersKo: Record<keyof typeof providersEn, Message> = {}
