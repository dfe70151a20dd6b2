import { contentSize } from './guest-size.ts'
import { createPainter, type Painter } from './painter.ts'

/** A canvas of its own in `place`, whose screen always fills the room there is, and what takes both away again. */
export function fittedPainter(place: HTMLElement): { readonly painter: Painter; readonly remove: () => void } {
  const canvas = document.createElement('canvas')
  canvas.className = 'screen-canvas'
  place.append(canvas)
  const painter = createPainter(canvas)
  const observer = new ResizeObserver(() => painter.layOut({ ...contentSize(place), scale: 'fit' }))
  observer.observe(place)
  return {
    painter,
    remove() {
      observer.disconnect()
      painter.dispose()
      canvas.remove()
    },
  }
}
