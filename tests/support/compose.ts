import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
/** Where a package puts compose 2, which is a plugin of the client and runs by itself as well. */
const pluginFolders = [
  '/usr/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/local/lib/docker/cli-plugins',
]
const unpacked = join(root, '.cache/compose/usr/libexec/docker/cli-plugins')

export interface Compose {
  readonly file: string
  /** `1.29.2`, `2.26.1`. */
  readonly version: string
}

/** One compose of each version there is. */
export async function findComposes(): Promise<readonly Compose[]> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...pluginFolders, unpacked]
  const found = new Map<string, Compose>()
  for (const file of folders.map((folder) => join(folder, 'docker-compose'))) {
    const said = await run(file, ['version', '--short']).then(
      ({ stdout }) => stdout.trim(),
      () => '',
    )
    const version = /\d+\.\d+\.\d+/.exec(said)?.[0]
    if (version !== undefined && !found.has(version)) found.set(version, { file, version })
  }
  return [...found.values()]
}
