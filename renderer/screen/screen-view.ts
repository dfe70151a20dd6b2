import type { MachineId } from '../../app/domain/ids.ts'
import type { ScreenStatus } from '../../app/domain/screen.ts'
import { isReturningFocus } from '../keyboard/focus-history.ts'
import { isMac } from '../keyboard/platform.ts'
import { attachScreen } from './attach-screen.ts'
import { contentSize, guestSize } from './guest-size.ts'
import { createKeys } from './keys.ts'
import { createPainter, type Room, type ScreenSize } from './painter.ts'
import { createPointerGather } from './pointer.ts'
import { takeWish } from './wish.ts'

/** How long a window's size must stay before the guest is asked for it. */
const settleMs = 250
/** How often the text on a screen is written down for a screen reader. */
const textMs = 1_000
/** Escape ends the browser's hold of the pointer and may not reach us; what follows so soon after its key was that key. */
const escapeMs = 150

/** `guest`: the guest is asked for the size of the room; one that does not follow is fitted into it. */
export type ScreenScale = Room['scale'] | 'guest'

/** How a screen looks now, for what stands around it. */
export interface ScreenLook {
  readonly size: ScreenSize | null
  /** null of text. */
  readonly zoomPercent: number | null
}

export interface ScreenViewEvents {
  readonly status: (status: ScreenStatus) => void
  readonly look: (look: ScreenLook) => void
  /** Whether keys go to the guest, and with them the pointer. */
  readonly captured: (isCaptured: boolean) => void
  /** The text on it, now and then; null of pixels. */
  readonly text: (text: string | null) => void
}

/** One machine's screen in this window: what is drawn, and the hands that are on it. */
export interface ScreenView {
  setScale(scale: ScreenScale): void
  capture(): void
  chord(codes: readonly string[]): void
  type(text: string): void
  open(takeOver: boolean): void
  /** What is on it, for the clipboard: its text, else a PNG. */
  copy(): Promise<void>
  close(): void
}

