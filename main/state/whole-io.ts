import { readSync, writeSync } from 'node:fs'

/** Reads until `bytes` is full or the file ends; how many bytes there were. One call of the system may give fewer. */
export function readWhole(file: number, bytes: Uint8Array, position: number): number {
  let at = 0
  while (at < bytes.length) {
    const got = readSync(file, bytes, at, bytes.length - at, position + at)
    if (got === 0) break
    at += got
  }
  return at
}

/** Writes all of `bytes`, or throws. One call of the system may take fewer. */
export function writeWhole(file: number, bytes: Uint8Array, position: number): void {
  let at = 0
  while (at < bytes.length) at += writeSync(file, bytes, at, bytes.length - at, position + at)
}
