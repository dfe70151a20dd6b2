import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writevSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { crc32, gunzipSync } from 'node:zlib'
import { isNothing } from './empty-chunks.ts'
import type { Memory, PackedMemory } from './messages.ts'

/** A memory's piece that is written or left out. Most of a small machine's is empty: its video memory alone is a megabyte. */
const pieceBytes = 16 * 1024

/**
 * Writes a memory whole or not at all; what is empty in it takes no space. Of a machine's own thread, whose guest stands still
 * meanwhile: one that waited for the system after every step would let it stand three times as long.
 */
export function writeMemory(path: string, parts: readonly Uint8Array[], safe: boolean): Memory {
  const part = `${path}.part`
  try {
    const file = openSync(part, 'w', 0o600)
    try {
      const written = writeFilled(file, parts)
      if (safe) fsyncSync(file)
      renameSync(part, path)
      return { path, ...written }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** Writes what is not empty, as few times as there are gaps. */
function writeFilled(file: number, parts: readonly Uint8Array[]): Pick<Memory, 'sizeBytes' | 'checksum'> {
  let checksum = 0
  let at = 0
  let run: Uint8Array[] = []
  let runStart = 0
  const write = (): void => {
    writeAll(file, run, runStart)
    run = []
  }
  for (const part of parts) {
    let from = 0
    const take = (to: number): void => {
      if (to === from) return
      const bytes = part.subarray(from, to)
      checksum = crc32(bytes, checksum)
      if (run.length === 0) runStart = at + from
      run.push(bytes)
    }
    for (let end = pieceBytes; end <= part.length; end += pieceBytes) {
      if (!isNothing(part.subarray(end - pieceBytes, end))) continue
      take(end - pieceBytes)
      write()
      checksum = pastEmptyPiece(checksum)
      from = end
    }
    take(part.length)
    at += part.length
  }
  write()
  // What is empty at the end was not written, and belongs to it.
  ftruncateSync(file, at)
  return { sizeBytes: at, checksum }
}

function writeAll(file: number, parts: readonly Uint8Array[], position: number): void {
  let left = parts
  let at = position
  while (left.length > 0) {
    let written = writevSync(file, left, at)
    at += written
    // A full disk takes a part of it, and says so when it is asked again.
    left = left.flatMap((part) => {
      const rest = part.subarray(Math.min(written, part.length))
      written -= part.length - rest.length
      return rest.length === 0 ? [] : [rest]
    })
  }
}

/**
 * What an empty piece makes of each bit of a CRC-32. The sum is linear but for its being turned over at both ends, so that the sum
 * past an empty piece is put together from these, without looking at the piece again.
 */
const emptyPiece = new Uint8Array(pieceBytes)
const bitPastEmptyPiece = Array.from({ length: 32 }, (_, bit) => ~crc32(emptyPiece, ~(1 << bit) >>> 0))

function pastEmptyPiece(checksum: number): number {
  const before = ~checksum
  let after = 0
  for (const [bit, value] of bitPastEmptyPiece.entries()) if ((before >>> bit) & 1) after ^= value
  return ~after >>> 0
}

/** Reads a memory; throws `DAMAGED` when it is not what was written. */
export async function readMemory(memory: Memory | PackedMemory): Promise<ArrayBuffer> {
  const { sizeBytes, checksum } = memory
  const name = 'path' in memory ? memory.path : 'the memory that comes with Berth'
  const bytes =
    'path' in memory ? await readPlain(memory.path) : gunzipSync(memory.packed, { maxOutputLength: sizeBytes })
  if (bytes.length !== sizeBytes) throw damaged(`${name} has ${bytes.length} bytes where ${sizeBytes} were written`)
  if (crc32(bytes) !== checksum) throw damaged(`${name} has other bytes than were written`)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
}

function readPlain(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? damaged(`${path} is not there`) : error
  })
}

function damaged(detail: string): Error & { readonly code: 'DAMAGED' } {
  return Object.assign(new Error(detail), { code: 'DAMAGED' as const })
}
