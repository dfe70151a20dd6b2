import type { Message } from '../text.ts'

/** Sentences of tasks while running, done and failed. */
export const tasksEn = {} as const

export const tasksKo: Record<keyof typeof tasksEn, Message> = {}
