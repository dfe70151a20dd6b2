import type { SystemInfo } from '../../app/domain/system.ts'

/** Null until main has answered. */
export type SystemState = SystemInfo | null

export const initialSystem: SystemState = null
