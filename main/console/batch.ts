import { incompleteTail } from './utf8.ts'

const blockBytes = 256 * 1024

/** A block that no batch needs just now: most sessions are silent most of the time. */
let spare: Uint8Array | null = null

/** Joins pieces of output. */
export interface Batch {
  /** Bytes in it. */
  size(): number
  /** Copies them: they need not stay as they are. */
  add(bytes: Uint8Array): void
  /**
   * Takes everything out, in a buffer of its own; without `isWhole` the beginning of a character whose other bytes have not come
   * stays.
   */
  take(isWhole: boolean): Uint8Array
}

export function createBatch(): Batch {
  let block: Uint8Array | null = null
  let used = 0

  const blockFor = (more: number): Uint8Array => {
    block ??= spare ?? new Uint8Array(blockBytes)
    if (block === spare) spare = null
    if (used + more > block.length) {
      const larger = new Uint8Array(Math.max(2 * block.length, used + more))
      larger.set(block.subarray(0, used))
      block = larger
    }
    return block
  }

  return {
    size: () => used,
    add(bytes) {
      blockFor(bytes.length).set(bytes, used)
      used += bytes.length
    },
    take(isWhole) {
      if (block === null) return new Uint8Array()
      const end = used - (isWhole ? 0 : incompleteTail(block.subarray(0, used)))
      const taken = block.slice(0, end)
      block.copyWithin(0, end, used)
      used -= end
      if (used === 0) {
        if (block.length === blockBytes) spare = block
        block = null
      }
      return taken
    },
  }
}
