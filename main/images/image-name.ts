import { dirname, isAbsolute, resolve } from 'node:path'

/** What an image's header names: a file of this computer, or something that QEMU would open by a protocol of its own. */
export type Named =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'protocol'; readonly protocol: string }

/**
 * Reads a name as QEMU does: what stands before a colon and before the first slash is a protocol. Relative names are seen from
 * the folder of the image that names them.
 */
export function readImageName(name: string, image: string, platform: NodeJS.Platform = process.platform): Named {
  if (platform === 'win32' && /^[A-Za-z]:[\\/]/.test(name)) return { kind: 'path', path: resolve(name) }
  const protocol = /^([^/:\\]*):/.exec(name)?.[1]
  if (protocol === undefined) {
    return { kind: 'path', path: isAbsolute(name) ? resolve(name) : resolve(dirname(image), name) }
  }
  // The one protocol that is no more than a path.
  if (protocol === 'file') return readFilePath(name.slice('file:'.length), image)
  return { kind: 'protocol', protocol }
}

function readFilePath(rest: string, image: string): Named {
  const path = rest.startsWith('///') ? rest.slice(2) : rest
  if (path === '' || path.startsWith('//')) return { kind: 'protocol', protocol: 'file' }
  return { kind: 'path', path: isAbsolute(path) ? resolve(path) : resolve(dirname(image), path) }
}
