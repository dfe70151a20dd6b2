import type { Settings } from '../../app/domain/settings.ts'

/** Until main has said the settings. The schema that knows them is main's: the page does not carry its parser. */
export const defaultTerminal: Settings['terminal'] = {
  fontSizePx: 12.5,
  alwaysDark: false,
  screenReader: false,
  scrollbackLines: 10_000,
}
