import { mkdirSync } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { syncFolder } from '../../state/durable.ts'
import { diskShare, diskUse, look, nullIfAbsent, remove } from '../common/files.ts'
import { keptSnapshotShape } from '../common/snapshot-tree.ts'
import { createTreeStore } from '../common/tree-store.ts'
import { type Folder, type SnapshotFile, snapshotFiles } from './layout.ts'
import { keptMemorySchema } from './memory.ts'

const keptSnapshotSchema = z.object({
  ...keptSnapshotShape,
  /** Of a running, paused or suspended machine. */
  memory: keptMemorySchema.nullable(),
  /** Of its disk's file, so that one that was cut is not gone back to; null without a disk, and in trees of before this was kept. */
  diskBytes: z.number().int().positive().nullable().default(null),
})
export type KeptSnapshot = z.infer<typeof keptSnapshotSchema>

export const trees = createTreeStore(keptSnapshotSchema)

const kinds = Object.keys(snapshotFiles) as readonly SnapshotFile[]

/** Makes the place for a machine's snapshots. As quick as asking another thread to do it. */
export function makePlace({ snapshotsPath }: Folder): void {
  mkdirSync(snapshotsPath, { recursive: true, mode: 0o700 })
}

/** Takes all of a snapshot's files away, whole or not. */
export async function dropSnapshot(folder: Folder, id: string): Promise<void> {
  for (const kind of kinds) {
    const path = folder.snapshotFile(id, kind)
    await remove(path)
    await remove(`${path}.part`)
  }
  // A file that came back with a power cut would be one that no tree names.
  await syncFolder(folder.snapshotsPath).catch(nullIfAbsent)
}

/**
 * Bytes that each snapshot takes on the disk itself: what it shares with others counts for each with its part. Looks only at files
 * that are there; most snapshots have one.
 */
export async function snapshotShares(folder: Folder): Promise<ReadonlyMap<string, number>> {
  const shares = new Map<string, number>()
  await Promise.all(
    (await filesThere(folder)).map(async ({ id, path }) => {
      if (path.endsWith('.part')) return
      const bytes = await diskShare(path)
      shares.set(id, (shares.get(id) ?? 0) + bytes)
    }),
  )
  return shares
}

/** Bytes that a copy of a snapshot takes. */
export async function snapshotUse(folder: Folder, id: string): Promise<number> {
  const sizes = await Promise.all(kinds.map((kind) => diskUse(folder.snapshotFile(id, kind))))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** The snapshots whose files are there, and each file's path. */
async function filesThere({
  snapshotsPath,
}: Folder): Promise<readonly { readonly id: string; readonly path: string; readonly isFolder: boolean }[]> {
  const entries = (await readdir(snapshotsPath, { withFileTypes: true }).catch(nullIfAbsent)) ?? []
  return entries.map((entry) => ({
    id: entry.name.split('.', 1)[0] ?? entry.name,
    path: join(snapshotsPath, entry.name),
    isFolder: entry.isDirectory(),
  }))
}

/** Takes away what was being written when Berth ended. Whole files stay, whether a tree names them or not. */
export async function sweepSnapshots(folder: Folder): Promise<void> {
  for (const { path } of await filesThere(folder)) if (path.endsWith('.part')) await remove(path)
}

/** Up to version 0.1.0 each snapshot's files were in a folder of its own. May be broken off and done again. */
export async function unfoldSnapshots(folder: Folder): Promise<void> {
  for (const { id, path, isFolder } of await filesThere(folder)) {
    if (path.endsWith('.part') || !isFolder) continue
    for (const kind of kinds) {
      await rename(join(path, snapshotFiles[kind]), folder.snapshotFile(id, kind)).catch(nullIfAbsent)
    }
    await remove(path)
  }
}

/** Throws what is wrong with a snapshot's files; the machine is not touched by that. */
export async function checkSnapshot(folder: Folder, snapshot: KeptSnapshot, hasDisk: boolean): Promise<void> {
  const damaged = (path: string) =>
    failure(
      'not-found',
      { key: 'builtin.error.snapshotDamaged' },
      { hint: { key: 'builtin.error.snapshotDamaged.hint' }, detail: path },
    )
  const disk = folder.snapshotFile(snapshot.id, 'disk')
  const about = hasDisk ? await look(disk) : null
  if (hasDisk && about === null) throw damaged(disk)
  if (about !== null && snapshot.diskBytes !== null && about.size !== snapshot.diskBytes) throw damaged(disk)
  if (snapshot.memory === null) return
  const memory = folder.snapshotFile(snapshot.id, 'memory')
  if ((await look(memory))?.size !== snapshot.memory.sizeBytes) throw damaged(memory)
}
