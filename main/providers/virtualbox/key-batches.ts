import { scanCodesOf } from '../../../app/domain/scan-codes.ts'

/** A key that went down or up, and when that was asked for. */
export interface Stroke {
  readonly code: string
  readonly isDown: boolean
  readonly atMs: number
}

/** A keyboard holds few bytes that its machine has not read yet. */
const maxCodes = 16
/**
 * A key that is up again within this time was pressed, not held: both its strokes go in one command. VirtualBox's keyboard repeats a
 * key that is down for 500 ms, and on a busy computer the command that lets it go may come later than that.
 */
export const heldAfterMs = 250

/** Keys that do nothing by being down for longer. */
const isModifier = (code: string): boolean => /^(?:Shift|Control|Alt|Meta)/.test(code)

/**
 * How many of the strokes may be given to the machine in one command: as many as leave no key down, or all of them once a key is held.
 * 0 while the next one waits for its other half.
 */
export function nextBatch(strokes: readonly Stroke[], nowMs: number): number {
  const down = new Set<string>()
  let codes = 0
  let whole = 0
  for (const [index, { code, isDown }] of strokes.entries()) {
    codes += scanCodesOf(code, isDown).length
    if (codes > maxCodes && whole > 0) break
    if (isDown && !isModifier(code)) down.add(code)
    if (!isDown) down.delete(code)
    if (down.size === 0) whole = index + 1
    // So many keys at once are no typing: the keyboard's buffer counts more.
    if (codes >= maxCodes && whole === 0) return index + 1
  }
  if (whole > 0) return whole
  const [first] = strokes
  return first === undefined || nowMs - first.atMs < heldAfterMs ? 0 : strokes.length
}
