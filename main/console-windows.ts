import type { BrowserWindow, WebContents } from 'electron'
import type { ConsoleWindowTarget } from '../app/contract/console-window.ts'
import { openConsoleWindow } from './window.ts'

/** Windows that show one machine's console each, beside the one that shows everything. */
export interface ConsoleWindows {
  /** Opens a machine's window, or brings the one it has to the front. */
  show(target: ConsoleWindowTarget): void
  has(contents: WebContents): boolean
}

/** `follow` is called with each new window, e.g. to hear whether it is seen. */
export function createConsoleWindows(preloadPath: string, follow: (window: BrowserWindow) => void): ConsoleWindows {
  const windows = new Map<string, BrowserWindow>()
  return {
    show(target) {
      const open = windows.get(target.machineId)
      if (open !== undefined) {
        if (open.isMinimized()) open.restore()
        open.focus()
        return
      }
      const window = openConsoleWindow(target, preloadPath)
      windows.set(target.machineId, window)
      window.once('closed', () => windows.delete(target.machineId))
      follow(window)
    },
    has: (contents) => [...windows.values()].some((window) => window.webContents === contents),
  }
}
