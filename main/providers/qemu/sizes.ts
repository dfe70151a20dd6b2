import { look } from '../common/files.ts'
import { readQcow2 } from '../common/images/qcow2.ts'
import { type Definition, type Disk, diskPath } from './definitions.ts'
import type { Folder } from './layout.ts'

/** A definition with its disks' sizes as their images have them: a restore may have changed those since it was written. */
export async function withPresentSizes(definition: Definition, folder: Folder): Promise<Definition> {
  const disks = await Promise.all(
    definition.disks.map(async (disk) => ({ ...disk, sizeBytes: await presentSize(disk, diskPath(disk, folder)) })),
  )
  return { ...definition, disks }
}

/** Starts no program; the size that was written down stands where the image's format is another, or where it is missing. */
export async function presentSize({ format, sizeBytes }: Disk, path: string): Promise<number> {
  if (format === 'qcow2') return (await readQcow2(path))?.virtualBytes ?? sizeBytes
  if (format !== 'raw') return sizeBytes
  const about = await look(path).catch(() => null)
  return about?.isFile() === true ? about.size : sizeBytes
}
