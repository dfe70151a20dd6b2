import type { Terminal } from '@xterm/xterm'
import { type Precedence, windowPrecedence } from './precedence.ts'

/** How often a flood is drawn. Nobody reads it; drawing each of its frames costs more than taking in what it says. */
const floodFrameMs = 100
/** The same while somebody types in another terminal: a frame takes as long as an echo. */
const slowFloodFrameMs = 300

/** What xterm has beyond its types; the version is pinned, and a terminal without it is drawn as it comes. */
interface Inside {
  readonly _core?: {
    readonly _renderService?: { refreshRows?: (start: number, end: number, isRedrawOnly?: boolean) => void }
  }
}

/**
 * Draws a terminal less often while there is much that it has not taken in yet (`isFlooded`), and as xterm wants to
 * otherwise. What was left out is drawn with the next frame. The returned function ends it.
 */
export function paceDrawing(
  terminal: Terminal,
  isFlooded: () => boolean,
  precedence: Precedence = windowPrecedence,
): () => void {
  const service = (terminal as unknown as Inside)._core?._renderService
  const refresh = service?.refreshRows?.bind(service)
  if (service === undefined || refresh === undefined) return () => {}
  let waiting: { readonly start: number; readonly end: number } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  const draw = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const rows = waiting
    waiting = null
    if (rows !== null) refresh(rows.start, rows.end)
  }
  const drawInTurn = (): void => {
    timer = null
    if (waiting !== null && !precedence.mustWait(terminal, drawInTurn)) draw()
  }

  service.refreshRows = (start, end, isRedrawOnly) => {
    if (waiting === null && !isFlooded()) return refresh(start, end, isRedrawOnly)
    waiting = { start: Math.min(start, waiting?.start ?? start), end: Math.max(end, waiting?.end ?? end) }
    if (!isFlooded()) draw()
    else timer ??= setTimeout(drawInTurn, precedence.isTypedElsewhere(terminal) ? slowFloodFrameMs : floodFrameMs)
  }
  return () => {
    draw()
    service.refreshRows = refresh
  }
}
