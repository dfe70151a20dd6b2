/** Bytes on their way to the guest: written at one end, read anywhere, forgotten at the other end. */
export interface ByteQueue {
  readonly length: number
  push(bytes: Uint8Array): void
  /** Copies `length` bytes, the first of which is the `from`th of the queue. */
  copy(target: Uint8Array, at: number, from: number, length: number): void
  drop(length: number): void
}

const minBytes = 4096

/** A ring that grows as far as what is pushed into it; who pushes keeps it from growing for ever. */
export function createByteQueue(): ByteQueue {
  let ring = new Uint8Array(0)
  let start = 0
  let length = 0

  const copy = (target: Uint8Array, at: number, from: number, count: number): void => {
    const begin = (start + from) % ring.length
    const first = Math.min(count, ring.length - begin)
    target.set(ring.subarray(begin, begin + first), at)
    if (first < count) target.set(ring.subarray(0, count - first), at + first)
  }

  const grow = (needed: number): void => {
    let size = Math.max(minBytes, ring.length)
    while (size < needed) size *= 2
    const next = new Uint8Array(size)
    if (length > 0) copy(next, 0, 0, length)
    ring = next
    start = 0
  }

  return {
    get length() {
      return length
    },
    push(bytes) {
      if (bytes.length === 0) return
      if (length + bytes.length > ring.length) grow(length + bytes.length)
      const begin = (start + length) % ring.length
      const first = Math.min(bytes.length, ring.length - begin)
      ring.set(bytes.subarray(0, first), begin)
      ring.set(bytes.subarray(first), 0)
      length += bytes.length
    },
    copy(target, at, from, count) {
      if (from < 0 || count < 0 || from + count > length) throw new RangeError('beyond the queue')
      if (count > 0) copy(target, at, from, count)
    },
    drop(count) {
      const dropped = Math.min(count, length)
      length -= dropped
      // A queue that has run empty holds no memory.
      if (length === 0) ring = new Uint8Array(0)
      start = length === 0 ? 0 : (start + dropped) % ring.length
    },
  }
}
