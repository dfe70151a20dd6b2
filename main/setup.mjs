// What a fresh clone needs before anything of it can run: its dependencies and a build. Plain Node, because nothing is
// installed yet when this is first imported.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The oldest Node that the tools of this project run on, as in package.json. */
const oldestNode = [20, 19]

/** Installs the dependencies that the lockfile names, unless exactly those are there. */
export async function ensureDependencies(say) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new Error(`Berth needs Node ${oldestNode.join('.')} or newer to be built; this is ${process.versions.node}`)
  }
  if (dependenciesAreCurrent()) return
  say('installing dependencies (npm ci)')
  // Its warnings are about packages that only this project's makers run.
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Builds `out/` unless it was built from exactly these sources. */
export async function ensureBuild(say) {
  const stamp = join(root, 'out', 'sources.sha256')
  const sources = hashOfSources()
  if (read(stamp) === sources) return
  say('building')
  await runNode([join(root, 'node_modules/vite/bin/vite.js'), 'build', '--app', '--logLevel', 'warn'])
  writeFileSync(stamp, sources)
}

/** Runs a Node script with this Node, or another; rejects when it fails. */
export function runNode(args, options = {}, node = process.execPath) {
  return run(node, args, options)
}

function npm(args) {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return runNode([script, ...args])
  return run('npm', args, { shell: process.platform === 'win32' })
}

function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else
        reject(
          new Error(
            `${[file, ...args].join(' ')} failed with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`,
          ),
        )
    })
  })
}

/** npm writes what it has installed beside it: compared entry by entry, so that a touched or copied file tells no lies. */
function dependenciesAreCurrent() {
  const wanted = JSON.parse(read(join(root, 'package-lock.json'))).packages
  const written = read(join(root, 'node_modules', '.package-lock.json'))
  if (written === null) return false
  const present = JSON.parse(written).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    // What is for other systems is in the lockfile and never installed.
    if (found === undefined) return entry.optional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

function hashOfSources() {
  const hash = createHash('sha256')
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  for (const folder of ['app', 'main', 'renderer']) {
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    for (const path of paths.sort()) add(path)
  }
  for (const path of ['vite.config.ts', 'package.json', 'package-lock.json']) add(path)
  return hash.digest('hex')
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
