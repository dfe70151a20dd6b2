import type { Message } from '../text.ts'

/** Consoles, the terminal dock, sessions. */
export const terminalEn = {} as const

export const terminalKo: Record<keyof typeof terminalEn, Message> = {}
