import type { ScreenArea } from '../../../app/domain/screen.ts'
import type { ScreenEvents } from '../../screen/source.ts'

type FrameEvents = Pick<ScreenEvents, 'pixels' | 'area'>
interface Size {
  readonly width: number
  readonly height: number
}

/**
 * What VirtualBox's VNC extension says of a display, held back until it is known to be the guest's. When switched on, the extension
 * has a screen of its own of 640 × 480, black or garbled (seen), and goes on with that until the guest draws; then it sends all of it.
 * `onGuestFrame` is called before the first frame that is let through, `onSuppressed` for each part that is not.
 */
export function suppressPlaceholderFrames(
  events: FrameEvents,
  onGuestFrame: () => void,
  onSuppressed: () => void,
): FrameEvents {
  let size: Size | null = null
  let isGuest = false
  /** Whether the size is the one that the extension said first. */
  let isFirstSize = true
  /** The whole of its first screen, while it may be the extension's own. */
  let pendingFrame: Buffer | null = null

  const begin = ({ width, height }: Size): void => {
    isGuest = true
    onGuestFrame()
    events.pixels(width, height)
    if (pendingFrame !== null) events.area({ x: 0, y: 0, width, height }, pendingFrame)
    pendingFrame = null
  }
  /**
   * A guest that draws more of a screen was sent whole before: then the first was its own after all. A whole screen other than the
   * extension's own is the guest's; a large one comes in strips, the top one first.
   */
  const isFromGuest = (area: ScreenArea, now: Size): boolean => {
    const isBeginning = isFirstSize && now.width === 640 && now.height === 480
    const isTop = area.x === 0 && area.y === 0 && area.width === now.width
    return pendingFrame !== null || (!isBeginning && isTop)
  }

  return {
    pixels(width, height) {
      isFirstSize = size === null
      size = { width, height }
      pendingFrame = null
      if (isGuest) events.pixels(width, height)
    },
    area(area: ScreenArea, pixels: Uint8Array) {
      if (size === null) return
      const isWhole = area.width === size.width && area.height === size.height
      if (!isGuest && isFromGuest(area, size)) begin(size)
      if (isGuest) return events.area(area, pixels)
      if (isWhole) pendingFrame = Buffer.from(pixels)
      onSuppressed()
    },
  }
}
