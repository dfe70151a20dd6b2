import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'
import { pixelBytes } from '../../app/domain/screen.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const bitsPerSample = 8
/** Red, green and blue; a screen's opacity is not looked at. */
const colourType = 2
const samples = 3

/** A PNG file of pixels as a screen has them (red, green, blue and one more byte). */
export async function encodePng(width: number, height: number, pixels: Uint8Array): Promise<Buffer> {
  const lineBytes = 1 + width * samples
  const lines = Buffer.alloc(lineBytes * height)
  for (let y = 0; y < height; y += 1) {
    // The line's first byte, 0, says that it is filtered by nothing.
    let to = y * lineBytes + 1
    for (let from = y * width * pixelBytes; from < (y + 1) * width * pixelBytes; from += pixelBytes) {
      lines[to] = pixels[from] ?? 0
      lines[to + 1] = pixels[from + 1] ?? 0
      lines[to + 2] = pixels[from + 2] ?? 0
      to += samples
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([bitsPerSample, colourType], 8)
  const data = await promisify(deflate)(lines)
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, check])
}

/** The same picture with sides at most so long: each pixel the mean of a square of the old ones. */
export function shrink(
  { width, height, pixels }: { readonly width: number; readonly height: number; readonly pixels: Uint8Array },
  maxSide: number,
): { readonly width: number; readonly height: number; readonly pixels: Uint8Array } {
  const factor = Math.ceil(Math.max(width, height) / maxSide)
  if (factor <= 1) return { width, height, pixels }
  const small = { width: Math.max(1, Math.floor(width / factor)), height: Math.max(1, Math.floor(height / factor)) }
  const side = { x: Math.min(factor, width), y: Math.min(factor, height) }
  const out = new Uint8Array(small.width * small.height * pixelBytes)
  for (let y = 0; y < small.height; y += 1) {
    for (let x = 0; x < small.width; x += 1) {
      for (let sample = 0; sample < samples; sample += 1) {
        let sum = 0
        for (let dy = 0; dy < side.y; dy += 1) {
          let from = ((y * factor + dy) * width + x * factor) * pixelBytes + sample
          for (let dx = 0; dx < side.x; dx += 1, from += pixelBytes) sum += pixels[from] ?? 0
        }
        out[(y * small.width + x) * pixelBytes + sample] = Math.round(sum / (side.x * side.y))
      }
      out[(y * small.width + x) * pixelBytes + pixelBytes - 1] = 255
    }
  }
  return { ...small, pixels: out }
}
