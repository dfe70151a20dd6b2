import type { LostFile } from '../../../app/domain/machine.ts'
import type { Definition } from './definitions.ts'

/** What of a machine's files is missing; null when `path` is none of them. */
export function lostFileOf(definition: Definition, path: string | null): LostFile | null {
  if (path === null) return null
  return { kind: path === definition.isoPath ? 'disc' : 'disk', path }
}
