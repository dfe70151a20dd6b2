import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLines } from '../../../main/exec/lines.ts'

function linesOf(chunks: readonly Uint8Array[], maxLength?: number): string[] {
  const got: string[] = []
  const lines = createLines((line) => got.push(line), maxLength)
  for (const chunk of chunks) lines.push(chunk)
  lines.end()
  return got
}
const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('lines', () => {
  it('end at a line feed, a carriage return and both together', () => {
    expect(linesOf([bytes('one\ntwo\r\n10%\r20%\rlast')])).toEqual(['one', 'two', '10%', '20%', 'last'])
  })

  it('do not become two when a carriage return and its line feed come apart', () => {
    expect(linesOf([bytes('one\r'), bytes('\ntwo\n')])).toEqual(['one', 'two'])
  })

  it('keep empty lines', () => {
    expect(linesOf([bytes('a\n\nb')])).toEqual(['a', '', 'b'])
  })

  it('are cut at the limit, and the next line is whole again', () => {
    expect(linesOf([bytes('abcdef'), bytes('ghi\nnext\n')], 4)).toEqual(['abcd', 'next'])
  })

  it('are the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '한', '⛵', '\r', '\n', '\r\n')),
        fc.array(fc.nat(40)),
        (parts, cuts) => {
          const whole = Buffer.from(parts.join(''))
          const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
          const chunks = at.slice(1).map((end, index) => whole.subarray(at[index], end))
          expect(linesOf(chunks)).toEqual(linesOf([whole]))
        },
      ),
    )
  })
})
