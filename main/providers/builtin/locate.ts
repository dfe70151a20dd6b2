import { randomBytes } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { checkDisc } from '../../images/check.ts'
import { checkFoundDisk } from '../../images/found-disk.ts'
import { syncFile } from '../../state/durable.ts'
import { diskUse, isFile, putUnder, remove } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { LocateOps, Op } from '../provider.ts'
import { copyDisk } from './emulator/disk-copy.ts'
import { fileFailure } from './errors.ts'
import { lostFileOf } from './machine.ts'
import type { Known } from './machine-registry.ts'
import { checkSpace } from './memory.ts'
import type { ProviderContext } from './provider-context.ts'
import { withPresentSize } from './sizes.ts'
import { trees } from './snapshot-store.ts'

const field = 'path'

/** A disc lies where the person put it. A disk has its place in the machine's folder, and the file that was found is copied there. */
export function createLocate({ registry }: ProviderContext): LocateOps {
  const located = async (id: MachineId, path: string, op: Op) => {
    const { entry, definition } = await registry.get(id)
    const lost = lostFileOf(entry)
    if (entry.live !== null || lost === null) {
      throw failure('wrong-state', { key: 'why.nothingLost', params: { name: definition.name } })
    }
    if (!(await isFile(path))) throw failure('invalid-input', { key: 'locate.error.noFile' }, { field })
    const real = await realpath(path)
    if (lost.kind === 'disc') await checkDisc(real, field)
    else
      await checkFoundDisk(real, { formats: ['raw'], sizes: await sizesOf({ entry, definition }), allowed: [] }, field)
    throwIfCancelled(op)
    return { entry, definition, kind: lost.kind, real }
  }
  return {
    async check(id, path, op) {
      await located(id, path, op)
    },
    async locate(id, path, op) {
      const { entry, definition, kind, real } = await located(id, path, op)
      if (kind === 'disc') return registry.save(entry, { ...definition, discPath: real })
      await takeDisk({ entry, definition }, real, op)
      await registry.save(entry, await withPresentSize(definition, entry.folder))
    },
  }
}

/** Sizes that the machine's disk may have had: as it was made or grown, and as a restore may have left it. */
async function sizesOf({ entry, definition }: Known): Promise<readonly number[]> {
  const { snapshots } = await trees.read(entry.folder.snapshots)
  return [...new Set([definition.diskBytes, ...snapshots.map(({ diskBytes }) => diskBytes)])].filter(
    (size) => size !== null,
  )
}

/** Whole or not at all, and in nobody's place: the missing file may have come back meanwhile. */
async function takeDisk({ entry: { folder } }: Known, from: string, op: Op): Promise<void> {
  await checkSpace(folder.path, diskUse(from))
  op.progress({ text: { key: 'kept.step.copy' }, fraction: null })
  const draft = `${folder.disk}.${randomBytes(4).toString('hex')}`
  try {
    await copyDisk(from, draft)
    await syncFile(draft)
    throwIfCancelled(op)
    await putUnder(draft, folder.disk)
  } catch (error) {
    await remove(draft)
    throw fileFailure(error)
  }
}
