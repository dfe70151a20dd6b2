import type { ScreenDown } from '../../app/contract/views.ts'
import { createTextCanvas, fittingCell, type TextCanvas } from './text-canvas.ts'

export type ScreenFrame = Exclude<ScreenDown, { readonly kind: 'status' }>

/** The room a screen is shown in, in CSS pixels, and how it is laid into it. */
export interface Room {
  readonly width: number
  readonly height: number
  readonly scale: 'fit' | 'actual'
}

/** What a screen is now: cells of text, or pixels. */
export interface ScreenSize {
  readonly kind: 'text' | 'pixels'
  readonly width: number
  readonly height: number
}

/** Draws one screen's frames on a canvas, in whatever room it has. */
export interface Painter {
  /** Settles when the frame is drawn. Frames are given in their order. */
  paint(frame: ScreenFrame): Promise<void>
  layOut(room: Room): void
  size(): ScreenSize | null
  /** How large it is shown: percent of its own size; null of text, which has none. */
  zoomPercent(): number | null
  /** The text on it; null when it shows pixels. */
  text(): string | null
  /** The screen's own pixel at a place of the page; the nearest one of a place outside. */
  pixelAt(clientX: number, clientY: number): { readonly x: number; readonly y: number } | null
  dispose(): void
}

/** Cell width of text at its own size, CSS pixels: half of 16. */
const actualCell = 8

export function createPainter(canvas: HTMLCanvasElement): Painter {
  let size: ScreenSize | null = null
  let text: TextCanvas | null = null
  let room: Room = { width: 0, height: 0, scale: 'fit' }
  let last: Promise<void> = Promise.resolve()

  const begin = (kind: ScreenSize['kind'], width: number, height: number): void => {
    if (size?.kind === kind && size.width === width && size.height === height) return
    text?.dispose()
    text = null
    size = { kind, width, height }
    if (kind === 'text') text = createTextCanvas(canvas, width, height)
    else {
      canvas.width = width
      canvas.height = height
    }
    place()
  }

  /** Gives the canvas its place in the room. */
  const place = (): void => {
    if (size === null || room.width === 0 || room.height === 0) return
    const ratio = devicePixelRatio
    if (text !== null) {
      const cell =
        room.scale === 'fit'
          ? fittingCell(size.width, size.height, room.width * ratio, room.height * ratio)
          : Math.max(1, Math.round(actualCell * ratio))
      text.setCell(cell)
      canvas.style.width = `${canvas.width / ratio}px`
      canvas.style.height = `${canvas.height / ratio}px`
      canvas.style.imageRendering = 'pixelated'
      return
    }
    // At its own size one of its pixels is a whole number of the display's, near one CSS pixel.
    const whole = Math.max(1, Math.round(ratio)) / ratio
    const scale = room.scale === 'fit' ? Math.min(room.width / size.width, room.height / size.height) : whole
    canvas.style.width = `${size.width * scale}px`
    canvas.style.height = `${size.height * scale}px`
    canvas.style.imageRendering = Number.isInteger(scale * ratio) ? 'pixelated' : 'auto'
  }

  const draw = async (frame: ScreenFrame): Promise<void> => {
    if (frame.kind === 'text') {
      begin('text', frame.columns, frame.rows)
      text?.take(frame.lines, frame.data, frame.cursor)
      return
    }
    const context = canvas.getContext('2d', { alpha: false })
    if (context === null) return
    if (frame.kind === 'pixels') {
      begin('pixels', frame.width, frame.height)
      let from = 0
      for (const { x, y, width, height } of frame.areas) {
        const bytes = new Uint8ClampedArray(frame.data.slice(from, from + width * height * 4).buffer)
        context.putImageData(new ImageData(bytes, width, height), x, y)
        from += width * height * 4
      }
      return
    }
    const picture = await createImageBitmap(new Blob([frame.data.slice()], { type: 'image/png' }))
    begin('pixels', frame.width, frame.height)
    context.drawImage(picture, 0, 0)
    picture.close()
  }

  return {
    paint(frame) {
      // A photograph is read in its own time: what follows waits for it. One that cannot be read leaves the last picture.
      last = last.then(() => draw(frame)).catch(() => {})
      return last
    },
    layOut(next) {
      room = next
      place()
    },
    size: () => size,
    zoomPercent: () =>
      size === null || size.kind === 'text' || canvas.clientWidth === 0
        ? null
        : Math.round((100 * canvas.clientWidth) / size.width),
    text: () => text?.text() ?? null,
    pixelAt(clientX, clientY) {
      const box = canvas.getBoundingClientRect()
      if (size === null || size.kind === 'text' || box.width === 0 || box.height === 0) return null
      const within = (part: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(part * count)))
      return {
        x: within((clientX - box.left) / box.width, size.width),
        y: within((clientY - box.top) / box.height, size.height),
      }
    },
    dispose: () => text?.dispose(),
  }
}
