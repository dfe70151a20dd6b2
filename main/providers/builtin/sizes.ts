import { look } from '../common/files.ts'
import type { Definition } from './definitions.ts'
import type { Folder } from './layout.ts'

/** A definition with the size that its disk has: a restore may have changed it since it was written. Null without a disk stays null. */
export async function withPresentSize(definition: Definition, { disk }: Pick<Folder, 'disk'>): Promise<Definition> {
  if (definition.diskBytes === null) return definition
  const about = await look(disk).catch(() => null)
  return about === null || about.size === 0 ? definition : { ...definition, diskBytes: about.size }
}
