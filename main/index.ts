import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { app, type BrowserWindow, dialog, nativeTheme, powerMonitor, session, shell } from 'electron'
import type { Text } from '../app/messages/text.ts'
import type { Assembled } from './assemble.ts'
import { createConsoleWindows } from './console-windows.ts'
import { watchPage } from './first-files.ts'
import { readLastSeen, withLastSeen } from './last-seen.ts'
import { createLog, type Log, logUncaught } from './log.ts'
import { type CrashChoices, reloadAfterCrash } from './page-crashes.ts'
import { openPaths, type Paths } from './paths.ts'
import { guardContents, guardSession, isOurs, registerScheme } from './security.ts'
import { type Claim, claimData } from './single-instance.ts'
import { servePorts } from './transport/electron.ts'
import { pageRoot, preloadPath } from './version.ts'
import { openWindow } from './window.ts'
import { openWindowBounds } from './window-bounds.ts'

// Berth in a window of its own. What is imported above is little: the window is made first and its page served, then the core
// is read, while the page's own process is busy with the page. Reading it earlier would keep the page from its files.

/** A file that was read has left this process after this long. */
const sentMs = 10
/** A page that does not ask for its files must not keep the core from being there. */
const latestCoreMs = 5_000
/** Nor one that shows the machines of last time and is never painted. */
const latestPaintMs = 1_000
/** Nor one that does not ask for a line keep it from looking for machines. */
const latestLookMs = 2_000

const paths = openPaths()
const log = createLog(join(paths.logs, 'berth.log'))
logUncaught(log)
app.setName('Berth')
setElectronPath('userData', join(paths.config, 'electron'))
setElectronPath('sessionData', join(paths.cache, 'electron'))
// Without a sandbox only where somebody started Electron so, as root must.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
registerScheme()
guardContents(app, log)
const claiming = claimData(paths.data, paths.runtime, () => {
  focus()
  return { shell: 'electron', address: null }
})
// Taken up once Electron is ready; until then nobody waits for it.
claiming.catch(() => {})

let window: BrowserWindow | null = null
let assembled: Assembled | null = null
/** Nothing is asked any more: Berth is on its way out. */
let isLeaving = false

function setElectronPath(name: 'userData' | 'sessionData', path: string): void {
  mkdirSync(path, { recursive: true })
  app.setPath(name, path)
}

