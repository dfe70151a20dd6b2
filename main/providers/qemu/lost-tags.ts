import { open } from 'node:fs/promises'
import type { Notice } from '../../../app/domain/provider.ts'
import { look } from '../common/files.ts'
import { quietOp } from '../common/op.ts'
import { isSnapshotId, type TreeFile } from '../common/snapshot-tree.ts'
import { imagesOf } from './definitions.ts'
import { hardwareOf } from './hardware.ts'
import type { Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { type KeptSnapshot, trees } from './snapshot-store.ts'

/**
 * Puts snapshots back into a list that is gone or damaged: every name is written before its tag is, so that a tag of ours in all
 * images that no such list names has lost its name. Of `recover`, before anything else is done with the machine.
 */
export async function restoreLostTags(context: ProviderContext, known: Known): Promise<void> {
  const { entry } = known
  const path = entry.folder.snapshots
  const isGone = (await look(path)) === null
  if (isGone ? !(await hasTags(known)) : await trees.isSettled(path)) return
  const tree = await trees.read(path)
  if (!isGone && tree.damage === undefined) return
  const found = await lostTags(context, known, tree)
  if (tree.damage === undefined && found.length === 0) return
  const notice: Notice = tree.damage ?? {
    level: 'warning',
    text: { key: 'kept.notice.listGone', params: { path, count: found.length } },
  }
  context.host.log.warn('qemu.recover.tags', { uuid: entry.uuid, found: found.length })
  context.host.problems?.report(path, notice)
  await trees.write(path, { ...tree, snapshots: [...tree.snapshots, ...found] })
}

async function lostTags(
  context: ProviderContext,
  { entry, definition }: Known,
  tree: TreeFile<KeptSnapshot>,
): Promise<readonly KeptSnapshot[]> {
  const named = new Set(tree.snapshots.map(({ id }) => id))
  const images = imagesOf(definition, entry.folder)
  const infos = await Promise.all(images.map((image) => context.images.info(image, entry.live !== null, quietOp)))
  const [first, ...rest] = infos
  const isInAll = (tag: string): boolean => rest.every(({ snapshots }) => snapshots.some((one) => one.tag === tag))
  return (first?.snapshots ?? [])
    .filter(({ tag }) => isSnapshotId(tag) && !named.has(tag) && isInAll(tag))
    .map(({ tag, takenAt, memoryBytes }) => ({
      id: tag,
      // No words, because names are kept as they are and languages change.
      name: takenAt.slice(0, 19).replace('T', ' '),
      description: '',
      parentId: null,
      createdAt: takenAt,
      keptForUndo: false,
      power: memoryBytes > 0 ? 'paused' : 'off',
      hardware: memoryBytes > 0 ? hardwareOf(definition) : null,
      accelerator: null,
      phase: 'there',
    }))
}

const countOffset = 60

/** Whether an image says in its header that it holds snapshots: without a program for every machine that has none. */
async function hasTags({ entry, definition }: Known): Promise<boolean> {
  for (const { path, format } of imagesOf(definition, entry.folder)) {
    if (format !== 'qcow2') continue
    const file = await open(path, 'r').catch(() => null)
    if (file === null) continue
    try {
      const bytes = Buffer.alloc(4)
      await file.read(bytes, 0, 4, countOffset)
      if (bytes.readUInt32BE() > 0) return true
    } finally {
      await file.close()
    }
  }
  return false
}
