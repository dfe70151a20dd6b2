// Packs a disk: `node pack.mjs IMAGE OUT` keeps what is not empty of it, `node pack.mjs IMAGE OUT BASE` what is not as in BASE.
// The form is told in main/providers/builtin/packed-disk.ts, which unpacks it.
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const [image, out, base] = process.argv.slice(2)
if (image === undefined || out === undefined) throw new Error('usage: node pack.mjs IMAGE OUT [BASE]')
const blockBytes = 4096
const stretchBytes = 256 * blockBytes
const empty = Buffer.alloc(stretchBytes)

const file = openSync(image)
const before = base === undefined ? null : openSync(base)
const { size } = fstatSync(file)
const pieces = []
for (let at = 0; at < size; at += stretchBytes) {
  const now = read(file, at)
  const was = before === null ? empty : read(before, at)
  if (now.equals(was)) continue
  for (let inside = 0; inside < now.length; inside += blockBytes) {
    const block = now.subarray(inside, inside + blockBytes)
    if (block.equals(was.subarray(inside, inside + blockBytes))) continue
    const last = pieces.at(-1)
    if (last !== undefined && last.at + last.length === at + inside) {
      last.length += block.length
      last.blocks.push(block)
    } else pieces.push({ at: at + inside, length: block.length, blocks: [block] })
  }
}
closeSync(file)

const numbers = [size, pieces.length, ...pieces.flatMap((piece) => [piece.at, piece.length])]
const head = Buffer.alloc(8 + 8 * numbers.length)
head.write('BERTHDSK', 'latin1')
for (const [index, number] of numbers.entries()) head.writeBigUInt64LE(BigInt(number), 8 + 8 * index)
writeFileSync(out, gzipSync(Buffer.concat([head, ...pieces.flatMap(({ blocks }) => blocks)]), { level: 9 }))

function read(from, at) {
  const bytes = Buffer.alloc(Math.min(stretchBytes, size - at))
  readSync(from, bytes, 0, bytes.length, at)
  return bytes
}
