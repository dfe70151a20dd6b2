import type { PointerInput } from '../../app/domain/screen.ts'

/** A wheel's turn that makes one step, in CSS pixels. */
const stepPixels = 100
const linePixels = 34

/** Gathers what a pointer does between two pictures into one input: a guest needs no more, and a mouse says it 1000 times. */
export interface PointerGather {
  moveBy(dx: number, dy: number): void
  moveTo(x: number, y: number): void
  buttons(buttons: number): void
  wheel(event: { readonly deltaX: number; readonly deltaY: number; readonly deltaMode: number }): void
  /** Forgets what is held and half done. */
  rest(): void
}

export function createPointerGather(
  send: (input: PointerInput) => void,
  later: (job: () => void) => void = (job) => void requestAnimationFrame(job),
): PointerGather {
  let at: { readonly x: number; readonly y: number } | null = null
  let by = { dx: 0, dy: 0 }
  let held = 0
  let turned = { x: 0, y: 0 }
  let isPlanned = false

  const flush = (): void => {
    isPlanned = false
    const wheelX = Math.trunc(turned.x / stepPixels) || 0
    const wheelY = Math.trunc(turned.y / stepPixels) || 0
    turned = { x: turned.x - wheelX * stepPixels, y: turned.y - wheelY * stepPixels }
    const rest = { buttons: held, wheelX: clip(wheelX, 100), wheelY: clip(wheelY, 100) }
    if (at !== null) send({ kind: 'at', ...at, ...rest })
    else {
      const dx = Math.round(by.dx)
      const dy = Math.round(by.dy)
      by = { dx: by.dx - dx, dy: by.dy - dy }
      send({ kind: 'by', dx: clip(dx, 2000), dy: clip(dy, 2000), ...rest })
    }
  }
  const plan = (): void => {
    if (isPlanned) return
    isPlanned = true
    later(() => {
      if (isPlanned) flush()
    })
  }

  return {
    moveBy(dx, dy) {
      at = null
      by = { dx: by.dx + dx, dy: by.dy + dy }
      plan()
    },
    moveTo(x, y) {
      at = { x, y }
      plan()
    },
    buttons(next) {
      const buttons = next & 31
      if (buttons === held) return
      // A press is told where it was made, and before whatever follows: none may get lost between two pictures.
      held = buttons
      flush()
    },
    wheel({ deltaX, deltaY, deltaMode }) {
      const unit = deltaMode === 0 ? 1 : deltaMode === 1 ? linePixels : stepPixels * 3
      turned = { x: more(turned.x, deltaX * unit), y: more(turned.y, deltaY * unit) }
      plan()
    },
    rest() {
      isPlanned = false
      held = 0
      by = { dx: 0, dy: 0 }
      turned = { x: 0, y: 0 }
    },
  }
}

/** A wheel that turns back begins anew: half a step that was left must not be in its way. */
function more(turned: number, by: number): number {
  return turned * by < 0 ? by : turned + by
}

function clip(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value))
}
