import { realpath, stat } from 'node:fs/promises'
import type { AgreedFile } from '../../app/domain/spec.ts'

/**
 * Which file is at a path now, and as what: null when none can be seen. One that was replaced, or written to, is another; the person
 * who said yes to it has not seen this one.
 */
export async function identityOf(path: string): Promise<string | null> {
  const about = await stat(path, { bigint: true }).catch(() => null)
  return about === null ? null : [about.dev, about.ino, about.size, about.mtimeNs].join(':')
}

/** A file that a person is asked about. */
export async function askedFile(path: string): Promise<AgreedFile> {
  return { path, identity: (await identityOf(path)) ?? '' }
}

/** The paths, links resolved, of those files that are still what the person agreed to. */
export async function agreedPaths(files: readonly AgreedFile[] = []): Promise<readonly string[]> {
  const paths = await Promise.all(
    files.map(async ({ path, identity }) => {
      const isSame = identity === (await identityOf(path)) && path === (await realpath(path).catch(() => null))
      return isSame ? [path] : []
    }),
  )
  return paths.flat()
}
