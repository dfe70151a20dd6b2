import { leastPixels, mostPixels } from '../../app/domain/screen.ts'

/** Graphics cards know widths in whole characters. */
const widthStep = 8

/** The size in pixels that a guest is asked for, to fill a room of so many CSS pixels. */
export function guestSize(roomWidth: number, roomHeight: number): { readonly width: number; readonly height: number } {
  const within = (side: number): number => Math.min(mostPixels, Math.max(leastPixels, Math.floor(side)))
  const width = within(roomWidth)
  return { width: width - (width % widthStep), height: within(roomHeight) }
}
