import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'

/**
 * What must survive a power cut. A file system may keep a name without its bytes, or forget a name whose bytes are on the
 * device: so the content is synced first, then it gets its name, then the folder is synced, and only then is it done.
 */

/** Waits until a file's bytes are on the device. */
export async function syncFile(path: string): Promise<void> {
  // Windows syncs only what may be written to.
  const file = await open(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What a file system says that does not sync folders: what it does with their names is all that can be had. */
const unsyncable: readonly string[] = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EPERM', 'EACCES', 'EBADF']

/** Waits until the names in a folder are on the device: those that came, and those that went. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!unsyncable.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Waits until a file, or a folder with everything in it, is on the device. Links are synced, not what they lead to. */
export async function syncTree(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) return syncFile(path)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) await syncTree(inside)
    else if (entry.isFile()) await syncFile(inside)
  }
  await syncFolder(path)
}

/** Makes a folder, and those above it that are missing, for this person alone. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; ; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === first || dirname(made) === made) return
  }
}

/** Writes a file of this person's whole or not at all, in a folder that exists. */
export async function writeDurably(path: string, content: string): Promise<void> {
  await writeFileAtomic(path, content, { mode: 0o600 })
  await syncFolder(dirname(path))
}

/** Gives a synced file another name in the same file system; what had that name is gone. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from))
}

/** Removes a file that must not come back: nothing happens when there is none. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  await syncFolder(dirname(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
