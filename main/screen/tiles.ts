import type { ScreenArea } from '../../app/domain/screen.ts'

const tilePixels = 64

/** Which parts of a screen of pixels have changed, to 64 pixels exactly: cheap to mark, and few areas to tell. */
export interface Tiles {
  /** Pixels from `left`, `top` up to and without `right`, `bottom`; they lie on the screen. */
  mark(left: number, top: number, right: number, bottom: number): void
  readonly isMarked: () => boolean
  /** The marked parts as areas that do not overlap; nothing is marked then. */
  take(): readonly ScreenArea[]
}

export function createTiles(width: number, height: number): Tiles {
  const columns = Math.ceil(width / tilePixels)
  const rows = Math.ceil(height / tilePixels)
  const marks = new Uint8Array(columns * rows)
  let isMarked = false

  /** Where the run of marked tiles that begins here ends. */
  const runEnd = (row: number, from: number): number => {
    let to = from
    while (to < columns && marks[row * columns + to] === 1) to += 1
    return to
  }
  const isRun = (row: number, from: number, to: number): boolean =>
    (from === 0 || marks[row * columns + from - 1] === 0) && runEnd(row, from) === to

  return {
    mark(left, top, right, bottom) {
      isMarked = true
      const from = Math.floor(left / tilePixels)
      const to = Math.ceil(right / tilePixels)
      for (let row = Math.floor(top / tilePixels); row < Math.ceil(bottom / tilePixels); row += 1) {
        marks.fill(1, row * columns + from, row * columns + to)
      }
    },
    isMarked: () => isMarked,
    take() {
      const areas: ScreenArea[] = []
      for (let row = 0; row < rows; row += 1) {
        for (let from = 0; from < columns; from += 1) {
          if (marks[row * columns + from] === 0) continue
          const to = runEnd(row, from)
          let end = row + 1
          while (end < rows && isRun(end, from, to)) end += 1
          for (let below = row; below < end; below += 1) marks.fill(0, below * columns + from, below * columns + to)
          const x = from * tilePixels
          const y = row * tilePixels
          areas.push({
            x,
            y,
            width: Math.min(width, to * tilePixels) - x,
            height: Math.min(height, end * tilePixels) - y,
          })
        }
      }
      isMarked = false
      return areas
    },
  }
}
