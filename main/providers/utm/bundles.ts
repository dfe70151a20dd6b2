import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Log } from '../../log.ts'
import { type Bundle, bundleName, configFile, isOldBundle, readBundle } from './bundle.ts'
import type { Registry } from './registry.ts'

/** A bundle whose configuration cannot be read: UTM does not show it, and its owner misses it. */
export interface BrokenBundle {
  /** Stands for its UUID, which nobody can read. */
  readonly key: string
  readonly path: string
  readonly problem: string
}

export interface Scan {
  /** False when macOS does not let Berth see UTM's folder: then what is not found here may be there all the same. */
  readonly isComplete: boolean
  readonly problem: string | null
  readonly known: ReadonlyMap<string, Bundle>
  /** UUIDs that more than one bundle has: a folder that somebody copied. */
  readonly twins: ReadonlySet<string>
  readonly broken: readonly BrokenBundle[]
  /** Names of machines from before UTM 4: UTM runs them, Berth does not read them. */
  readonly old: ReadonlySet<string>
}

interface Read {
  readonly stamp: string
  readonly bundle: Bundle | null
  readonly problem: string | null
  readonly isOld: boolean
}

/** Looks for machines on the disk: in UTM's own folder, and where its registry says that others are. */
export function createBundles(documents: string, log: Log): (registry: Registry | null) => Promise<Scan> {
  const cache = new Map<string, Read>()

  const read = async (path: string): Promise<Read | null> => {
    let stamp: string
    try {
      const { mtimeMs, size, ino } = await stat(join(path, configFile))
      stamp = `${mtimeMs}:${size}:${ino}`
    } catch (error) {
      cache.delete(path)
      // A folder without a configuration is being made or removed.
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
      return { stamp: '', bundle: null, problem: String(error), isOld: false }
    }
    const cached = cache.get(path)
    if (cached?.stamp === stamp) return cached
    const now: Read = await readBundle(path).then(
      (bundle) => ({ stamp, bundle, problem: null, isOld: false }),
      async (error: unknown) => ({ stamp, bundle: null, problem: String(error), isOld: await isOldBundle(path) }),
    )
    if (now.problem !== null) log.warn('utm.bundle', { path, error: now.problem })
    cache.set(path, now)
    return now
  }

  return async (registry) => {
    let own: readonly string[] = []
    let problem: string | null = null
    try {
      own = (await readdir(documents)).filter((name) => /\.utm$/i.test(name)).map((name) => join(documents, name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problem = String(error)
    }
    const elsewhere = [...(registry?.values() ?? [])].map(({ path }) => resolve(path))
    const paths = [...new Set([...own, ...elsewhere])]
    const known = new Map<string, Bundle>()
    const twins = new Set<string>()
    const broken: BrokenBundle[] = []
    const old = new Set<string>()
    const found = await Promise.all(paths.map(async (path) => ({ path, now: await read(path) })))
    for (const { path, now } of found) {
      if (now?.bundle == null) {
        if (now?.isOld === true) old.add(bundleName(path))
        else if (now?.problem != null && own.includes(path))
          broken.push({ key: brokenKey(path), path, problem: now.problem })
        continue
      }
      const { UUID } = now.bundle.config.Information
      const other = known.get(UUID)
      if (other !== undefined) twins.add(UUID)
      // Of two, the one UTM remembers is the one it means.
      if (other === undefined || resolve(registry?.get(UUID)?.path ?? '') === resolve(path)) known.set(UUID, now.bundle)
    }
    return { isComplete: problem === null, problem, known, twins, broken, old }
  }
}

function brokenKey(path: string): string {
  return `broken-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`
}
