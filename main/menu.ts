import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { MessageKey } from '../app/messages/text.ts'
import { type Locale, write } from '../app/messages/write.ts'

type Item = MenuItemConstructorOptions

/**
 * The native menu. What it offers is carried out by the window, which hears the item's name as if its shortcut had been
 * pressed. Shortcuts are shown and not registered: the window matches them itself, so that a guest keeps its keys.
 */
export function buildMenu(locale: Locale, choose: (item: string) => void, platform: NodeJS.Platform): Menu {
  const isMac = platform === 'darwin'
  const say = (key: MessageKey): string => write({ key }, locale)
  const item = (name: string, key: MessageKey, mac?: string, other?: string): Item => {
    const accelerator = isMac ? mac : other
    return {
      label: say(key),
      ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
      click: () => choose(name),
    }
  }
  const role = (name: Exclude<Item['role'], undefined>, key: MessageKey): Item => ({
    role: name,
    label: say(key),
    registerAccelerator: isMac,
  })
  const line: Item = { type: 'separator' }

  const appMenu: Item = {
    role: 'appMenu',
    submenu: [
      role('about', 'menu.about'),
      line,
      item('settings', 'menu.settings', 'Cmd+,'),
      line,
      role('services', 'menu.services'),
      line,
      role('hide', 'menu.hide'),
      role('hideOthers', 'menu.hideOthers'),
      role('unhide', 'menu.showAll'),
      line,
      role('quit', 'menu.quit'),
    ],
  }
  const fileMenu: Item = {
    label: say('menu.file'),
    submenu: [
      item('create', 'menu.create', 'Cmd+N', 'Ctrl+N'),
      item('palette', 'menu.palette', 'Cmd+K', 'Ctrl+K'),
      item('filter', 'menu.filter', 'Cmd+F', 'Ctrl+F'),
      line,
      ...(isMac
        ? [role('close', 'menu.closeWindow')]
        : [item('settings', 'menu.settings', undefined, 'Ctrl+,'), line, role('quit', 'menu.quit')]),
    ],
  }
  const editMenu: Item = {
    label: say('menu.edit'),
    submenu: [
      role('undo', 'menu.undo'),
      role('redo', 'menu.redo'),
      line,
      role('cut', 'menu.cut'),
      role('copy', 'menu.copy'),
      role('paste', 'menu.paste'),
      role('selectAll', 'menu.selectAll'),
    ],
  }
  const viewMenu: Item = {
    label: say('menu.view'),
    submenu: [
      item('sidebar', 'menu.sidebar', 'Alt+Cmd+S', 'Ctrl+B'),
      item('table', 'menu.table', 'Shift+Cmd+L', 'Ctrl+Shift+L'),
      item('dock', 'menu.dock', 'Ctrl+`', 'Ctrl+`'),
      line,
      item('zoomLarger', 'menu.zoomLarger', 'Cmd+=', 'Ctrl+='),
      item('zoomSmaller', 'menu.zoomSmaller', 'Cmd+-', 'Ctrl+-'),
      item('zoomReset', 'menu.zoomReset', 'Cmd+0', 'Ctrl+0'),
      line,
      role('togglefullscreen', 'menu.fullScreen'),
    ],
  }
  const machineMenu: Item = {
    label: say('menu.machine'),
    submenu: [
      item('start', 'menu.start', 'Cmd+Enter', 'Ctrl+Enter'),
      item('shutDown', 'menu.shutDown', 'Shift+Cmd+.', 'Ctrl+Shift+.'),
      line,
      item('terminal', 'menu.terminal', 'Cmd+T', 'Ctrl+T'),
      item('snapshot', 'menu.snapshot', 'Shift+Cmd+S', 'Ctrl+Shift+S'),
      item('undoRestore', 'menu.undoRestore', 'Alt+Cmd+Z', 'Ctrl+Alt+Z'),
    ],
  }
  const windowMenu: Item = {
    role: 'windowMenu',
    label: say('menu.window'),
    submenu: [role('minimize', 'menu.minimize'), role('zoom', 'menu.zoom'), line, role('front', 'menu.front')],
  }
  const helpMenu: Item = {
    role: 'help',
    label: say('menu.help'),
    submenu: [item('firstRun', 'menu.firstRun')],
  }
  return Menu.buildFromTemplate([
    ...(isMac ? [appMenu] : []),
    fileMenu,
    editMenu,
    viewMenu,
    machineMenu,
    ...(isMac ? [windowMenu] : []),
    helpMenu,
  ])
}
