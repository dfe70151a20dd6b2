import { mkdirSync, renameSync } from 'node:fs'
import { copyFile, link } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { exists, look, remove } from '../common/files.ts'
import { createTreeStore, keptSnapshotShape } from '../common/snapshot-tree.ts'
import type { Folder } from './layout.ts'
import { snapshotFiles } from './layout.ts'
import { keptMemorySchema } from './memory.ts'

const keptSnapshotSchema = z.object({
  ...keptSnapshotShape,
  /** Of a running, paused or suspended machine. */
  memory: keptMemorySchema.nullable(),
})
export type KeptSnapshot = z.infer<typeof keptSnapshotSchema>

export const trees = createTreeStore(keptSnapshotSchema)

/** Fills a snapshot's folder aside and gives it its name once it is whole: a folder with a snapshot's name has all of it. */
export async function fillSnapshot(
  folder: Folder,
  id: string,
  fill: (file: (name: keyof typeof snapshotFiles) => string) => Promise<void>,
): Promise<void> {
  const { path, part } = folder.snapshot(id)
  // As quick as asking another thread to do it.
  mkdirSync(part, { recursive: true, mode: 0o700 })
  try {
    await fill((name) => join(part, snapshotFiles[name]))
    renameSync(part, path)
  } catch (error) {
    await remove(part)
    throw error
  }
}

export function snapshotFile(folder: Folder, id: string, name: keyof typeof snapshotFiles): string {
  return join(folder.snapshot(id).path, snapshotFiles[name])
}

/** Takes all of a snapshot's files away, whole or not. */
export async function dropSnapshot(folder: Folder, id: string): Promise<void> {
  const { path, part } = folder.snapshot(id)
  await remove(path)
  await remove(part)
}

/** Throws what is wrong with a snapshot's files; the machine is not touched by that. */
export async function checkSnapshot(folder: Folder, snapshot: KeptSnapshot, hasDisk: boolean): Promise<void> {
  const damaged = (path: string) =>
    failure(
      'not-found',
      { key: 'builtin.error.snapshotDamaged' },
      { hint: { key: 'builtin.error.snapshotDamaged.hint' }, detail: path },
    )
  const disk = snapshotFile(folder, snapshot.id, 'disk')
  if (hasDisk && !(await exists(disk))) throw damaged(disk)
  if (snapshot.memory === null) return
  const memory = snapshotFile(folder, snapshot.id, 'memory')
  if ((await look(memory))?.size !== snapshot.memory.sizeBytes) throw damaged(memory)
}

/** The same bytes under a second name where the file system can; whoever does this changes them under neither. */
export async function share(from: string, to: string): Promise<void> {
  await remove(to)
  await link(from, to).catch(() => copyFile(from, to))
}
