import { type App, protocol, type Session, type WebContents } from 'electron'
import type { PageWatch } from './first-files.ts'
import type { Log } from './log.ts'
import { pageHeaders, readPage } from './transport/page.ts'

/** Our page's own scheme: unlike `file:` it has an origin, and reaches nothing but the built page. */
const scheme = 'berth'
export const pageUrl = `${scheme}://app/`

/** Before the app is ready, or the scheme is an ordinary one for good. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

export function isOurs(url: string): boolean {
  return url.startsWith(pageUrl)
}

/**
 * Serves the page to a session, and allows it nothing but that, the clipboard for its terminals, and what machines' screens
 * need: to hold the pointer and to fill the display. `onServed` is called for each file that has been read for it; `complete` may
 * add to one.
 */
export function guardSession(
  session: Session,
  pageRoot: string,
  log: Log,
  onServed: PageWatch['served'],
  complete: (pathname: string, content: Buffer) => Buffer,
): void {
  const headers = pageHeaders()
  session.protocol.handle(scheme, async (request) => {
    const { host, pathname } = new URL(request.url)
    const file = host === 'app' && request.method === 'GET' ? await readPage(pageRoot, pathname) : null
    if (file === null) return new Response(null, { status: 404, headers })
    onServed(pathname, file.content)
    const content = new Uint8Array(complete(pathname, file.content))
    return new Response(content, { headers: { ...headers, ...file.headers } })
  })
  session.setPermissionRequestHandler((contents, permission, decide, details) => {
    const isAllowed =
      (isClipboard(permission) || isScreen(permission)) && details.isMainFrame && isOurs(contents.getURL())
    if (!isAllowed) log.warn('permission.refused', { permission })
    decide(isAllowed)
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => (isClipboard(permission) || isScreen(permission)) && isOurs(`${origin}/`),
  )
  session.setDevicePermissionHandler(() => false)
}

function isScreen(permission: string): boolean {
  return permission === 'pointerLock' || permission === 'fullscreen' || permission === 'keyboardLock'
}

function isClipboard(permission: string): boolean {
  return permission === 'clipboard-read' || permission === 'clipboard-sanitized-write'
}

/** A page of ours stays a page of ours: it goes nowhere, opens nothing, and hosts nobody. */
export function guardContents(app: App, log: Log): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.on('will-frame-navigate', (event) => {
      // A reload of the page is a navigation to itself.
      if (event.isMainFrame && isOurs(event.url)) return
      log.warn('navigation.refused', { url: event.url })
      event.preventDefault()
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      log.warn('window.refused', { url })
      return { action: 'deny' }
    })
  })
}
