import type { DiskFormat } from '../../../app/domain/spec.ts'
import type { Layer } from '../../images/chain.ts'
import { checkOwnImage } from '../../images/check.ts'
import { type Definition, diskPath, imagesOf } from './definitions.ts'
import type { Folder } from './layout.ts'

/** What each disk is made of now, in the definition's order. Throws when one names a file that it may not. */
export function diskChains(definition: Definition, folder: Folder): Promise<readonly (readonly Layer[])[]> {
  const disks = imagesOf(definition, folder).slice(0, definition.disks.length)
  return Promise.all(
    disks.map(async ({ path, format, allowed }) => (await checkOwnImage(path, format, allowed)).layers),
  )
}

/** The same for a command that is only shown: as if each disk stood alone. */
export function shownChains({ disks }: Definition, folder: Folder): readonly (readonly Layer[])[] {
  return disks.map((disk) => [aloneImage(diskPath(disk, folder), disk.format)])
}

/** An image that stands on nothing. */
export function aloneImage(path: string, format: DiskFormat): Layer {
  return { path, format, isDevice: false, extents: [] }
}
