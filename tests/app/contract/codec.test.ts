import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeFrame } from '../../../app/contract/codec.ts'

describe('the codec', () => {
  it('brings any frame without bytes back as it was, as text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.jsonValue(), (name, value) => {
        const frame = { t: 'feed', name, value: JSON.parse(JSON.stringify(value)) }
        const written = encodeFrame(frame)
        expect(typeof written).toBe('string')
        expect(decodeFrame(written)).toEqual(frame)
      }),
    )
  })

  it('brings bytes back as they were, without writing them as text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.string({ unit: 'grapheme' }), (data, note) => {
        const frame = { t: 'down', id: 7, value: { kind: 'replay', note, data, columns: 80, rows: 24 } }
        const written = encodeFrame(frame)
        if (typeof written === 'string') throw new Error('written as text')
        expect(written.length).toBeLessThan(data.length + note.length * 12 + 200)
        expect(decodeFrame(written)).toEqual(frame)
      }),
    )
  })

  it('reads a frame that lies inside a larger buffer', () => {
    const written = encodeFrame({ t: 'down', id: 1, value: { kind: 'data', data: new Uint8Array([1, 2, 3]) } })
    if (typeof written === 'string') throw new Error('written as text')
    const buffer = new Uint8Array(written.length + 20)
    buffer.set(written, 10)
    expect(decodeFrame(buffer.subarray(10, 10 + written.length))).toEqual({
      t: 'down',
      id: 1,
      value: { kind: 'data', data: new Uint8Array([1, 2, 3]) },
    })
  })

  it('refuses whatever it cannot have written, and never hangs on it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.string()), (message) => {
        try {
          decodeFrame(message)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('refuses a header longer than the message', () => {
    expect(() => decodeFrame(new Uint8Array([0xff, 0xff, 0xff, 0xff, 1, 2]))).toThrow(SyntaxError)
    expect(() => decodeFrame(new Uint8Array([0, 0]))).toThrow(SyntaxError)
  })
})
