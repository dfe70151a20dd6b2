import type { Message } from '../text.ts'

/** What services and handlers say: tasks, inventory, settings, files. */
export const coreEn = {} as const

export const coreKo: Record<keyof typeof coreEn, Message> = {}
