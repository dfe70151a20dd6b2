import { readSync } from 'node:fs'

/** One buffer for all: a fresh one for every 4 kB costs more than reading them, in memory the system must give and take back. */
const piece = Buffer.allocUnsafeSlow(16 * 1024)
/** A burst takes at most so much, so that other terminals and calls have their turn. */
const burstBytes = 128 * 1024
/** How often in a row there may be nothing yet: a writer that was waiting for room needs some microseconds to go on. */
const emptyReads = 4

/**
 * Reads on where the event loop just read: whatever a terminal has, and what its writer adds while we do. A terminal holds
 * 4 kB only, so a program that says much is woken and waited for once per 4 kB; each round through Electron's loop passes
 * two threads and takes near a millisecond on a busy computer, which would make 4 MB/s the most a terminal can do.
 * What `take` is given is only good until it returns.
 */
export function readOn(descriptor: number, mayGoOn: () => boolean, take: (bytes: Uint8Array) => void): void {
  let empty = 0
  for (let total = 0; total < burstBytes && empty < emptyReads && mayGoOn(); ) {
    const count = tryRead(descriptor)
    if (count === null) return
    if (count === 0) {
      empty += 1
      continue
    }
    empty = 0
    total += count
    take(piece.subarray(0, count))
  }
}

/** 0 when there is nothing yet; null when there will be nothing more: the event loop then finds the end by itself. */
function tryRead(descriptor: number): number | null {
  try {
    return readSync(descriptor, piece) || null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : null
  }
}
