import type { ScreenArea } from '../../../app/domain/screen.ts'
import type { ScreenEvents } from '../../screen/source.ts'

type Drawn = Pick<ScreenEvents, 'pixels' | 'area'>
interface Size {
  readonly width: number
  readonly height: number
}

/**
 * What VirtualBox's VNC extension says of a display, held back until it is sure to be the guest's. When it is switched on it has a
 * screen of its own of 640 × 480, black or garbled (seen), and goes on with that until the guest draws; then it sends all of it.
 * `sure` is called before the first that is let through, `heldBack` for each part that is not.
 */
export function sureDisplay(drawn: Drawn, sure: () => void, heldBack: () => void): Drawn {
  let size: Size | null = null
  let isSure = false
  /** Whether the size is the one that the extension said first. */
  let isFirstSize = true
  /** The whole of its first screen, while it may be the extension's own. */
  let doubtful: Buffer | null = null

  const begin = ({ width, height }: Size): void => {
    isSure = true
    sure()
    drawn.pixels(width, height)
    if (doubtful !== null) drawn.area({ x: 0, y: 0, width, height }, doubtful)
    doubtful = null
  }
  /**
   * A guest that draws more of a screen was sent whole before: then the first was its own after all. A whole screen other than the
   * extension's own is the guest's; a large one comes in strips, the top one first.
   */
  const isNowSure = (area: ScreenArea, now: Size): boolean => {
    const isBeginning = isFirstSize && now.width === 640 && now.height === 480
    const isTop = area.x === 0 && area.y === 0 && area.width === now.width
    return doubtful !== null || (!isBeginning && isTop)
  }

  return {
    pixels(width, height) {
      isFirstSize = size === null
      size = { width, height }
      doubtful = null
      if (isSure) drawn.pixels(width, height)
    },
    area(area: ScreenArea, pixels: Uint8Array) {
      if (size === null) return
      const isWhole = area.width === size.width && area.height === size.height
      if (!isSure && isNowSure(area, size)) begin(size)
      if (isSure) return drawn.area(area, pixels)
      if (isWhole) doubtful = Buffer.from(pixels)
      heldBack()
    },
  }
}
