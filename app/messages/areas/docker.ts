import type { Message } from '../text.ts'

/** What the Docker provider says. */
export const dockerEn = {} as const

export const dockerKo: Record<keyof typeof dockerEn, Message> = {}