function focus(): void {
  if (window === null) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

app
  .whenReady()
  .then(async () => {
    const claim = await claiming
    if (claim.kind === 'taken') await yieldTo(claim)
    else run(paths, log, claim.release)
  })
  .catch(async (error: unknown) => {
    log.error('start', { error })
    const { startErrorText } = await import('./start-error.ts')
    const { localeFor } = await import('../app/messages/write.ts')
    dialog.showErrorBox('Berth', startErrorText(error, localeFor('system', app.getLocale())))
    app.exit(1)
  })

/** Another Berth has the machines: it has come to the front by now, or is shown in the browser. */
async function yieldTo(claim: Extract<Claim, { kind: 'taken' }>): Promise<void> {
  const { other } = claim
  const { takenText } = await import('./start-error.ts')
  const { localeFor } = await import('../app/messages/write.ts')
  process.stderr.write(`${takenText(claim)}\n`)
  // Nothing will come to the front, and whoever clicked an icon does not read what is written here.
  if (other === null) dialog.showErrorBox('Berth', takenText(claim, localeFor('system', app.getLocale())))
  const { addressWithTicket } = await import('./transport/ticketed-address.ts')
  const address = other?.address == null ? null : await addressWithTicket(other.address)
  if (address !== null) await shell.openExternal(address)
  app.exit(0)
}

function run(paths: Paths, log: Log, release: () => void): void {
  const bounds = openWindowBounds(join(paths.config, 'window.json'), log)
  nativeTheme.themeSource = readTheme(paths.config)
  let lastSeen = readLastSeen(paths.cache)
  const visible = new Set<BrowserWindow>()
  const consoleWindows = createConsoleWindows(preloadPath, openedConsole)
  let hasLastSeen = false
  const core = whenPageIsServed().then(whenPainted).then(loadCore)
  core.catch((error: unknown) => {
    log.error('core', { error })
    app.exit(1)
  })
  servePorts({
    isOurs: (contents) => contents === window?.webContents || consoleWindows.has(contents),
    isOurUrl: isOurs,
    log,
    connect: (wire) =>
      void core.then(({ dispatcher, start }) => {
        dispatcher.connect(wire)
        start()
      }),
  })
  open()

  function whenPageIsServed(): Promise<void> {
    const { served, whenServed } = watchPage()
    guardSession(session.defaultSession, pageRoot, log, served, complete)
    return Promise.race([whenServed.then(() => delay(sentMs)), delay(latestCoreMs)])
  }

  /** Puts the machines of last time into the page, once: for a page that is loaded anew the core is there. */
  function complete(pathname: string, content: Buffer): Buffer {
    if (pathname !== '/' || lastSeen === null) return content
    const page = withLastSeen(content.toString('utf8'), lastSeen)
    lastSeen = null
    hasLastSeen = true
    return Buffer.from(page)
  }

  /** A page that has machines to show is let do so before the core takes its share of the processor. */
  async function whenPainted(): Promise<void> {
    if (!hasLastSeen || window === null || window.isVisible()) return
    const painted = new Promise<void>((resolve) => window?.once('ready-to-show', () => resolve()))
    await Promise.race([painted, delay(latestPaintMs)])
  }

  async function loadCore(): Promise<Assembled> {
    const { startCore } = await import('./electron-core.ts')
    assembled = startCore({
      paths,
      log,
      window: () => window,
      consoleWindows,
      show: () => (window === null ? open() : focus()),
      quit: () => void leave(),
    })
    // The tools' programs would take from the page the time it needs to show the machines of last time.
    setTimeout(assembled.start, latestLookMs)
    return assembled
  }

  function open(): void {
    const opened = openWindow({ bounds, preloadPath })
    window = opened
    followVisibility(opened)
    opened.on('close', (event) => {
      if (isLeaving || process.platform === 'darwin') return
      event.preventDefault()
      void ask()
    })
    // Windows, where the session ends: the same moment.
    opened.on('session-end', () => void leave())
    opened.on('closed', () => {
      window = null
    })
    followCrashes(opened, { key: 'app.quit' }, () => void leave())
  }

  function openedConsole(opened: BrowserWindow): void {
    followVisibility(opened)
    followCrashes(opened, { key: 'app.closeWindow' }, () => opened.destroy())
  }

  function followCrashes(opened: BrowserWindow, giveUp: Text, onGivenUp: () => void): void {
    reloadAfterCrash(opened, { log, isLeaving: () => isLeaving, ask: askAfterCrash, giveUp, onGivenUp })
  }

  async function askAfterCrash({ text, reload, giveUp }: CrashChoices): Promise<boolean> {
    const { localeFor, write } = await import('../app/messages/write.ts')
    const locale = localeFor(assembled?.core.settings.get().locale ?? 'system', app.getLocale())
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Berth',
      message: write(text, locale),
      detail: write({ key: 'app.pageCrashedLog', params: { path: join(paths.logs, 'berth.log') } }, locale),
      buttons: [write(reload, locale), write(giveUp, locale)],
      defaultId: 0,
      cancelId: 1,
    })
    return response === 0
  }

  /** Main works less while nobody sees any of the windows. */
  function followVisibility(opened: BrowserWindow): void {
    const set = (isVisible: boolean) => (): void => {
      if (isVisible) visible.add(opened)
      else visible.delete(opened)
      assembled?.core.attention.setVisible(visible.size > 0)
    }
    opened.on('show', set(true))
    opened.on('restore', set(true))
    opened.on('hide', set(false))
    opened.on('minimize', set(false))
    opened.on('closed', set(false))
  }

  /** Asks before leaving when something would change or end, and only when there is a page that can ask. */
  async function ask(): Promise<void> {
    if (assembled === null || window === null || assembled.dispatcher.clientCount() === 0) return leave()
    const { quitting } = assembled.core
    const plan = await quitting.plan()
    if (!quitting.mustAsk(plan)) return leave()
    focus()
    assembled.dispatcher.publish('quit.asked', plan)
  }

  async function leave(): Promise<void> {
    if (isLeaving) return
    isLeaving = true
    try {
      await bounds.flush()
      await assembled?.stop()
    } catch (error) {
      log.error('stop', { error })
    }
    release()
    app.exit(0)
  }

  app.on('before-quit', (event) => {
    if (isLeaving) return
    event.preventDefault()
    void ask()
  })
  app.on('window-all-closed', () => {
    // A Mac's program goes on without a window; elsewhere closing the last one has been asked about already.
  })
  app.on('activate', () => {
    if (window === null) open()
    else focus()
  })
  // The system is going down and waits for nobody: machines that outlive us do so, the rest is written down.
  powerMonitor.on('shutdown', (...given: readonly unknown[]) => {
    // Where the system lets itself be asked for a moment, machines that run inside Berth are suspended in it.
    ;(given[0] as Partial<Electron.Event> | undefined)?.preventDefault?.()
    void leave()
  })
  powerMonitor.on('resume', () => void assembled?.core.inventory.refresh())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave())
}

/** The one setting that the window's first ground needs; the settings themselves are read with the core. */
function readTheme(configDir: string): 'system' | 'light' | 'dark' {
  try {
    const { theme } = JSON.parse(readFileSync(join(configDir, 'settings.json'), 'utf8')) as { readonly theme?: unknown }
    return theme === 'light' || theme === 'dark' ? theme : 'system'
  } catch {
    return 'system'
  }
}
