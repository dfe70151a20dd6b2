import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellBytes, packText, readCell, type ScreenArea } from '../../../app/domain/screen.ts'
import { createFrame, type Picture, type Unseen } from '../../../main/screen/frame.ts'

const grey = { foreground: 0xaaaaaa, background: 0 }

function textOf(picture: Picture | null): readonly string[] {
  if (picture?.kind !== 'text') return []
  return picture.lines.map((_, line) =>
    Array.from({ length: picture.columns }, (_cell, column) =>
      String.fromCodePoint(readCell(picture.data, line * picture.columns + column).codePoint || 0x20),
    )
      .join('')
      .trimEnd(),
  )
}

describe('a frame of text', () => {
  it('is given whole to one who comes late, and by changed lines to one who has it', () => {
    const frame = createFrame()
    frame.text(10, 3)
    frame.cells(0, 0, packText('first', grey))
    const early = frame.watch()
    expect(textOf(early.take())).toEqual(['first', '', ''])
    frame.cells(2, 3, packText('last', grey))
    const change = early.take()
    expect(change).toMatchObject({ kind: 'text', lines: [2] })
    expect(textOf(change)).toEqual(['   last'])
    expect(early.take()).toBeNull()
    expect(textOf(frame.watch().take())).toEqual(['first', '', '   last'])
  })

  it('gathers what changes several times into one', () => {
    const frame = createFrame()
    frame.text(4, 2)
    const unseen = frame.watch()
    unseen.take()
    for (const text of ['a', 'b', 'c']) frame.cells(1, 0, packText(text, grey))
    expect(textOf(unseen.take())).toEqual(['c'])
  })

  it('tells of the cursor alone, and not of one that stays', () => {
    const frame = createFrame()
    frame.text(4, 2)
    const unseen = frame.watch()
    unseen.take()
    const cursor = { row: 1, column: 2, top: 0.8, bottom: 1 }
    frame.cursor(cursor)
    expect(unseen.take()).toMatchObject({ lines: [], cursor })
    frame.cursor({ ...cursor })
    expect(unseen.isEmpty()).toBe(true)
  })

  it('leaves out what lies outside, whatever a source says', () => {
    const frame = createFrame()
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer({ min: 0, max: 30 }), (row, column, length) => {
        frame.text(10, 5)
        frame.cells(row, column, new Uint8Array(length * cellBytes).fill(1))
        expect(frame.watch().take()).toMatchObject({ columns: 10, rows: 5 })
      }),
    )
    frame.text(Number.NaN, -4)
    expect(frame.watch().take()).toMatchObject({ columns: 1, rows: 1 })
  })
})

describe('a frame of pixels', () => {
  const width = 200
  const height = 150

  /** What a window makes of the frames it gets. */
  function draw(onto: Uint8Array, picture: Picture | null): void {
    if (picture?.kind !== 'pixels') return
    let from = 0
    for (const area of picture.areas) {
      for (let y = area.y; y < area.y + area.height; y += 1) {
        onto.set(picture.data.subarray(from, from + area.width * 4), (y * width + area.x) * 4)
        from += area.width * 4
      }
    }
    expect(from).toBe(picture.data.length)
  }

  function whole(unseen: Unseen): Uint8Array {
    const bytes = new Uint8Array(width * height * 4)
    draw(bytes, unseen.take())
    return bytes
  }

  it('gives whoever follows the changes the same as whoever comes late', () => {
    const some = fc.record({
      x: fc.integer({ min: -50, max: width + 10 }),
      y: fc.integer({ min: -50, max: height + 10 }),
      width: fc.integer({ min: 0, max: 90 }),
      height: fc.integer({ min: 0, max: 90 }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(some, fc.nat(255), fc.boolean()), { maxLength: 12 }), (areas) => {
        const frame = createFrame()
        frame.pixels(width, height)
        const follower = frame.watch()
        const seen = whole(follower)
        for (const [area, shade, looks] of areas) {
          frame.area(area, new Uint8Array(area.width * area.height * 4).fill(shade))
          if (looks) draw(seen, follower.take())
        }
        draw(seen, follower.take())
        expect(Buffer.compare(seen, whole(frame.watch()))).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('is opaque wherever it is drawn, though the source leaves the fourth byte empty', () => {
    const frame = createFrame()
    frame.pixels(width, height)
    frame.area({ x: 1, y: 1, width: 3, height: 2 }, new Uint8Array(24).fill(0).fill(9, 0, 3))
    const bytes = whole(frame.watch())
    expect(bytes.filter((_, at) => at % 4 === 3).every((opacity) => opacity === 255)).toBe(true)
    expect([...bytes.subarray((width + 1) * 4, (width + 1) * 4 + 4)]).toEqual([9, 9, 9, 255])
  })

  it('tells only what is near a change', () => {
    const frame = createFrame()
    frame.pixels(width, height)
    const unseen = frame.watch()
    unseen.take()
    frame.area({ x: 10, y: 10, width: 1, height: 1 }, new Uint8Array(4))
    frame.area({ x: 190, y: 140, width: 5, height: 5 }, new Uint8Array(100))
    const picture = unseen.take()
    const areas: readonly ScreenArea[] = picture?.kind === 'pixels' ? picture.areas : []
    expect(areas).toEqual([
      { x: 0, y: 0, width: 64, height: 64 },
      { x: 128, y: 128, width: 72, height: 22 },
    ])
  })

  it('draws no more than was given', () => {
    const frame = createFrame()
    frame.pixels(width, height)
    const unseen = frame.watch()
    unseen.take()
    frame.area({ x: 0, y: 0, width: 100, height: 100 }, new Uint8Array(20))
    expect(unseen.isEmpty()).toBe(true)
  })
})

describe('a frame that is a photograph', () => {
  it('is told once, and again only when it is another', () => {
    const frame = createFrame()
    frame.picture(640, 480, Uint8Array.of(1, 2, 3))
    const unseen = frame.watch()
    expect(unseen.take()).toEqual({ kind: 'picture', width: 640, height: 480, data: Uint8Array.of(1, 2, 3) })
    frame.picture(640, 480, Uint8Array.of(1, 2, 3))
    expect(unseen.isEmpty()).toBe(true)
    frame.picture(640, 480, Uint8Array.of(1, 2, 4))
    expect(unseen.take()).toMatchObject({ data: Uint8Array.of(1, 2, 4) })
  })
})
