import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { SharedFolder } from '../../../app/domain/spec.ts'

const field = 'sharedFolder'

/** Fails when a folder cannot be shared with a guest: it is not there, or the guest would reach Berth's own files by it. */
export async function checkSharedFolder({ path, readOnly }: SharedFolder, dataDir: string): Promise<void> {
  const about = isAbsolute(path) ? await stat(path).catch(() => null) : null
  if (about?.isDirectory() !== true) {
    throw failure(
      'not-found',
      { key: 'builtin.error.sharedFolder', params: { path } },
      { hint: { key: 'builtin.error.sharedFolder.hint' }, field },
    )
  }
  // Its own folder is made when something is first kept in it.
  const [folder, own] = await Promise.all([realpath(path), realpath(dataDir).catch(() => dataDir)])
  if (isWithin(folder, own)) {
    throw failure(
      'invalid-input',
      { key: 'builtin.error.sharedOwn' },
      { hint: { key: 'builtin.error.sharedOwn.hint' }, field },
    )
  }
  // A guest that writes to its own disk's file, or another's, ruins it.
  if (!readOnly && isWithin(own, folder)) {
    throw failure(
      'invalid-input',
      { key: 'builtin.error.sharedAround' },
      { hint: { key: 'builtin.error.sharedAround.hint' }, field },
    )
  }
}

/** A folder on a network may not answer for minutes. */
const patienceMs = 3000

/** Whether a shared folder is there now. One that does not answer is not: a guest that mounts it would wait before its first prompt. */
export async function isSharedFolderThere({ path }: SharedFolder): Promise<boolean> {
  const about = stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs)
  })
  try {
    return await Promise.race([about, late])
  } finally {
    clearTimeout(timer)
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
