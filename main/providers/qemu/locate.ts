import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { type ImageChain, readChain } from '../../images/chain.ts'
import { checkDisc } from '../../images/check.ts'
import { checkFoundDisk, checkFoundSize, otherDisk } from '../../images/found-disk.ts'
import { isFile } from '../common/files.ts'
import { readQcow2 } from '../common/images/qcow2.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { LocateOps, Op } from '../provider.ts'
import { type Disk, diskPath, isInPlace } from './definitions.ts'
import type { Folder } from './layout.ts'
import { lostFileOf } from './lost-file.ts'
import type { Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { trees } from './snapshot-store.ts'

const field = 'path'

/** The definition names disks and disc by their path: another path is written there, and no file is touched. */
export function createLocate({ registry }: ProviderContext): LocateOps {
  /** The definition as it would be with the file at `path`. Throws when that is another file than the missing one. */
  const located = async (id: MachineId, path: string, op: Op): Promise<Known> => {
    const { entry, definition } = await registry.get(id)
    const lost = lostFileOf(definition, entry.missingPath)
    if (entry.live !== null || lost === null) {
      throw failure('wrong-state', { key: 'why.nothingLost', params: { name: definition.name } })
    }
    if (!(await isFile(path))) throw failure('invalid-input', { key: 'locate.error.noFile' }, { field })
    const real = await realpath(path)
    throwIfCancelled(op)
    if (lost.kind === 'disc') {
      await checkDisc(real, field)
      return { entry, definition: { ...definition, isoPath: real } }
    }
    const disk = definition.disks.find((one) => diskPath(one, entry.folder) === lost.path)
    if (disk === undefined) throw failure('wrong-state', { key: 'why.nothingLost', params: { name: definition.name } })
    const { named } = await checkSameDisk(disk, entry.folder, real)
    // In the machine's folder, and naming nothing elsewhere, it moves with the machine.
    const isOwn = named.length === 0 && dirname(real) === (await realpath(entry.folder.path))
    const allowed = isInPlace(disk) ? disk.allowed : []
    const moved: Disk = { ...disk, allowed, file: isOwn ? basename(real) : real }
    return { entry, definition: { ...definition, disks: definition.disks.map((one) => (one === disk ? moved : one)) } }
  }

  return {
    async check(id, path, op) {
      await located(id, path, op)
    },
    async locate(id, path, op) {
      const { entry, definition } = await located(id, path, op)
      await registry.save(entry, definition)
    },
  }
}

/** By what only the same disk has: its format, the machine's snapshots, and without those its size. */
async function checkSameDisk(disk: Disk, folder: Folder, path: string): Promise<ImageChain> {
  const { named } = await readChain(path, disk.format)
  // What it stands on is named by the way from the folder of its machine.
  if (!isInPlace(disk) && named.length > 0) {
    throw failure(
      'unsupported',
      { key: 'qemu.error.standsOnBase', params: { file: basename(path) } },
      { hint: { key: 'qemu.error.standsOnBase.hint', params: { folder: folder.path } }, field },
    )
  }
  const allowed = disk.allowed ?? named.filter(({ role }) => role === 'backing').map((one) => one.path)
  const sizes = [disk.sizeBytes]
  const chain = await checkFoundDisk(path, { formats: [disk.format], sizes, allowed }, field)
  const kept = (await trees.read(folder.snapshots)).snapshots.filter(({ phase }) => phase === 'there')
  if (disk.format === 'qcow2' && kept.length > 0) {
    const tags = new Set((await readQcow2(path))?.snapshots.map(({ tag }) => tag))
    const lacking = kept.find(({ id }) => !tags.has(id))
    if (lacking !== undefined) throw otherDisk('locate.error.snapshots', path, field, { name: lacking.name })
    return chain
  }
  checkFoundSize(path, chain, sizes, field)
  return chain
}
