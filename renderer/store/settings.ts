import type { Settings } from '../../app/domain/settings.ts'

/** Null until main has answered: the schema's defaults are main's, and the page does not carry the parser for them. */
export type SettingsState = Settings | null

export const initialSettings: SettingsState = null
