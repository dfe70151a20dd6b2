/** The size in which disks are copied. */
export const chunkBytes = 1024 * 1024

const nothing = Buffer.alloc(chunkBytes)

/** Whether there is nothing but zeros in these bytes, a chunk at most. */
export function isNothing(bytes: Uint8Array): boolean {
  return nothing.subarray(0, bytes.length).equals(bytes)
}

/** Which chunks of a machine's disk are known to be empty, since nobody but the machine writes on it. */
export interface EmptyChunks {
  /** `start` is a multiple of `chunkBytes`. */
  has(start: number): boolean
  add(start: number): void
  /** Something was written there, or is about to be. */
  touched(start: number, lengthBytes: number): void
}

export function createEmptyChunks(): EmptyChunks {
  const starts = new Set<number>()
  return {
    has: (start) => starts.has(start),
    add: (start) => void starts.add(start),
    touched(start, lengthBytes) {
      if (starts.size === 0) return
      for (let at = start - (start % chunkBytes); at < start + lengthBytes; at += chunkBytes) starts.delete(at)
    },
  }
}
