import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatch } from '../../../main/console/batch.ts'
import { createTail } from '../../../main/console/tail.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a batch of output', () => {
  it('gives what was added, in its order, however much it is', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 8 }), (pieces) => {
        const batch = createBatch()
        for (const piece of pieces) batch.add(piece)
        expect(Buffer.from(batch.take(true)).equals(Buffer.concat(pieces))).toBe(true)
        expect(batch.size()).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('copies: the reader’s buffer is used again at once', () => {
    const batch = createBatch()
    const piece = bytes('one')
    batch.add(piece)
    piece.set(bytes('two'))
    expect(batch.take(true)).toEqual(bytes('one'))
  })

  it('is not changed by what another batch holds', () => {
    const [one, other] = [createBatch(), createBatch()]
    one.add(bytes('one'))
    const taken = one.take(true)
    other.add(bytes('OTHER'))
    one.add(bytes('again'))
    expect(taken).toEqual(bytes('one'))
    expect(other.take(true)).toEqual(bytes('OTHER'))
    expect(one.take(true)).toEqual(bytes('again'))
  })

  it('keeps the beginning of a character until the rest has come', () => {
    const batch = createBatch()
    const [whole, half] = [bytes('가'), bytes('나')]
    batch.add(whole)
    batch.add(half.subarray(0, 2))
    expect(batch.take(false)).toEqual(whole)
    batch.add(half.subarray(2))
    expect(batch.take(false)).toEqual(half)
  })
})

describe('the tail of what was said', () => {
  it('is the last bytes, whatever pieces they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), { maxLength: 20 }), (pieces) => {
        const tail = createTail(32)
        for (const piece of pieces) tail.add(bytes(piece))
        expect(tail.text()).toBe(pieces.join('').slice(-32))
      }),
    )
  })
})
