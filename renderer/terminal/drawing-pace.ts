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
    readonly _selectionService?: {
      /** Asked for with every line that scrolls: where elements are drawn, its next frame draws every row anew. */
      refresh?: (isMouse?: boolean) => void
      /** Set while a frame is asked for. */
      readonly _refreshAnimationFrame?: number | undefined
    }
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
  /** Does in a flood what xterm asks for after every piece once with the next frame. */
  const onceAFrame = (work: () => void): (() => void) => {
    let isHeld = false
    return () => {
      if (isHeld) return
      if (!isFlooded()) return work()
      isHeld = true
      held.push(() => {
        isHeld = false
        work()
      })
      later()
    }
  }
  const syncTextArea = core._syncTextArea?.bind(core)
  if (syncTextArea !== undefined) core._syncTextArea = onceAFrame(syncTextArea)
  const selection = core._selectionService
  const refreshSelection = selection?.refresh?.bind(selection)
  if (selection !== undefined && refreshSelection !== undefined) {
    const refreshInTurn = onceAFrame(refreshSelection)
    selection.refresh = (isMouse) => {
      // What a person selects is shown as they do. And a frame that is asked for is the answer to every line until then.
      if (isMouse === true) refreshSelection(true)
      else if (selection._refreshAnimationFrame === undefined) refreshInTurn()
    }
  }
  return () => {
    draw()
    service.refreshRows = refresh
    if (addCallback !== undefined) service.addRefreshCallback = addCallback
    if (syncTextArea !== undefined) core._syncTextArea = syncTextArea
    if (selection !== undefined && refreshSelection !== undefined) selection.refresh = refreshSelection
  }
}
