import { maxPixels, minPixels } from '../../app/domain/screen.ts'

/** Graphics cards know widths in whole characters. */
const widthStep = 8

export interface Size {
  readonly width: number
  readonly height: number
}

/** The room inside an element's padding, in CSS pixels. */
export function contentSize(element: HTMLElement): Size {
  const style = getComputedStyle(element)
  const of = (side: string): number => Number.parseFloat(style.getPropertyValue(`padding-${side}`)) || 0
  return {
    width: element.clientWidth - of('left') - of('right'),
    height: element.clientHeight - of('top') - of('bottom'),
  }
}

/** The size in pixels that a guest is asked for, to fill a room of so many CSS pixels. */
export function guestSize(room: Size): Size {
  const within = (side: number): number => Math.min(maxPixels, Math.max(minPixels, Math.floor(side)))
  const width = within(room.width)
  return { width: width - (width % widthStep), height: within(room.height) }
}
