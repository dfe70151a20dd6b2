import { app, type BrowserWindow, dialog, shell } from 'electron'
import { localeFor, write } from '../app/messages/write.ts'
import type { ConsoleWindows } from './console-windows.ts'
import type { Desktop } from './core.ts'
import { type Purpose, suffixesOf } from './services/files.ts'
import type { SettingsStore } from './settings.ts'
import { appVersion } from './version.ts'

/** What Electron does for the core: dialogs, the file manager, the browser. */
export function createDesktop({
  window,
  consoleWindows,
  settings,
  quit,
}: {
  readonly window: () => BrowserWindow | null
  readonly consoleWindows: ConsoleWindows
  readonly settings: SettingsStore
  readonly quit: () => void
}): Desktop {
  return {
    shell: 'electron',
    appVersion,
    systemLocale: () => app.getLocale(),
    hasScreenReader: () => app.isAccessibilitySupportEnabled(),
    async pick(purpose) {
      const parent = window()
      const options = dialogOf(purpose, localeFor(settings.get().locale, app.getLocale()))
      const chosen = await (parent === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(parent, options))
      return chosen.filePaths[0] ?? null
    },
    reveal: async (path) => shell.showItemInFolder(path),
    openLink: (url) => shell.openExternal(url),
    openConsoleWindow: async (target) => consoleWindows.show(target),
    quit,
  }
}

function dialogOf(purpose: Purpose, locale: Parameters<typeof write>[1]): Electron.OpenDialogOptions {
  const title = write({ key: `files.pick.${purpose}` }, locale)
  if (purpose === 'folder') return { title, properties: ['openDirectory', 'createDirectory'] }
  if (purpose === 'any') return { title, properties: ['openFile'] }
  if (purpose === 'tool') return { title, properties: ['openFile', 'treatPackageAsDirectory'] }
  return {
    title,
    properties: ['openFile'],
    filters: [
      {
        name: write({ key: `files.kind.${purpose}` }, locale),
        extensions: (suffixesOf[purpose] ?? []).map((suffix) => suffix.slice(1)),
      },
      { name: write({ key: 'files.kind.all' }, locale), extensions: ['*'] },
    ],
  }
}
