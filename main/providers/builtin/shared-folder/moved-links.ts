import { lstatSync, readlinkSync } from 'node:fs'
import { staysInside } from './links.ts'
import type { Path } from './names.ts'
import type { Tree } from './tree.ts'

/** As much as is looked through for one rename; a larger folder is copied by whoever moves it. */
const maxEntries = 10_000

/**
 * Whether no link in what is moved would lead out of the shared folder from its new place, nearer to that folder's top. Links that
 * name a place from the host's root lead to the same place from everywhere.
 */
export function moveKeepsLinksInside(tree: Tree, from: Path, to: Path): boolean {
  const nearer = from.length - to.length
  let count = 0
  const waiting: Path[] = []

  const isFit = (path: Path): boolean => {
    count += 1
    if (count > maxEntries) return false
    const name = path.at(-1) as Buffer
    return tree.within(path.slice(0, -1), (folder) => {
      const entry = folder.entry(name)
      const stats = lstatSync(entry)
      if (stats.isDirectory()) waiting.push(path)
      if (!stats.isSymbolicLink()) return true
      const target = readlinkSync(entry, { encoding: 'buffer' })
      return target[0] === 0x2f || staysInside(target, path.length - 1 - nearer)
    })
  }

  if (!isFit(from)) return false
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = tree.names(folder)
    try {
      for (let entry = names.dir.readSync(); entry !== null; entry = names.dir.readSync()) {
        if (!isFit([...folder, Buffer.from(entry.name as string | Buffer as Buffer)])) return false
      }
    } finally {
      names.close()
    }
  }
  return true
}
