const blockBytes = 64 * 1024
const lineFeed = 0x0a

/** The last bytes of a stream. */
export interface Ring {
  append(bytes: Uint8Array): void
  /** What is kept, beginning at a line's start where older lines were dropped. */
  read(): Uint8Array
  clear(): void
}

/** Keeps at least `keptBytes`, and at most one block more. */
export function createRing(keptBytes: number): Ring {
  let blocks: { readonly bytes: Buffer; used: number }[] = []
  let isCut = false

  /** Lets go of what is too old; one of its blocks, to be filled anew. */
  const drop = (): Buffer | null => {
    let dropped: Buffer | null = null
    let total = blocks.reduce((sum, block) => sum + block.used, 0)
    while (blocks.length > 0 && total - (blocks[0]?.used ?? 0) >= keptBytes) {
      const oldest = blocks.shift()
      total -= oldest?.used ?? 0
      dropped = oldest?.bytes ?? null
      isCut = true
    }
    return dropped
  }

  return {
    append(bytes) {
      for (let from = 0; from < bytes.length; ) {
        let last = blocks.at(-1)
        if (last === undefined || last.used === blockBytes) {
          last = { bytes: drop() ?? Buffer.allocUnsafeSlow(blockBytes), used: 0 }
          blocks.push(last)
        }
        const count = Math.min(blockBytes - last.used, bytes.length - from)
        last.bytes.set(bytes.subarray(from, from + count), last.used)
        last.used += count
        from += count
      }
    },
    read() {
      const all = Buffer.concat(blocks.map((block) => block.bytes.subarray(0, block.used)))
      return isCut ? all.subarray(all.indexOf(lineFeed) + 1) : all
    },
    clear() {
      blocks = []
      isCut = false
    },
  }
}
