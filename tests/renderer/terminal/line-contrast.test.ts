import type { Terminal } from '@xterm/xterm'
import { describe, expect, it } from 'vitest'
import { type RowFactory, readableLines } from '../../../renderer/terminal/line-contrast.ts'

/** Rows as xterm makes them, whose contrast leaves out what xterm leaves out. */
function rows() {
  class Rows implements RowFactory {
    _applyMinimumContrast(_element: unknown, _ground: unknown, _colour: unknown, cell: { getCode(): number }): boolean {
      const code = cell.getCode()
      return !(code >= 0x2500 && code <= 0x259f)
    }
  }
  const open = () => {
    const factory = new Rows()
    const terminal = { _core: { _renderService: { _renderer: { value: { _rowFactory: factory } } } } }
    readableLines(terminal as unknown as Terminal)
    return (letter: string): boolean =>
      factory._applyMinimumContrast(null, null, null, { getCode: () => letter.codePointAt(0) ?? 0 })
  }
  return { open }
}

describe('contrast in a terminal that is drawn with elements', () => {
  it('holds for lines, with the text that follows in their colour, and not for blocks', () => {
    const isReadable = rows().open()
    expect(['│', '─', '┘', '═', '╿', 'a'].filter((letter) => !isReadable(letter))).toEqual([])
    expect(['▀', '█', '░', '▟'].filter(isReadable)).toEqual([])
  })

  it('holds in each terminal, however many are opened', () => {
    const { open } = rows()
    expect([open(), open(), open()].map((isReadable) => isReadable('│'))).toEqual([true, true, true])
  })

  it('is left as it comes where xterm has other insides', () => {
    expect(() => readableLines({} as Terminal)).not.toThrow()
    const empty = { _core: { _renderService: { _renderer: { value: { _rowFactory: {} } } } } }
    expect(() => readableLines(empty as unknown as Terminal)).not.toThrow()
  })
})
