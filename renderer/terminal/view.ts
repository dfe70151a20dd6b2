import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { type ITerminalOptions, Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import type { Client } from '../../app/contract/client.ts'
import type { SessionId } from '../../app/domain/ids.ts'
import type { Settings } from '../../app/domain/settings.ts'
import { boundSequences, setBoundedWidths } from '../../app/util/terminal-bounds.ts'
import { call } from '../actions/call.ts'
import { isMac } from '../keyboard/platform.ts'
import { type Attachment, attach } from './attach.ts'
import { readableCells } from './cell-contrast.ts'
import { drawFast } from './drawing.ts'
import { paceDrawing } from './drawing-pace.ts'
import { isWeb, linkPattern } from './links.ts'
import { cleanPaste, hasSeveralLines } from './paste.ts'
import { minContrast, onSchemeChange, searchColours, themeOf, withoutCursor } from './theme.ts'

const resizeMs = 80
/** xterm counts from a cell's own height, about 1.17 of the font size: together the design's leading of 1.4. */
const lineHeightOfCell = 1.2

/** How terminals look: from the settings and the text zoom. */
export interface Look {
  readonly terminal: Settings['terminal']
  readonly zoom: number
  /** A screen reader is at work, or the settings want its mode. */
  readonly isRead: boolean
}

export interface ViewEvents {
  readonly rang: () => void
  readonly flooded: (isFlooded: boolean) => void
  /** Keys that are the window's and not the guest's, and what this terminal does with its own ones. */
  readonly isWindowKey: (event: KeyboardEvent) => boolean
  /** Several lines for a shell that would run them at once: whether to go on. */
  readonly mayPasteLines: (text: string) => Promise<boolean>
  readonly found: (result: { readonly index: number; readonly count: number }) => void
  /** How a link is followed, said while the pointer is on one. */
  readonly linkHint: () => string
}

/** One session's terminal in this window. It outlives the place it is shown at: its text need not be told again. */
export interface TerminalView {
  readonly terminal: Terminal
  /** Shows it in `host`, which it fills; the returned function takes it out again. */
  mount(host: HTMLElement): () => void
  /** Where it is shown now. */
  host(): HTMLElement | null
  attachTo(client: Client): void
  setLook(look: Look): void
  /** Whether its session has ended: nothing can be typed, so there is no cursor. */
  setEnded(isEnded: boolean): void
  focus(): void
  copy(): boolean
  paste(text: string): Promise<void>
  find(text: string, direction: 'next' | 'previous', isTyping: boolean): void
  endFind(): void
  dispose(): void
}

/** `hasSize`: whether what is behind it follows the terminal's size. A serial line does not. */
export function createView(sessionId: SessionId, hasSize: boolean, look: Look, events: ViewEvents): TerminalView {
  const terminal = new Terminal({
    ...optionsOf(look),
    allowProposedApi: true,
    cursorInactiveStyle: 'outline',
    macOptionIsMeta: true,
    rightClickSelectsWord: false,
  })
  const fit = new FitAddon()
  const search = new SearchAddon({ highlightLimit: 2_000 })
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  setBoundedWidths(terminal, new Unicode11Addon())
  boundSequences(terminal)
  const hint = {
    hover: () => {
      element.title = events.linkHint()
    },
    leave: () => element.removeAttribute('title'),
  }
  terminal.options.linkHandler = { activate: followLink, allowNonHttpProtocols: false, ...hint }
  terminal.loadAddon(new WebLinksAddon(followLink, { urlRegex: linkPattern, ...hint }))

  // xterm is opened once, into an element of its own which is then moved from place to place.
  const element = document.createElement('div')
  element.className = 'terminal-screen'
  let place: HTMLElement | null = null
  let attachment: Attachment | null = null
  let isForeignSize = false
  let isEnded = false
  let resizeTimer: ReturnType<typeof setTimeout> | null = null

  const fitNow = (): void => {
    if (place === null || place.clientWidth < 20 || place.clientHeight < 20) return
    isForeignSize = false
    fit.fit()
  }
  const applyTheme = (): void => {
    if (place === null) return
    const theme = themeOf(place)
    terminal.options.theme = isEnded ? withoutCursor(theme) : theme
  }
  const stopSchemes = onSchemeChange(applyTheme)
  let stopPacing = (): void => {}

  const send = (text: string): void => {
    // What the replayed text makes the terminal answer was answered when it was new.
    if (attachment?.isReplaying() === false) attachment.input(text)
  }
  terminal.onData(send)
  terminal.onBinary(send)
  terminal.onBell(() => {
    if (attachment?.isReplaying() === false) events.rang()
  })
  terminal.onResize(({ cols, rows }) => {
    if (isForeignSize || !hasSize) return
    if (resizeTimer !== null) clearTimeout(resizeTimer)
    resizeTimer = setTimeout(() => attachment?.resize(cols, rows), resizeMs)
  })
  search.onDidChangeResults(({ resultIndex, resultCount }) => events.found({ index: resultIndex, count: resultCount }))
  terminal.attachCustomKeyEventHandler((event) => !events.isWindowKey(event))

  const paste = async (text: string): Promise<void> => {
    const clean = cleanPaste(text)
    if (clean === '') return
    if (hasSeveralLines(clean) && !terminal.modes.bracketedPasteMode && !(await events.mayPasteLines(clean))) return
    terminal.paste(clean)
  }
  // Before xterm's own listener, which would paste without asking.
  element.addEventListener(
    'paste',
    (event) => {
      event.preventDefault()
      event.stopPropagation()
      void paste(event.clipboardData?.getData('text/plain') ?? '')
    },
    { capture: true },
  )
  // Whoever works here has the size that fits here.
  element.addEventListener('focusin', () => {
    if (isForeignSize) fitNow()
  })

  return {
    terminal,
    host: () => place,
    mount(host) {
      place = host
      host.append(element)
      applyTheme()
      if (terminal.element === undefined) {
        terminal.open(element)
        readableCells(terminal)
        stopPacing = paceDrawing(terminal, () => attachment?.isFlooded() ?? false)
      }
      const stopDrawing = drawFast(terminal)
      fitNow()
      const observer = new ResizeObserver(fitNow)
      observer.observe(host)
      return () => {
        observer.disconnect()
        stopDrawing()
        if (place !== host) return
        place = null
        element.remove()
      }
    },
    attachTo(client) {
      attachment?.detach()
      attachment = attach(client, sessionId, terminal, {
        sized: (columns, rows) => {
          isForeignSize = true
          terminal.resize(columns, rows)
        },
        flooded: events.flooded,
        // A line that is down comes back and attaches anew; a session that is gone is closed by its feed.
        closed: () => {
          attachment = null
        },
      })
    },
    setLook(next) {
      Object.assign(terminal.options, optionsOf(next))
      applyTheme()
      fitNow()
    },
    setEnded(next) {
      if (next === isEnded) return
      isEnded = next
      terminal.options.cursorInactiveStyle = isEnded ? 'none' : 'outline'
      applyTheme()
    },
    focus: () => terminal.focus(),
    copy() {
      const text = terminal.getSelection()
      if (text === '') return false
      void navigator.clipboard.writeText(text).catch(() => {})
      return true
    },
    paste,
    find(text, direction, isTyping) {
      if (text === '') {
        search.clearDecorations()
        events.found({ index: -1, count: 0 })
        return
      }
      const options = { decorations: searchColours(place ?? element), incremental: isTyping }
      if (direction === 'next') search.findNext(text, options)
      else search.findPrevious(text, options)
    },
    endFind() {
      search.clearDecorations()
      terminal.clearSelection()
    },
    dispose() {
      stopSchemes()
      stopPacing()
      if (resizeTimer !== null) clearTimeout(resizeTimer)
      attachment?.detach()
      terminal.dispose()
      element.remove()
    },
  }
}

/** Opens a guest's link in the person's browser: only web pages, and only with the key that says it is meant. */
function followLink(event: MouseEvent, url: string): void {
  if (!(isMac ? event.metaKey : event.ctrlKey) || !isWeb(url)) return
  // One that cannot be opened is in main's log; the terminal is no place for a card.
  void call('link.open', { url }).catch(() => {})
}

function optionsOf({ terminal, zoom, isRead }: Look): ITerminalOptions {
  const style = getComputedStyle(document.documentElement)
  return {
    fontSize: terminal.fontSizePx * zoom,
    fontFamily: style.getPropertyValue('--font-mono').trim(),
    lineHeight: lineHeightOfCell,
    scrollback: terminal.scrollbackLines,
    minimumContrastRatio: minContrast,
    screenReaderMode: isRead,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  }
}
