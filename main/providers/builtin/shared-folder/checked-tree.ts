import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  lutimesSync,
  opendirSync,
  openSync,
  statfsSync,
} from 'node:fs'
import { join } from 'node:path'
import { orStale } from './descriptor-tree.ts'
import { Refusal } from './errno.ts'
import type { Path } from './names.ts'
import type { Tree } from './tree.ts'

/** macOS's flag for a path of which no part may be a link. */
const noLinkAnywhere = process.platform === 'darwin' ? 0x20000000 : 0
/** Neither of them is there on Windows. */
const noLink = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | noLinkAnywhere

/**
 * A tree for systems whose folders cannot be opened one from another by Node: every folder on the way is looked at before and
 * after, and has to be the same and no link. What was opened is looked at, too, before a byte of it is read or written.
 */
export function createCheckedTree(root: string): Tree {
  const identity = folderAt(root)

  const pathOf = (path: Path): string => join(root, ...path.map((name) => name.toString()))

  /** Every folder on the way to `path` and that one itself. */
  function way(path: Path): readonly BigIntStats[] {
    const first = orStale(() => folderAt(root))
    if (!isSame(first, identity)) throw new Refusal('ESTALE')
    return [first, ...path.map((_, index) => folderAt(pathOf(path.slice(0, index + 1))))]
  }

  /** Fails when the way is another one than it was. */
  function requireSame(path: Path, before: readonly BigIntStats[]): void {
    const after = way(path)
    if (!before.every((stats, index) => isSame(stats, after[index]))) throw new Refusal('ESTALE')
  }

  function guarded<T>(folder: Path, job: () => T, undo: (result: T) => void = () => {}): T {
    const before = way(folder)
    const result = job()
    try {
      requireSame(folder, before)
    } catch (error) {
      undo(result)
      throw error
    }
    return result
  }

  return {
    within: (path, job) => guarded(path, () => job({ entry: (name) => pathOf([...path, name]) })),
    at(path, job) {
      const folder = path.slice(0, -1)
      const itself = pathOf(path)
      return guarded(folder, () => {
        const stats = path.length === 0 ? folderAt(itself) : lstatSync(itself, { bigint: true })
        const open = (flags: number): number => guarded(folder, () => openSame(itself, flags, stats), closeSync)
        const change = (flags: number, job: (descriptor: number) => void): void => {
          const descriptor = open(flags)
          try {
            job(descriptor)
          } finally {
            closeSync(descriptor)
          }
        }
        return job({
          stats,
          open,
          setMode: (mode) => change(constants.O_RDONLY, (descriptor) => fchmodSync(descriptor, mode)),
          setTimes(accessed, changed) {
            if (stats.isSymbolicLink()) lutimesSync(itself, accessed, changed)
            else change(constants.O_RDONLY, (descriptor) => futimesSync(descriptor, accessed, changed))
          },
          setSize: (size) => change(constants.O_WRONLY, (descriptor) => ftruncateSync(descriptor, size)),
          space: () => statfsSync(itself, { bigint: true }),
        })
      })
    },
    names(path) {
      const dir = guarded(
        path,
        () => opendirSync(pathOf(path), { encoding: 'buffer' as BufferEncoding }),
        (opened) => opened.closeSync(),
      )
      return { dir, close: () => dir.closeSync() }
    },
  }
}

function folderAt(path: string): BigIntStats {
  const stats = lstatSync(path, { bigint: true })
  if (!stats.isDirectory()) throw new Refusal('ENOTDIR')
  return stats
}

function openSame(path: string, flags: number, stats: BigIntStats): number {
  const descriptor = openSync(path, flags | noLink)
  if (isSame(fstatSync(descriptor, { bigint: true }), stats)) return descriptor
  closeSync(descriptor)
  throw new Refusal('ESTALE')
}

function isSame(one: BigIntStats, other: BigIntStats | undefined): boolean {
  return other !== undefined && one.ino === other.ino && (one.dev === other.dev || process.platform === 'win32')
}
