import { constants } from 'node:fs'
import { cp, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { makeFolder, renameDurably, syncFolder, syncTree } from '../../state/durable.ts'
import { diskUse } from '../common/files.ts'
import { checkSpace } from '../common/space.ts'

/**
 * Moves a bundle. Within one file system it takes no time and is whole or not at all; to another it is copied, compared and
 * only then removed.
 */
export async function moveBundle(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  try {
    await renameDurably(from, to)
    return
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
  }
  await checkSpace(to, await diskUse(from))
  try {
    await cp(from, to, { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE })
    if (!(await isCopy(from, to))) throw failure('tool-failed', { key: 'utm.error.copy' }, { detail: `${from}\n${to}` })
    await syncTree(to)
    await syncFolder(dirname(to))
  } catch (error) {
    await rm(to, { recursive: true, force: true })
    throw error
  }
  await rm(from, { recursive: true, force: true })
}

/** Whether every disk and every other file of a bundle's data is in a copy of it, in the same size. */
export async function isCopy(bundle: string, copy: string): Promise<boolean> {
  const [ours, theirs] = await Promise.all([sizesOf(bundle), sizesOf(copy)])
  return [...ours].every(([name, size]) => theirs.get(name) === size)
}

async function sizesOf(bundle: string): Promise<ReadonlyMap<string, number>> {
  const folder = join(bundle, 'Data')
  const names = await readdir(folder).catch(() => [] as string[])
  const sizes = await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).size] as const))
  return new Map(sizes)
}
