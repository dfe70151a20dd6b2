import { open, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/**
 * A disk as it comes with Berth: what is not empty of it, with gzip around the whole. `assets/linux/pack.mjs` writes it.
 * `BERTHDSK`, the disk's size, how many pieces there are, of each its place and its length, then their bytes; every number has
 * 64 bits, the low ones first.
 */
const mark = 'BERTHDSK'
const numberBytes = 8
const headerBytes = mark.length + 2 * numberBytes

/** Writes a packed disk into a file that may have holes, or what differs from what the file has. Gives the disk's size. */
export async function unpackDisk(packedPath: string, diskPath: string, flags: 'wx' | 'r+'): Promise<number> {
  const bytes = await promisify(gunzip)(await readFile(packedPath))
  if (bytes.toString('latin1', 0, mark.length) !== mark) throw new Error(`${packedPath} is no packed disk`)
  const number = (index: number): number => Number(bytes.readBigUInt64LE(mark.length + index * numberBytes))
  const sizeBytes = number(0)
  const count = number(1)
  const file = await open(diskPath, flags, 0o600)
  try {
    await file.truncate(sizeBytes)
    let at = headerBytes + 2 * numberBytes * count
    for (let piece = 0; piece < count; piece += 1) {
      const length = number(3 + 2 * piece)
      await file.write(bytes, at, length, number(2 + 2 * piece))
      at += length
    }
  } finally {
    await file.close()
  }
  return sizeBytes
}
