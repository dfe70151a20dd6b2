import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromCodePage437 } from '../../../app/domain/code-page-437.ts'
import { keyCodes, scanCodesOf } from '../../../app/domain/scan-codes.ts'
import { type Cell, cellBytes, packText, readCell, vgaColours, writeCell } from '../../../app/domain/screen.ts'
import { strokeOf, strokesOf } from '../../../app/domain/typing.ts'

describe('a packed cell', () => {
  const cell: fc.Arbitrary<Cell> = fc.record({
    codePoint: fc.integer({ min: 0, max: 0xffff }),
    foreground: fc.integer({ min: 0, max: 0xffffff }),
    background: fc.integer({ min: 0, max: 0xffffff }),
    blinks: fc.boolean(),
  })

  it('is read back as it was written, whatever stands beside it', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 20 }), (cells) => {
        const bytes = new Uint8Array(cells.length * cellBytes)
        for (const [index, one] of cells.entries()) writeCell(bytes, index, one)
        expect(cells.map((_, index) => readCell(bytes, index))).toEqual(cells)
      }),
    )
  })

  it('is made of any text, one cell for each character', () => {
    const bytes = packText('a가👩', { foreground: vgaColours[15], background: vgaColours[1] })
    expect([0, 1, 2].map((index) => String.fromCodePoint(readCell(bytes, index).codePoint)).join('')).toBe('a가?')
    expect(readCell(bytes, 1)).toMatchObject({ foreground: 0xffffff, background: 0x0000aa, blinks: false })
  })
})

describe('the PC’s own characters', () => {
  it.for([
    [0x00, ' '],
    [0x01, '☺'],
    [0x1f, '▼'],
    [0x41, 'A'],
    [0x7f, '⌂'],
    [0x80, 'Ç'],
    [0xb0, '░'],
    [0xc4, '─'],
    [0xcd, '═'],
    [0xdb, '█'],
    [0xe1, 'ß'],
    [0xff, '\u00a0'],
  ] as const)('shows byte %d as %s', ([code, character]) => {
    expect(String.fromCodePoint(fromCodePage437(code))).toBe(character)
  })

  it('are 256 different ones but for the two blanks', () => {
    const all = Array.from({ length: 256 }, (_, code) => fromCodePage437(code))
    expect(new Set(all).size).toBe(255)
    expect(all.every((code) => code <= 0xffff)).toBe(true)
  })
})

describe('scan codes', () => {
  it.for([
    ['KeyA', true, [0x1e]],
    ['KeyA', false, [0x9e]],
    ['Escape', true, [0x01]],
    ['ControlRight', true, [0xe0, 0x1d]],
    ['ControlRight', false, [0xe0, 0x9d]],
    ['Delete', true, [0xe0, 0x53]],
    ['Delete', false, [0xe0, 0xd3]],
    ['NumpadEnter', true, [0xe0, 0x1c]],
    ['ArrowUp', false, [0xe0, 0xc8]],
    ['F12', true, [0x58]],
    ['Lang1', false, [0xf2]],
    ['Pause', true, [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]],
    ['Pause', false, []],
    ['MediaPlayPause', true, []],
    ['toString', true, []],
  ] as const)('of %s, pressed %s, are %j', ([code, isDown, bytes]) => {
    expect(scanCodesOf(code, isDown)).toEqual(bytes)
  })

  it('differ for every two keys', () => {
    const made = keyCodes.map((code) => scanCodesOf(code, true).join(' '))
    expect(new Set(made).size).toBe(keyCodes.length)
  })

  it('are let go with the high bit of what presses them', () => {
    for (const code of keyCodes) {
      if (code === 'Pause') continue
      const down = scanCodesOf(code, true)
      const up = scanCodesOf(code, false)
      expect(up.slice(0, -1)).toEqual(down.slice(0, -1))
      expect(up.at(-1)).toBe((down.at(-1) ?? 0) + 0x80)
    }
  })
})

describe('typing', () => {
  it('has a key of the keyboard for every character of ASCII that is printed', () => {
    const strokes = Array.from({ length: 95 }, (_, index) => strokeOf(String.fromCharCode(32 + index)))
    for (const stroke of strokes) expect(keyCodes).toContain(stroke?.code)
    expect(new Set(strokes.map((stroke) => JSON.stringify(stroke))).size).toBe(95)
  })

  it('holds shift only around what needs it, and takes every line end for Enter', () => {
    expect(strokesOf('a!\r\n')).toEqual([
      { code: 'KeyA', isDown: true },
      { code: 'KeyA', isDown: false },
      { code: 'ShiftLeft', isDown: true },
      { code: 'Digit1', isDown: true },
      { code: 'Digit1', isDown: false },
      { code: 'ShiftLeft', isDown: false },
      { code: 'Enter', isDown: true },
      { code: 'Enter', isDown: false },
    ])
  })

  it('leaves out what a US keyboard has not, and leaves no key held', () => {
    expect(strokesOf('한é')).toEqual([])
    fc.assert(
      fc.property(fc.string(), (text) => {
        const held = new Set<string>()
        for (const { code, isDown } of strokesOf(text)) {
          if (isDown) held.add(code)
          else held.delete(code)
        }
        expect(held.size).toBe(0)
      }),
    )
  })
})
