import type { BigIntStats, BigIntStatsFs, Dir, PathLike } from 'node:fs'
import { accessSync } from 'node:fs'
import { createCheckedTree } from './checked-tree.ts'
import { createDescriptorTree } from './descriptor-tree.ts'
import type { Path } from './names.ts'

/** The folder a request works in, for as long as it does. */
export interface Folder {
  /** The path of an entry, for calls that do not follow what stands there. */
  entry(name: Buffer): PathLike
}

/** What stands at a place, itself and not what it leads to. */
export interface Node {
  readonly stats: BigIntStats
  /** Opens a regular file by Node's flags. */
  open(flags: number): number
  setMode(mode: number): void
  /** In seconds. */
  setTimes(accessed: number, changed: number): void
  setSize(size: number): void
  /** Of the file system; not for a link. */
  space(): BigIntStatsFs
}

/** A folder's entries in the system's order. */
export interface Names {
  readonly dir: Dir
  close(): void
}

/**
 * A folder of the host's that nothing leads out of. No path is followed through a link, whoever put it there, and every request
 * begins anew at the shared folder, which has to be the one that it was.
 */
export interface Tree {
  within<T>(folder: Path, job: (folder: Folder) => T): T
  at<T>(path: Path, job: (node: Node) => T): T
  names(folder: Path): Names
}

/** A tree of the folder at `root`, without links in that path itself; fails when there is none. */
export function openTree(root: string): Tree {
  return process.platform === 'linux' && hasDescriptorPaths() ? createDescriptorTree(root) : createCheckedTree(root)
}

function hasDescriptorPaths(): boolean {
  try {
    accessSync('/proc/self/fd')
    return true
  } catch {
    return false
  }
}
