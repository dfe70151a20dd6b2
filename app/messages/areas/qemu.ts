import type { Message } from '../text.ts'

/** What the QEMU provider says. */
export const qemuEn = {} as const

export const qemuKo: Record<keyof typeof qemuEn, Message> = {}
