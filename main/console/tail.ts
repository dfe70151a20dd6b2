/** The last bytes of what was said, at most so many. */
export interface Tail {
  /** Copies what it keeps. */
  add(bytes: Uint8Array): void
  text(): string
  clear(): void
}

export function createTail(keptBytes: number): Tail {
  // One block for good: output comes in thousands of pieces a second.
  const block = Buffer.alloc(keptBytes)
  let used = 0
  return {
    add(bytes) {
      const last = bytes.subarray(-keptBytes)
      const kept = Math.min(used, keptBytes - last.length)
      block.copyWithin(0, used - kept, used)
      block.set(last, kept)
      used = kept + last.length
    },
    text: () => block.toString('utf8', 0, used),
    clear() {
      used = 0
    },
  }
}
