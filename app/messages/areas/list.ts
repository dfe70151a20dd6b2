import type { Message } from '../text.ts'

/** Sidebar, list, table, filters, palette, task strip, first run, menus, quit. */
export const listEn = {} as const

export const listKo: Record<keyof typeof listEn, Message> = {}
