import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, screen } from 'electron'
import { type ConsoleWindowTarget, consoleFragment } from '../app/contract/console-window.ts'
import { pageUrl } from './security.ts'
import type { WindowBounds } from './window-bounds.ts'

/** As the page's tokens have them (`--bg-detail`, `--text-1`), so that nothing flashes before its first paint. */
const grounds = { light: '#ffffff', dark: '#181d21' }
const inks = { light: '#16212b', dark: '#e8edf1' }
/** Header of each pane: the caption buttons lie in it. */
const headerPx = 48

export interface WindowOptions {
  readonly bounds: WindowBounds
  readonly preloadPath: string
}

/** Makes the window and begins to load the page; it shows itself with its first paint. */
export function openWindow({ bounds, preloadPath }: WindowOptions): BrowserWindow {
  const place = bounds.read(screen.getAllDisplays())
  const window = pageWindow(preloadPath, {
    width: 1280,
    height: 800,
    ...(place === null ? {} : { x: place.x, y: place.y, width: place.width, height: place.height }),
    minWidth: 760,
    minHeight: 520,
    ...captionOf(process.platform),
  })
  window.once('ready-to-show', () => {
    // Maximizing shows it: not before there is something to see.
    if (place?.isMaximized === true) window.maximize()
    window.show()
  })
  bounds.follow(window, () => screen.getAllDisplays())
  if (process.platform === 'win32') followTheme(window, () => window.setTitleBarOverlay(overlay()))
  void window.loadURL(pageUrl)
  return window
}

/** Opens one machine's console alone, under the system's own title bar. The page gives the title. */
export function openConsoleWindow(target: ConsoleWindowTarget, preloadPath: string): BrowserWindow {
  const window = pageWindow(preloadPath, { width: 900, height: 660, minWidth: 360, minHeight: 280 })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(`${pageUrl}${consoleFragment(target)}`)
  return window
}

/** A window for a page of ours, not shown yet: nothing flashes, and the page reaches nothing but main. */
function pageWindow(preloadPath: string, options: BrowserWindowConstructorOptions): BrowserWindow {
  const window = new BrowserWindow({
    ...options,
    show: false,
    title: 'Berth',
    backgroundColor: grounds[theme()],
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // Terminals keep taking what main sends them while another window is in front.
      backgroundThrottling: false,
      v8CacheOptions: 'bypassHeatCheck',
    },
  })
  followTheme(window, () => window.setBackgroundColor(grounds[theme()]))
  return window
}

function followTheme(window: BrowserWindow, apply: () => void): void {
  nativeTheme.on('updated', apply)
  window.once('closed', () => nativeTheme.off('updated', apply))
}

function theme(): 'light' | 'dark' {
  return nativeTheme.shouldUseDarkColors ? 'dark' : 'light'
}

function overlay(): { readonly color: string; readonly symbolColor: string; readonly height: number } {
  return { color: grounds[theme()], symbolColor: inks[theme()], height: headerPx }
}

/** The panes' own headers carry the caption, but on Linux, where every desktop has its own way. */
function captionOf(platform: NodeJS.Platform): Electron.BrowserWindowConstructorOptions {
  if (platform === 'darwin') return { titleBarStyle: 'hidden', trafficLightPosition: { x: 18, y: 18 } }
  if (platform === 'win32') return { titleBarStyle: 'hidden', titleBarOverlay: overlay() }
  return {}
}
