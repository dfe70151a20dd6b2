import type { Terminal } from '@xterm/xterm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { paceDrawing } from '../../../renderer/terminal/drawing-pace.ts'
import { createPrecedence } from '../../../renderer/terminal/precedence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A terminal whose drawing is only written down. */
function setUp(isFlooded: () => boolean, precedence = createPrecedence()) {
  const drawn: (readonly [number, number])[] = []
  const service = { refreshRows: (start: number, end: number) => void drawn.push([start, end]) }
  const terminal = { _core: { _renderService: service } } as unknown as Terminal
  return { drawn, service, stop: paceDrawing(terminal, isFlooded, precedence) }
}

describe('drawing a terminal', () => {
  it('is left to xterm while what comes can be read', () => {
    const { drawn, service } = setUp(() => false)
    service.refreshRows(1, 2)
    service.refreshRows(3, 4)
    expect(drawn).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('happens ten times a second in a flood, for all rows that changed', () => {
    const { drawn, service } = setUp(() => true)
    service.refreshRows(5, 6)
    service.refreshRows(2, 3)
    expect(drawn).toEqual([])
    vi.advanceTimersByTime(100)
    expect(drawn).toEqual([[2, 6]])
  })

  it('happens less often while somebody types in another terminal, and never before the echo is there', () => {
    const precedence = createPrecedence()
    const { drawn, service } = setUp(() => true, precedence)
    const other = {}
    precedence.typed(other)
    precedence.shown(other)
    service.refreshRows(5, 6)
    vi.advanceTimersByTime(299)
    expect(drawn).toEqual([])
    precedence.typed(other)
    vi.advanceTimersByTime(1)
    expect(drawn).toEqual([])
    precedence.shown(other)
    expect(drawn).toEqual([[5, 6]])
  })

  it('leaves nothing undrawn when the flood is over', () => {
    let isFlooded = true
    const { drawn, service } = setUp(() => isFlooded)
    service.refreshRows(5, 6)
    isFlooded = false
    service.refreshRows(0, 1)
    expect(drawn).toEqual([[0, 6]])
    service.refreshRows(2, 2)
    expect(drawn.at(-1)).toEqual([2, 2])
  })

  it('is drawn to its end when it is no longer paced', () => {
    const { drawn, service, stop } = setUp(() => true)
    service.refreshRows(5, 6)
    stop()
    expect(drawn).toEqual([[5, 6]])
    service.refreshRows(1, 1)
    expect(drawn.at(-1)).toEqual([1, 1])
  })

  it('is over when it is no longer paced, also while somebody waits for an echo in another terminal', () => {
    const precedence = createPrecedence()
    const { drawn, service, stop } = setUp(() => true, precedence)
    precedence.typed({})
    service.refreshRows(5, 6)
    stop()
    expect(drawn).toEqual([[5, 6]])
    vi.advanceTimersByTime(1_000)
    expect(drawn).toEqual([[5, 6]])
  })

  it('is not touched in an xterm that is made otherwise', () => {
    expect(() => paceDrawing({} as Terminal, () => true)()).not.toThrow()
  })
})
