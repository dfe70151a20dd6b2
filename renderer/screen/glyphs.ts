/**
 * Lines, blocks and shades, drawn as shapes: a font's own leave gaps between cells. `weights` are the arms of a line character
 * in the order left, right, up, down: 0 none, 1 single, 2 double.
 */
const arms: Readonly<Record<string, string>> = {
  '─': '1100',
  '│': '0011',
  '┌': '0101',
  '┐': '1001',
  '└': '0110',
  '┘': '1010',
  '├': '0111',
  '┤': '1011',
  '┬': '1101',
  '┴': '1110',
  '┼': '1111',
  '═': '2200',
  '║': '0022',
  '╔': '0202',
  '╗': '2002',
  '╚': '0220',
  '╝': '2020',
  '╠': '0222',
  '╣': '2022',
  '╦': '2202',
  '╩': '2220',
  '╬': '2222',
  '╒': '0201',
  '╓': '0102',
  '╕': '2001',
  '╖': '1002',
  '╘': '0210',
  '╙': '0120',
  '╛': '2010',
  '╜': '1020',
  '╞': '0211',
  '╟': '0122',
  '╡': '2011',
  '╢': '1022',
  '╤': '2201',
  '╥': '1102',
  '╧': '2210',
  '╨': '1120',
  '╪': '2211',
  '╫': '1122',
}

/** Parts of the cell that are filled, as fractions: left, top, width, height. */
const blocks: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '█': [0, 0, 1, 1],
  '▀': [0, 0, 1, 0.5],
  '▄': [0, 0.5, 1, 0.5],
  '▌': [0, 0, 0.5, 1],
  '▐': [0.5, 0, 0.5, 1],
  '■': [0.15, 0.3, 0.7, 0.4],
}

const shades: Readonly<Record<string, number>> = { '░': 0.25, '▒': 0.5, '▓': 0.75 }

/** Draws a character as a shape in the context's fill colour; false when it is one for the font. */
export function drawShape(
  context: CanvasRenderingContext2D,
  character: string,
  x: number,
  y: number,
  width: number,
  height: number,
): boolean {
  const block = blocks[character]
  if (block !== undefined) {
    const left = Math.round(block[0] * width)
    const top = Math.round(block[1] * height)
    const right = Math.round((block[0] + block[2]) * width)
    const bottom = Math.round((block[1] + block[3]) * height)
    context.fillRect(x + left, y + top, right - left, bottom - top)
    return true
  }
  const shade = shades[character]
  if (shade !== undefined) {
    const before = context.globalAlpha
    context.globalAlpha = before * shade
    context.fillRect(x, y, width, height)
    context.globalAlpha = before
    return true
  }
  const weights = arms[character]
  if (weights === undefined) return false
  drawArms(context, weights, x, y, width, height)
  return true
}

function drawArms(
  context: CanvasRenderingContext2D,
  weights: string,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const [left = 0, right = 0, up = 0, down = 0] = [...weights].map(Number)
  const thick = Math.max(1, Math.round(width / 8))
  const gap = Math.max(thick * 2, Math.round(width / 4))
  const strokesOf = (weight: number, size: number): readonly [number, number] => {
    const middle = Math.floor((size - thick) / 2)
    return weight === 2 ? [middle - Math.floor(gap / 2), middle + Math.ceil(gap / 2)] : [middle, middle]
  }
  const columns = strokesOf(Math.max(up, down), width)
  const rows = strokesOf(Math.max(left, right), height)
  for (const [at, from, to] of strokes([left, right], [up, down], rows, columns, width, thick)) {
    context.fillRect(x + from, y + at, to - from, thick)
  }
  for (const [at, from, to] of strokes([up, down], [left, right], columns, rows, height, thick)) {
    context.fillRect(x + at, y + from, thick, to - from)
  }
}

/**
 * The strokes of one direction: where each lies, where it begins and ends. `own` are the weights of its two arms, `others` of
 * the other direction's; `at` and `across` say where both directions' strokes lie (twice the same when single).
 */
function strokes(
  own: readonly [number, number],
  others: readonly [number, number],
  at: readonly [number, number],
  across: readonly [number, number],
  size: number,
  thick: number,
): readonly (readonly [at: number, from: number, to: number])[] {
  const [back, forth] = own
  const weight = Math.max(back, forth)
  if (weight === 0) return []
  const isCrossed = Math.max(...others) === 2 && !(weight === 1 && back > 0 && forth > 0)
  const [first, last] = across
  return (weight === 2 ? [0, 1] : [0]).flatMap((side): (readonly [number, number, number])[] => {
    const here = at[side] ?? 0
    // On the inner side of a double corner, tee or crossing a stroke stops at the near one of the others.
    const isInner = weight === 2 ? (others[side] ?? 0) > 0 : Math.min(...others) > 0
    if (!isCrossed || !isInner) return [[here, back > 0 ? 0 : first, forth > 0 ? size : last + thick]]
    return [
      ...(back > 0 ? [[here, 0, first + thick] as const] : []),
      ...(forth > 0 ? [[here, last, size] as const] : []),
    ]
  })
}
