import type { Settings } from '../../app/domain/settings.ts'
import { remember, remembered } from './remembered.ts'

/** Of the settings, what the first picture depends on. */
export type Look = Pick<Settings, 'theme' | 'textZoomPercent' | 'locale' | 'list'>

const plain: Look = {
  theme: 'system',
  textZoomPercent: 100,
  locale: 'system',
  list: { group: 'provider', sort: 'name', table: false },
}

/** As it was the last time: until main has said the settings, so that nothing flashes. */
export const lastLook: Look = { ...plain, ...remembered<Partial<Look>>('look', {}) }

export function rememberLook({ theme, textZoomPercent, locale, list }: Look): void {
  remember('look', { theme, textZoomPercent, locale, list } satisfies Look)
}