/** Shows a screen in `host`, which takes the focus. */
export function openScreenView(
  host: HTMLElement,
  where: { readonly id: MachineId; readonly consoleId: string },
  events: ScreenViewEvents,
): ScreenView {
  const canvas = document.createElement('canvas')
  canvas.className = 'screen-canvas'
  host.append(canvas)
  const painter = createPainter(canvas)
  const listening = new AbortController()
  let scale: ScreenScale = 'fit'
  let askTimer: ReturnType<typeof setTimeout> | null = null
  let status: ScreenStatus | null = null
  let isCaptured = false
  /** It had the keyboard when something else took it or the screen went: it takes its keys again when it comes back. */
  let isInterrupted = false
  let look: ScreenLook = { size: null, zoomPercent: null }
  let textTimer: ReturnType<typeof setTimeout> | null = null
  let escapeAt = 0
  let isLeavingLock = false

  const tellLook = (): void => {
    const next = { size: painter.size(), zoomPercent: painter.zoomPercent() }
    if (JSON.stringify(next) === JSON.stringify(look)) return
    look = next
    events.look(next)
  }
  const layOut = (): void => {
    const { width, height } = contentSize(host)
    painter.layOut({ width, height, scale: scale === 'guest' ? 'fit' : scale })
    tellLook()
    askGuest()
  }
  /** Wishes the room's size of the guest, once the room has stayed as it is for a moment. */
  const askGuest = (): void => {
    if (askTimer !== null) clearTimeout(askTimer)
    if (scale !== 'guest' || status?.state !== 'live' || status.takes.resize !== true) return
    askTimer = setTimeout(() => {
      const { width, height } = guestSize(contentSize(host))
      const now = painter.size()
      if (now?.width !== width || now.height !== height) line.resize(width, height)
    }, settleMs)
  }
  const tellText = (): void => {
    textTimer = null
    events.text(painter.text())
  }

  const line = attachScreen(
    { ...where, isThumbnail: false },
    {
      status(next) {
        status = next
        if (next.state !== 'live') {
          isInterrupted ||= isCaptured
          letGo()
        } else if (takeWish(where.id) || (isInterrupted && document.activeElement === host)) capture()
        if (next.state === 'live') isInterrupted = false
        askGuest()
        events.status(next)
      },
      async frame(frame) {
        await painter.paint(frame)
        tellLook()
        textTimer ??= setTimeout(tellText, textMs)
        // The next one is asked for when this one is on the display: not faster, and not at all while nobody sees it.
        await new Promise((resolve) => requestAnimationFrame(resolve))
      },
    },
  )
  const keys = createKeys(line.key, () => letGo(), { isMac })
  const pointer = createPointerGather(line.pointer)

  const isLive = (): boolean => status?.state === 'live'
  const kind = (): 'none' | 'relative' | 'absolute' =>
    isLive() && painter.size()?.kind === 'pixels' ? (status?.takes.pointer ?? 'none') : 'none'

  const setCaptured = (next: boolean): void => {
    if (isCaptured === next) return
    isCaptured = next
    host.toggleAttribute('data-takes-all-keys', next)
    events.captured(next)
  }
  const lock = (): void => {
    // Refused for a moment after Escape ended it, and where the system has none: then the next click asks again.
    void Promise.resolve(host.requestPointerLock()).catch(() => {})
  }
  const isLocked = (): boolean => document.pointerLockElement === host
  const capture = (): void => {
    if (!isLive() || status === null) return
    if (!status.takes.keyboard && status.takes.pointer === 'none') return
    host.focus()
    setCaptured(true)
    if (kind() === 'relative' && !isLocked()) lock()
  }
  const letGo = (): void => {
    if (isLocked()) {
      isLeavingLock = true
      document.exitPointerLock()
    }
    keys.releaseAll()
    pointer.rest()
    setCaptured(false)
  }

  const on = <N extends keyof HTMLElementEventMap>(name: N, job: (event: HTMLElementEventMap[N]) => void): void =>
    host.addEventListener(name, job, { signal: listening.signal, passive: false })

  on('keydown', (event) => {
    if (!isCaptured) {
      if (event.key !== 'Enter' || event.isComposing) return
      event.preventDefault()
      capture()
      return
    }
    event.preventDefault()
    event.stopPropagation()
    if (event.code === 'Escape') escapeAt = performance.now()
    keys.down(event)
  })
  on('keyup', (event) => {
    if (!isCaptured) return
    event.preventDefault()
    event.stopPropagation()
    keys.up(event)
  })
  on('blur', () => {
    isInterrupted ||= isCaptured
    letGo()
  })
  on('focus', () => {
    if (isInterrupted && isReturningFocus()) capture()
    isInterrupted = false
  })
  window.addEventListener('blur', () => letGo(), { signal: listening.signal })
  document.addEventListener('visibilitychange', () => document.hidden && letGo(), { signal: listening.signal })
  document.addEventListener(
    'pointerlockchange',
    () => {
      if (isLocked()) return
      const isOurs = isLeavingLock
      isLeavingLock = false
      pointer.rest()
      // The browser ended it for Escape, which it may have kept: the guest shall have it.
      if (!isOurs && isCaptured && performance.now() - escapeAt > escapeMs) {
        line.key('Escape', true)
        line.key('Escape', false)
      }
    },
    { signal: listening.signal },
  )

  on('pointerdown', (event) => {
    const wasCaptured = isCaptured
    capture()
    if (!isCaptured) return
    event.preventDefault()
    if (kind() === 'absolute') {
      host.setPointerCapture(event.pointerId)
      follow(event)
      pointer.buttons(event.buttons)
    } else if (kind() === 'relative' && wasCaptured && isLocked()) pointer.buttons(event.buttons)
  })
  const follow = (event: PointerEvent): void => {
    const at = painter.pixelAt(event.clientX, event.clientY)
    if (at !== null) pointer.moveTo(at.x, at.y)
  }
  on('pointermove', (event) => {
    if (kind() === 'absolute') follow(event)
    else if (kind() === 'relative' && isLocked()) pointer.moveBy(event.movementX, event.movementY)
    // A second button while one is held comes as a move.
    if (isCaptured && kind() !== 'none') pointer.buttons(event.buttons)
  })
  on('pointerup', (event) => {
    if (kind() === 'absolute') follow(event)
    if (isCaptured && kind() !== 'none') pointer.buttons(event.buttons)
  })
  on('wheel', (event) => {
    if (!isCaptured || kind() === 'none') return
    event.preventDefault()
    pointer.wheel(event)
  })
  on('contextmenu', (event) => {
    if (isCaptured) event.preventDefault()
  })

  const observer = new ResizeObserver(layOut)
  observer.observe(host)

  return {
    setScale(next) {
      scale = next
      layOut()
    },
    capture,
    chord: keys.chord,
    type: line.type,
    open: line.open,
    async copy() {
      const text = painter.text()
      if (text !== null) return navigator.clipboard.writeText(text)
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
      if (blob !== null) await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
    },
    close() {
      letGo()
      listening.abort()
      observer.disconnect()
      if (textTimer !== null) clearTimeout(textTimer)
      if (askTimer !== null) clearTimeout(askTimer)
      line.leave()
      painter.dispose()
      canvas.remove()
    },
  }
}
