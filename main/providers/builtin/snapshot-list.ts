import { readdir, stat } from 'node:fs/promises'
import type { Notice } from '../../../app/domain/provider.ts'
import { look, nullIfAbsent } from '../common/files.ts'
import { isSnapshotId, type TreeFile } from '../common/snapshot-tree.ts'
import { type Definition, makeOf } from './definitions.ts'
import { type Folder, snapshotFiles } from './layout.ts'
import type { Known } from './machine-registry.ts'
import { type KeptMemory, measureMemory } from './memory.ts'
import { emulator } from './program.ts'
import type { ProviderContext } from './provider-context.ts'
import { type KeptSnapshot, trees } from './snapshot-store.ts'

/**
 * The list of a machine's snapshots. Where its file is gone or damaged, snapshots whose files are whole are put into it again:
 * every snapshot is written down before it has files, so that a whole one without a name has lost it.
 */
export async function readTree({ host }: Pick<ProviderContext, 'host'>, known: Known): Promise<TreeFile<KeptSnapshot>> {
  const { folder } = known.entry
  const tree = await trees.read(folder.snapshots)
  const isGone = tree.snapshots.length === 0 && (await look(folder.snapshots)) === null
  if (tree.damage === undefined && !isGone) return tree
  const found = await foundAgain(known, tree)
  if (tree.damage === undefined && found.length === 0) return tree
  const ids = new Set(found.map(({ id }) => id))
  const whole = { ...tree, snapshots: [...tree.snapshots.filter(({ id }) => !ids.has(id)), ...found] }
  const notice: Notice = tree.damage ?? {
    level: 'warning',
    text: { key: 'kept.notice.listGone', params: { path: folder.snapshots, count: found.length } },
  }
  host.log.warn('builtin.snapshots.damaged', { uuid: known.entry.uuid, found: found.length })
  host.problems?.report(folder.snapshots, notice)
  try {
    await trees.write(folder.snapshots, whole)
  } catch (error) {
    host.log.warn('builtin.snapshots.unwritten', { uuid: known.entry.uuid, error: String(error) })
  }
  return { ...whole, damage: notice }
}

/** How many snapshots have files and no place in an undamaged list: they stay where they are. */
export async function unlistedCount(folder: Folder, tree: TreeFile<KeptSnapshot>): Promise<number> {
  const named = new Set(tree.snapshots.map(({ id }) => id))
  return [...(await filesById(folder)).keys()].filter((id) => !named.has(id)).length
}

async function foundAgain(
  { entry, definition }: Known,
  tree: TreeFile<KeptSnapshot>,
): Promise<readonly KeptSnapshot[]> {
  const { folder } = entry
  const named = new Map(tree.snapshots.map((snapshot) => [snapshot.id, snapshot]))
  const found: KeptSnapshot[] = []
  for (const [id, files] of await filesById(folder)) {
    const before = named.get(id)
    const isWhole = files.has(snapshotFiles.memory) || files.has(snapshotFiles.disk)
    if (!isWhole || (definition.diskBytes !== null && !files.has(snapshotFiles.disk))) continue
    // One that is being deleted, or kept by a restore, is `recover`'s.
    if (before !== undefined && (before.phase !== 'taking' || isKept(tree, id))) continue
    found.push({
      ...(before ?? (await fromFiles(folder, id, files))),
      memory: await memoryOf(folder, id, definition),
      diskBytes: (await look(folder.snapshotFile(id, 'disk')))?.size ?? null,
      phase: 'there',
    })
  }
  return found
}

function isKept({ restores }: TreeFile<KeptSnapshot>, id: string): boolean {
  return restores.some(({ keptId }) => keptId === id)
}

async function fromFiles(
  folder: Folder,
  id: string,
  files: ReadonlySet<string>,
): Promise<Omit<KeptSnapshot, 'memory'>> {
  const kind = files.has(snapshotFiles.memory) ? 'memory' : 'disk'
  const createdAt = (await stat(folder.snapshotFile(id, kind))).mtime.toISOString()
  const power = files.has(snapshotFiles.suspended) ? 'suspended' : kind === 'memory' ? 'paused' : 'off'
  // No words, because names are kept as they are and languages change.
  const name = createdAt.slice(0, 19).replace('T', ' ')
  return {
    id,
    name,
    description: '',
    parentId: null,
    createdAt,
    keptForUndo: false,
    power,
    diskBytes: null,
    phase: 'there',
  }
}

async function memoryOf(folder: Folder, id: string, definition: Definition): Promise<KeptMemory | null> {
  const measured = await measureMemory(folder.snapshotFile(id, 'memory'))
  return measured === null ? null : { make: makeOf(definition, emulator), ...measured }
}

/** The files of each snapshot, by what their names end with. */
async function filesById({ snapshotsPath }: Folder): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const byId = new Map<string, Set<string>>()
  for (const name of (await readdir(snapshotsPath).catch(nullIfAbsent)) ?? []) {
    const [id = ''] = name.split('.', 1)
    if (!isSnapshotId(id) || name.endsWith('.part')) continue
    byId.set(id, (byId.get(id) ?? new Set()).add(name.slice(id.length + 1)))
  }
  return byId
}
