import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const pieceBytes = 1024 * 1024

/** Why no small file system can be had here; null when one can. */
export const missingMount: string | null =
  process.getuid?.() === 0 && process.platform === 'linux' ? null : 'only root mounts'

/** A folder on a file system of its own, so that a test can fill it. */
export interface SmallDisk {
  freeBytes(): number
  /** Takes all of its space but so much. */
  fill(leftBytes: number): void
  /** Gives back what was taken. */
  clear(): void
  unmount(): void
}

/** `alsoAt`: other places from which the same folder is seen. */
export function mountSmallDisk(folder: string, sizeMiB: number, alsoAt: readonly string[] = []): SmallDisk {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder])
  for (const place of alsoAt) execFileSync('mount', ['--bind', folder, place])
  const ballast = join(folder, 'ballast')
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  return {
    freeBytes,
    fill(leftBytes) {
      const file = openSync(ballast, 'a')
      try {
        // In pieces: whoever else writes there takes from the same space meanwhile.
        for (let rest = freeBytes() - leftBytes; rest > 0; rest = freeBytes() - leftBytes) {
          writeSync(file, Buffer.alloc(Math.min(rest, pieceBytes)))
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    clear: () => rmSync(ballast),
    unmount() {
      for (const place of [...alsoAt, folder]) execFileSync('umount', ['--lazy', place])
    },
  }
}
