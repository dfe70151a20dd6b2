import { lstat, realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { type Failure, failure } from '../../app/domain/errors.ts'

/** Whether a name leads nowhere but to a file below its folder, by the rules of any system. */
export function staysInside(name: string): boolean {
  if (name === '' || name.includes('\0') || /^(?:[\\/]|[A-Za-z][\w+.-]*:)/.test(name)) return false
  return !name.split(/[\\/]/).includes('..')
}

/**
 * The file that a description names, seen from its folder; null when there is none. Throws when it would be one outside, by its
 * name or by a link.
 */
export async function fileInside(
  folder: string,
  name: string,
  described: string,
  field: string,
): Promise<string | null> {
  if (!staysInside(name)) throw outside(described, name, field)
  const path = join(folder, name)
  const [real, root] = await Promise.all([realpath(path).catch(() => null), realpath(folder)])
  if (real === null) {
    // A link that leads nowhere now may lead somewhere once the tool opens it.
    if ((await lstat(path).catch(() => null)) !== null) throw linkInside(described, name, field)
    return null
  }
  if (!real.startsWith(root + sep)) throw outside(described, name, field)
  return real
}

export function outside(described: string, name: string, field: string): Failure {
  return refused('image.error.outside', described, name, field)
}

export function linkInside(described: string, name: string, field: string): Failure {
  return refused('image.error.link', described, name, field)
}

/** Of a name that may be as long as its author likes. */
const maxShown = 300

function refused(
  key: 'image.error.outside' | 'image.error.link',
  described: string,
  name: string,
  field: string,
): Failure {
  return failure(
    'unsupported',
    { key, params: { file: basename(described), name: name.slice(0, maxShown) } },
    { hint: { key: 'image.error.outside.hint' }, field },
  )
}
