const bodyPx = 13
const isTouch = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches

/** Heights of the list's rows at a text size, as the style sheet has them: what is drawn must be known before it is. */
export function rowHeights(zoom: number): {
  readonly row: number
  readonly group: number
  readonly firstGroup: number
} {
  const row = Math.round(Math.max(isTouch ? 40 : 28, 1.9 * bodyPx * zoom))
  const head = Math.max(26, Math.round(1.9 * bodyPx * zoom))
  return { row, group: head + 4, firstGroup: head }
}
