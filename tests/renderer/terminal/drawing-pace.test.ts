import type { Terminal } from '@xterm/xterm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { paceDrawing } from '../../../renderer/terminal/drawing-pace.ts'
import { createPrecedence } from '../../../renderer/terminal/precedence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A terminal whose drawing is only written down. */
function setUp(isFlooded: () => boolean, precedence = createPrecedence()) {
  const drawn: (readonly [number, number])[] = []
  const framed: number[] = []
  const counted = { synced: 0, shown: 0, selected: 0, dragged: 0 }
  const service = {
    refreshRows: (start: number, end: number) => void drawn.push([start, end]),
    addRefreshCallback: (callback: FrameRequestCallback) => framed.push(callback as unknown as number),
  }
  const selection = {
    refresh: (isMouse?: boolean) => void (isMouse === true ? counted.dragged++ : counted.selected++),
    _refreshAnimationFrame: undefined as number | undefined,
  }
  const core = {
    _renderService: service,
    _syncTextArea: () => void counted.synced++,
    _selectionService: selection,
  }
  const terminal = { _core: core } as unknown as Terminal
  const stop = paceDrawing(terminal, isFlooded, precedence, () => void counted.shown++)
  return { drawn, framed, service, core, selection, counted, stop }
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

  it('moves the scroll bar and the field that is typed into with the frames of a flood, not after every piece', () => {
    let isFlooded = true
    const { framed, service, core, counted } = setUp(() => isFlooded)
    const move = (): void => {}
    expect(service.addRefreshCallback(move)).toBeDefined()
    for (let piece = 0; piece < 5; piece += 1) core._syncTextArea()
    expect([framed.length, counted.synced]).toEqual([0, 0])
    vi.advanceTimersByTime(100)
    expect([framed, counted.synced]).toEqual([[move], 1])
    expect(counted.shown).toBeGreaterThan(0)
    isFlooded = false
    core._syncTextArea()
    service.addRefreshCallback(move)
    expect([framed.length, counted.synced]).toEqual([2, 2])
  })

  it('looks at the selection with the frames of a flood, not with every line, and at once at what a person selects', () => {
    let isFlooded = true
    const { selection, counted, stop } = setUp(() => isFlooded)
    for (let line = 0; line < 5; line += 1) selection.refresh()
    expect(counted.selected).toBe(0)
    selection.refresh(true)
    expect(counted.dragged).toBe(1)
    vi.advanceTimersByTime(100)
    expect(counted.selected).toBe(1)
    isFlooded = false
    selection.refresh()
    expect(counted.selected).toBe(2)
    // Its frame is asked for: the lines until then need no other.
    selection._refreshAnimationFrame = 1
    selection.refresh()
    expect(counted.selected).toBe(2)
    selection._refreshAnimationFrame = undefined
    isFlooded = true
    selection.refresh()
    stop()
    expect(counted.selected).toBe(3)
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
