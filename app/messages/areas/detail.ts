import type { Message } from '../text.ts'

/** A machine's page: header, overview, snapshots, activity, error cards, stop ladder, delete and clone dialogs. */
export const detailEn = {} as const

export const detailKo: Record<keyof typeof detailEn, Message> = {}
