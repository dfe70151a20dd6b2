// `npm run record -- TOOL CASE -- ARGV…`: runs a command and keeps what it said as a fixture, byte for byte.
//   npm run record -- docker ps-all -- docker ps -a --no-trunc --format json
// writes tests/fixtures/cli/docker/28.2.2/ps-all.json: the tool, its version, the system, the exact argv, how it ended, and
// both streams. Homes are masked, by a name of the same length, so that columns and lengths stay as they were.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, release, type, userInfo } from 'node:os'
import { join } from 'node:path'
import { root } from '../../main/setup.mjs'

const usage = 'npm run record -- TOOL CASE [--version-args "ARGS"] -- FILE ARGS…'
const words = process.argv.slice(2)
// npm may or may not pass its own `--` on.
if (words[0] === '--') words.shift()
const split = words.indexOf('--')
if (split < 2 || split === words.length - 1) fail(usage)
const [tool, name, ...options] = words.slice(0, split)
const argv = words.slice(split + 1)
if (![tool, name].every((word) => /^[a-z0-9][a-z0-9.-]*$/.test(word)))
  fail('TOOL and CASE are kebab-case: they name files')
const versionArgs = options[0] === '--version-args' ? options[1].split(' ') : ['--version']

const environment = { ...process.env, LC_ALL: 'C.UTF-8' }
const versionText = run([argv[0], ...versionArgs]).stdout.toString()
const version = /\d+\.\d+(\.\d+)*/.exec(versionText)?.[0]
if (version === undefined) fail(`${argv[0]} ${versionArgs.join(' ')} does not say its version: try --version-args`)

const ran = run(argv)
const folder = join(root, 'tests/fixtures/cli', tool, version)
const path = join(folder, `${name}.json`)
const recording = {
  tool,
  version,
  system: systemName(),
  argv: argv.map((word) => mask(Buffer.from(word)).toString()),
  exitCode: ran.status,
  signal: ran.signal,
  stdout: textOf(mask(ran.stdout)),
  stderr: textOf(mask(ran.stderr)),
}
mkdirSync(folder, { recursive: true })
writeFileSync(path, `${JSON.stringify(recording, null, 2)}\n`)
process.stdout.write(
  `${path.slice(root.length + 1)}: ${ran.stdout.length} + ${ran.stderr.length} bytes, ended with ${ran.status ?? ran.signal}\n`,
)

function run([file, ...args]) {
  const result = spawnSync(file, args, { env: environment, maxBuffer: 256 * 1024 * 1024, timeout: 120_000 })
  if (result.error) fail(`${file}: ${result.error.message}`)
  return result
}

/** Text as text, whatever is not UTF-8 as base64: a recording never changes a byte. */
function textOf(bytes) {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { encoding: 'utf8', data: text }
    : { encoding: 'base64', data: bytes.toString('base64') }
}

/** Homes and user names of this machine, for `x`es of the same length. */
function mask(bytes) {
  return Buffer.from(maskText(bytes.toString('latin1')), 'latin1')
}

function maskText(text) {
  const user = userInfo().username
  const homes = [homedir(), `/home/${user}`, `/Users/${user}`].map((home) =>
    Buffer.from(home, 'utf8').toString('latin1'),
  )
  return homes.reduce((masked, home) => masked.replaceAll(home, `/${'x'.repeat(home.length - 1)}`), text)
}

function systemName() {
  try {
    const about = readFileSync('/etc/os-release', 'utf8')
    return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(about)?.[1] ?? `${type()} ${release()}`
  } catch {
    return `${type()} ${release()}`
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
