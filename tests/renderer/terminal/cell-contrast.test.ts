import type { Terminal } from '@xterm/xterm'
import { describe, expect, it } from 'vitest'
import { type RowFactory, readableCells } from '../../../renderer/terminal/cell-contrast.ts'

const plain = { isInverse: () => 0, isBgDefault: () => true }

/** Rows as xterm makes them: they leave out of their contrast what xterm leaves out, and keep which colour was measured. */
function rows() {
  const measured: unknown[] = []
  class Rows implements RowFactory {
    _themeService = { colors: { background: 'background' } }
    _applyMinimumContrast(_element: unknown, _ground: unknown, colour: unknown, cell: { getCode(): number }): boolean {
      measured.push(colour)
      const code = cell.getCode()
      return !(code >= 0x2500 && code <= 0x259f)
    }
  }
  const open = () => {
    const factory: RowFactory = new Rows()
    const terminal = { _core: { _renderService: { _renderer: { value: { _rowFactory: factory } } } } }
    readableCells(terminal as unknown as Terminal)
    return (letter: string, how = plain): boolean | undefined => {
      const cell = { getCode: () => letter.codePointAt(0) ?? 0, ...how }
      return factory._applyMinimumContrast?.(null, 'ground', 'foreground', cell)
    }
  }
  return { open, measured }
}

describe('contrast in a terminal that is drawn with elements', () => {
  it('holds for lines, with the text that follows in their colour, and not for blocks', () => {
    const isReadable = rows().open()
    expect(['│', '─', '┘', '═', '╿', 'a'].filter((letter) => !isReadable(letter))).toEqual([])
    expect(['▀', '█', '░', '▟'].filter((letter) => isReadable(letter))).toEqual([])
  })

  it('is measured with the colour that reversed text has', () => {
    const { open, measured } = rows()
    const draw = open()
    draw('a')
    draw('a', { isInverse: () => 1, isBgDefault: () => true })
    draw('a', { isInverse: () => 1, isBgDefault: () => false })
    expect(measured).toEqual(['foreground', 'background', 'foreground'])
  })

  it('holds in each terminal, however many are opened', () => {
    const { open } = rows()
    expect([open(), open(), open()].map((isReadable) => isReadable('│'))).toEqual([true, true, true])
  })

  it('is left as it comes where xterm has other insides', () => {
    expect(() => readableCells({} as Terminal)).not.toThrow()
    const empty = { _core: { _renderService: { _renderer: { value: { _rowFactory: {} } } } } }
    expect(() => readableCells(empty as unknown as Terminal)).not.toThrow()
  })
})
