import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodePng, shrink } from '../../../main/screen/png.ts'

const pixels = (...colours: readonly (readonly [number, number, number])[]): Uint8Array =>
  Uint8Array.from(colours.flatMap((colour) => [...colour, 255]))

/** Lengths, names and bytes of a PNG file's parts. */
function partsOf(file: Buffer): readonly { readonly name: string; readonly data: Buffer }[] {
  const parts = []
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at)
    parts.push({ name: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return parts
}

describe('a PNG file of a screen', () => {
  it('holds its size and its pixels, line by line', async () => {
    const file = await encodePng(2, 2, pixels([1, 2, 3], [4, 5, 6], [7, 8, 9], [250, 251, 252]))
    expect([...file.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    const [header, data, end] = partsOf(file)
    expect([...(header?.data ?? [])]).toEqual([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0])
    expect([...inflateSync(data?.data ?? Buffer.alloc(0))]).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 250, 251, 252])
    expect(end?.name).toBe('IEND')
    // As every PNG file ends.
    expect(file.subarray(-8).toString('hex')).toBe('49454e44ae426082')
  })
})

describe('a smaller picture', () => {
  it('is the same where it is small enough', () => {
    const picture = { width: 1, height: 2, pixels: pixels([1, 1, 1], [2, 2, 2]) }
    expect(shrink(picture, 2)).toEqual(picture)
  })

  it('has the mean of the pixels that each of its own stands for', () => {
    const picture = { width: 2, height: 2, pixels: pixels([0, 0, 0], [100, 0, 8], [100, 4, 8], [200, 0, 8]) }
    expect(shrink(picture, 1)).toEqual({ width: 1, height: 1, pixels: pixels([100, 1, 6]) })
  })

  it('keeps a screen of one line', () => {
    const picture = { width: 4, height: 1, pixels: pixels([8, 0, 0], [8, 0, 0], [0, 0, 0], [0, 0, 0]) }
    expect(shrink(picture, 2)).toEqual({ width: 2, height: 1, pixels: pixels([8, 0, 0], [0, 0, 0]) })
  })
})
