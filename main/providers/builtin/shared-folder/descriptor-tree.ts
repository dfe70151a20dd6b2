import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  opendirSync,
  openSync,
  statfsSync,
  truncateSync,
  utimesSync,
} from 'node:fs'
import { Refusal } from './errno.ts'
import type { Path } from './names.ts'
import type { Names, Tree } from './tree.ts'

/** Linux's flag for a descriptor that only names something: opening a pipe or a device so does nothing to it. */
const pathOnly = 0o10000000
const noLink = pathOnly | constants.O_NOFOLLOW
const noLinkFolder = noLink | constants.O_DIRECTORY

/**
 * A tree by Linux's descriptors: every folder on the way is opened as such, without following a link, from the one before it by
 * `/proc/self/fd`. The descriptor is the folder, however its name is swapped meanwhile: there is nothing between check and use.
 */
export function createDescriptorTree(root: string): Tree {
  const identity = (() => {
    const descriptor = openSync(root, noLinkFolder)
    try {
      return fstatSync(descriptor, { bigint: true })
    } finally {
      closeSync(descriptor)
    }
  })()

  function openRoot(): number {
    const descriptor = orStale(() => openSync(root, noLinkFolder))
    const { dev, ino } = fstatSync(descriptor, { bigint: true })
    if (dev === identity.dev && ino === identity.ino) return descriptor
    closeSync(descriptor)
    throw new Refusal('ESTALE')
  }

  /** The descriptor of a folder; whoever asked closes it. */
  function openFolder(path: Path): number {
    let folder = openRoot()
    for (const name of path) {
      const parent = folder
      try {
        folder = openSync(entryOf(parent, name), noLinkFolder)
      } finally {
        closeSync(parent)
      }
    }
    return folder
  }

  function openNode(path: Path): number {
    const name = path.at(-1)
    if (name === undefined) return openRoot()
    const folder = openFolder(path.slice(0, -1))
    try {
      return openSync(entryOf(folder, name), noLink)
    } finally {
      closeSync(folder)
    }
  }

  return {
    within(path, job) {
      const folder = openFolder(path)
      try {
        return job({ entry: (name) => entryOf(folder, name) })
      } finally {
        closeSync(folder)
      }
    },
    at(path, job) {
      const node = openNode(path)
      try {
        const itself = `/proc/self/fd/${node}`
        return job({
          stats: fstatSync(node, { bigint: true }),
          open: (flags) => openSync(itself, flags),
          setMode: (mode) => chmodSync(itself, mode),
          // Of a link, too: what the descriptor names is not followed any further.
          setTimes: (accessed, changed) => utimesSync(itself, accessed, changed),
          setSize: (size) => truncateSync(itself, size),
          space: () => statfsSync(itself, { bigint: true }),
        })
      } finally {
        closeSync(node)
      }
    },
    names: (path) => openNames(openFolder(path)),
  }
}

/** The folder stays open beside its list: where a file system does not tell kinds, Node looks at each entry by the path. */
function openNames(folder: number): Names {
  try {
    const dir = opendirSync(`/proc/self/fd/${folder}`, { encoding: 'buffer' as BufferEncoding })
    return {
      dir,
      close() {
        dir.closeSync()
        closeSync(folder)
      },
    }
  } catch (error) {
    closeSync(folder)
    throw error
  }
}

function entryOf(folder: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name])
}

/** The shared folder itself is not there any more, whatever the system says of it. */
export function orStale<T>(job: () => T): T {
  try {
    return job()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') throw new Refusal('ESTALE')
    throw error
  }
}
