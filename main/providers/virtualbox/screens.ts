import { failure } from '../../../app/domain/errors.ts'
import { openRfb, type RfbSource } from '../../screen/rfb.ts'
import type { RfbServer } from '../../screen/rfb-hello.ts'
import { rfbKeyOf } from '../../screen/rfb-keys.ts'
import type { ScreenEvents, ScreenSource } from '../../screen/source.ts'
import type { ScreenOps } from '../provider.ts'
import { screenId } from './consoles.ts'
import type { Entry } from './entry.ts'
import { openPhotographs } from './photographs.ts'
import { suppressPlaceholderFrames } from './placeholder-frames.ts'
import { type ProviderContext, throwIfCancelled } from './provider-context.ts'
import { type Look, wantsLiveScreen } from './remote-display.ts'
import { isResting } from './states.ts'

/** VirtualBox moves a guest's mouse to where it is told. */
const nature = { pointer: 'absolute', canResize: false } as const

/** Screens by photographs, and by VirtualBox's VNC extension where a person wants that and looks closely. */
export function createScreens(context: ProviderContext): ScreenOps {
  const { inventory } = context
  return {
    async open(id, consoleId, _as, events, op) {
      const { entry, settings } = await inventory.get(id)
      throwIfCancelled(op)
      const isNone = settings.hardware.graphicsController.toLowerCase() === 'none'
      if (consoleId !== screenId || isNone) throw failure('unsupported', { key: 'virtualbox.error.noConsole' })
      const { word } = inventory.observedState(entry)
      if (isResting(word)) {
        const { name, state } = inventory.machine(entry)
        throw failure('wrong-state', { key: `why.state.${state}`, params: { name } })
      }
      return wantsLiveScreen(settings) ? openLive(context, entry, events) : openPhotographs(context, entry, events)
    },
  }
}

/** Whether the extension takes a key: of Pause, and of those that X has no plain name for, it makes nothing (seen). */
function isTaken(code: string): boolean {
  return code !== 'Pause' && (rfbKeyOf(code)?.symbol ?? 0) !== 0
}

/**
 * Photographs, and the live display whenever it is served: there is something to see at once, and while the display is off for a
 * snapshot or a shutdown. What is typed and pointed at goes to the display as soon as it is joined; it is shown once it is sure to be
 * the guest's.
 */
function openLive(context: ProviderContext, entry: Entry, events: ScreenEvents): ScreenSource {
  /** The line to the display, from when it is there; it is used, as `live`, once keys that went the other way are through. */
  let line: RfbSource | null = null
  let live: RfbSource | null = null
  let isShown = false
  /** Which line is being joined: one that was given up meanwhile is let go of. */
  let joining = 0
  /** Settles when no line is being made, and none that was given up is still there. */
  let opening: Promise<void> = Promise.resolve()
  let parting: Promise<unknown> = Promise.resolve()
  let look: Look | null = null
  let isNear = false
  let isSeen = false
  let isAsked = false
  let isOver = false

  const photographs = openPhotographs(context, entry, {
    ...events,
    picture(width, height, png) {
      if (isShown) return
      isAsked = false
      isSeen = true
      events.picture(width, height, png)
      approach()
    },
    ended(end) {
      close()
      events.ended(end)
    },
  })

  /** The display is asked for once the guest has something to show: before, it may be setting its mode. */
  function approach(): void {
    if (isOver || !isNear || !isSeen || look !== null) return
    look = context.displays.look(entry, { arrive, part })
  }

  function arrive(server: RfbServer): void {
    opening = Promise.all([opening, join(server)]).then(() => {})
  }

  /** Settles when the line is there, or is gone again. */
  async function join(server: RfbServer): Promise<void> {
    joining += 1
    const mine = joining
    const display = suppressPlaceholderFrames(
      events,
      () => {
        isShown = true
        photographs.rest()
      },
      () => live?.next(),
    )
    try {
      const opened = await openRfb(server, nature, {
        ...events,
        pixels: display.pixels,
        area(area, pixels) {
          isAsked = false
          display.area(area, pixels)
        },
        ended() {
          if (mine !== joining) return
          fallBack()
          look?.failed()
        },
      })
      if (mine !== joining || isOver) {
        opened.close()
        return opened.closed
      }
      line = opened
      void photographs.typed().then(() => use(opened))
    } catch {
      if (mine === joining) look?.failed()
    }
  }

  function use(opened: RfbSource): void {
    if (line !== opened || isOver) return
    live = opened
    events.takes(opened.takes)
    opened.next()
  }

  /** Settles when no line is left: the display must not be switched off before. */
  async function part(): Promise<void> {
    const left = line
    fallBack()
    left?.close()
    parting = Promise.all([parting, opening, left?.closed])
    await parting
  }

  /** Nobody looks closely any more. */
  function withdraw(): void {
    const left = look
    look = null
    void part().then(() => left?.leave())
  }

  function fallBack(): void {
    joining += 1
    line = null
    if (live === null) return
    live = null
    const wasShown = isShown
    isShown = false
    if (isOver) return
    events.takes(photographs.takes)
    if (wasShown && isAsked) photographs.next()
  }

  function close(): void {
    if (isOver) return
    isOver = true
    withdraw()
    photographs.close()
  }

  return {
    get takes() {
      return (live ?? photographs).takes
    },
    next() {
      isAsked = true
      if (isShown) live?.next()
      else photographs.next()
    },
    key: (code, isDown) => (live !== null && isTaken(code) ? live : photographs).key(code, isDown),
    type: (text) => (live ?? photographs).type(text),
    pointer: (input) => live?.pointer(input),
    near(next) {
      isNear = next
      if (isNear) approach()
      else withdraw()
    },
    close,
  }
}
