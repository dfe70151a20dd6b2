import type { Terminal } from '@xterm/xterm'
import { coarseMotion } from './coarse-motion.ts'
import { type Precedence, windowPrecedence } from './precedence.ts'

/** How often a flood is drawn. Nobody reads it; drawing each of its frames costs more than taking in what it says. */
const floodFrameMs = 100
/** The same while somebody types in another terminal: a frame takes as long as an echo. */
const slowFloodFrameMs = 300
/** Stands for the frame that a held callback will have. */
const heldNumber = -1

/** What xterm has beyond its types; the version is pinned, and a terminal without it is drawn as it comes. */
interface Inside {
  readonly _core?: {
    readonly _renderService?: {
      refreshRows?: (start: number, end: number, isRedrawOnly?: boolean) => void
      /** Asks for a frame of its own: for the scroll bar, after every piece that was taken in. */
      addRefreshCallback?: (callback: FrameRequestCallback) => number
    }
    /** Moves the hidden field that is typed into to the cursor, after every piece. */
    _syncTextArea?: () => void
  }
}

/**
 * Draws a terminal less often while there is much that it has not taken in yet (`isFlooded`), and as xterm wants to
 * otherwise. What was left out is drawn with the next frame, and `showFlood` is told. The returned function ends it.
 */
export function paceDrawing(
  terminal: Terminal,
  isFlooded: () => boolean,
  precedence: Precedence = windowPrecedence,
  showFlood: () => void = coarseMotion,
): () => void {
  const core = (terminal as unknown as Inside)._core
  const service = core?._renderService
  const refresh = service?.refreshRows?.bind(service)
  if (core === undefined || service === undefined || refresh === undefined) return () => {}
  let rows: { readonly start: number; readonly end: number } | null = null
  /** What else goes with the next frame, in the order it came. */
  const held: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | null = null

  const isWaiting = (): boolean => rows !== null || held.length > 0
  const draw = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    for (const work of held.splice(0)) work()
    const { start, end } = rows ?? { start: 0, end: -1 }
    rows = null
    if (end >= start) refresh(start, end)
  }
  const drawInTurn = (): void => {
    timer = null
    if (isWaiting() && !precedence.mustWait(terminal, drawInTurn)) draw()
  }
  const later = (): void => {
    if (!isFlooded()) {
      draw()
      return
    }
    showFlood()
    timer ??= setTimeout(drawInTurn, precedence.isTypedElsewhere(terminal) ? slowFloodFrameMs : floodFrameMs)
  }

  service.refreshRows = (start, end, isRedrawOnly) => {
    if (!isWaiting() && !isFlooded()) return refresh(start, end, isRedrawOnly)
    rows = { start: Math.min(start, rows?.start ?? start), end: Math.max(end, rows?.end ?? end) }
    later()
  }
  const addCallback = service.addRefreshCallback?.bind(service)
  if (addCallback !== undefined) {
    service.addRefreshCallback = (callback) => {
      if (!isFlooded()) return addCallback(callback)
      held.push(() => addCallback(callback))
      later()
      // Its number is only ever compared with none.
      return heldNumber
    }
  }
  const syncTextArea = core._syncTextArea?.bind(core)
  let isSyncHeld = false
  if (syncTextArea !== undefined) {
    core._syncTextArea = () => {
      if (!isFlooded()) return syncTextArea()
      if (isSyncHeld) return
      isSyncHeld = true
      held.push(() => {
        isSyncHeld = false
        syncTextArea()
      })
      later()
    }
  }
  return () => {
    draw()
    service.refreshRows = refresh
    if (addCallback !== undefined) service.addRefreshCallback = addCallback
    if (syncTextArea !== undefined) core._syncTextArea = syncTextArea
  }
}
