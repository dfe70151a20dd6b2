import type { Message } from '../text.ts'

/** The create dialog and the settings form of a machine. */
export const createEn = {} as const

export const createKo: Record<keyof typeof createEn, Message> = {}
