import { app, type BrowserWindow, Menu, nativeTheme } from 'electron'
import { localeFor } from '../app/messages/write.ts'
import { type Assembled, assemble } from './assemble.ts'
import type { ConsoleWindows } from './console-windows.ts'
import { createDesktop } from './desktop.ts'
import type { Log } from './log.ts'
import { buildMenu } from './menu.ts'
import { notifyOfLongTasks, notifyOfStandstills } from './notifications.ts'
import type { Paths } from './paths.ts'
import { openSettings } from './settings.ts'
import { createStateProblems } from './state/problems.ts'

/** All of Berth behind its window: read once the window's page is on its way. It has not begun to look for machines. */
export function startCore({
  paths,
  log,
  window,
  consoleWindows,
  show,
  quit,
}: {
  readonly paths: Paths
  readonly log: Log
  readonly window: () => BrowserWindow | null
  readonly consoleWindows: ConsoleWindows
  /** Brings the window to the front. */
  readonly show: () => void
  readonly quit: () => void
}): Assembled {
  const problems = createStateProblems((error) => log.error('problems.listener', { error }))
  const settings = openSettings(paths.config, log, problems)
  const desktop = createDesktop({ window, consoleWindows, settings, quit })
  const mock = process.env['BERTH_MOCK'] === '1' || process.argv.includes('--mock')
  const assembled = assemble({ paths, log, settings, problems, desktop, mock, systemLocale: () => app.getLocale() })

  const choose = (item: string): void => assembled.dispatcher.publish('menu.chosen', { item })
  const dress = (): void => {
    const { theme, locale } = settings.get()
    nativeTheme.themeSource = theme
    Menu.setApplicationMenu(buildMenu(localeFor(locale, app.getLocale()), choose, process.platform))
  }
  dress()
  settings.onChanged(dress)
  const teller = { window, locale: () => localeFor(settings.get().locale, app.getLocale()), show }
  notifyOfLongTasks(assembled.core.tasks.onChanged, teller)
  notifyOfStandstills(assembled.core.inventory.onChanged, teller)
  return assembled
}
