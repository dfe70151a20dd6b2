import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import envPaths from 'env-paths'

/** Where Berth keeps what is its own, by the platform's own custom. */
export interface Paths {
  /** Machines, the activity: what a person would miss. */
  readonly data: string
  readonly config: string
  /** May be lost at any time. */
  readonly cache: string
  readonly logs: string
  /** Sockets: private, short, emptied by a reboot. */
  readonly runtime: string
}

/**
 * A UNIX socket's path holds 107 bytes on Linux and 103 on macOS. What is longer than this leaves too little for a
 * provider's name, a machine's id and the socket's own name.
 */
const maxRuntimePathLength = 48

/** Works the folders out and makes them. `BERTH_HOME` puts all of them below one. */
export function openPaths(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): Paths {
  const home = env['BERTH_HOME']
  const paths = home === undefined || home === '' ? platformPaths(platform) : pathsBelow(resolve(home))
  for (const path of [paths.data, paths.config, paths.cache, paths.logs]) mkdirSync(path, { recursive: true })
  const candidates = runtimeCandidates(
    paths.data,
    home === undefined || home === '' ? null : resolve(home),
    env,
    platform,
  )
  const runtime = candidates.find(makePrivate)
  if (runtime === undefined) throw new Error(`No private folder for sockets can be made: ${candidates.join(', ')}`)
  return { ...paths, runtime }
}

type LastingPaths = Omit<Paths, 'runtime'>

function pathsBelow(home: string): LastingPaths {
  return {
    data: join(home, 'data'),
    config: join(home, 'config'),
    cache: join(home, 'cache'),
    logs: join(home, 'logs'),
  }
}

function platformPaths(platform: NodeJS.Platform): LastingPaths {
  // Linux writes folder names small, the others as the product is called.
  const { data, config, cache, log } = envPaths(platform === 'linux' ? 'berth' : 'Berth', { suffix: '' })
  return { data, config, cache, logs: log }
}

function runtimeCandidates(
  data: string,
  home: string | null,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly string[] {
  // Windows uses named pipes, which have no folder; what else goes here may be as long as it likes.
  if (platform === 'win32') return [join(data, 'run')]
  const shortName = createHash('sha256').update(data).digest('hex').slice(0, 8)
  const own = userInfo().uid
  const given = env['XDG_RUNTIME_DIR']
  const preferred =
    home !== null
      ? join(home, 'run')
      : given !== undefined && isAbsolute(given) && isDirectoryOf(given, own)
        ? join(given, 'berth')
        : join('/tmp', `berth-${own}`)
  const short = [preferred, join('/tmp', `berth-${own}-${shortName}`), join(tmpdir(), `berth-${shortName}`)]
  return [...short.filter((path) => Buffer.byteLength(path) <= maxRuntimePathLength), join(data, 'run')]
}

/** Makes the folder for this person alone. False where somebody else was there first, as anybody can be in /tmp. */
function makePrivate(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if (process.platform === 'win32') return true
    if (!isDirectoryOf(path, userInfo().uid)) return false
    chmodSync(path, 0o700)
    return true
  } catch {
    return false
  }
}

/** Not a link to a folder: a folder. */
function isDirectoryOf(path: string, uid: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === uid
}
