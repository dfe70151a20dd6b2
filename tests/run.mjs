// `npm test`: sets up and runs everything, or what is named: `npm test -- unit tests/main/exec`, `npm test -- live`.
// The last line is the count of everything, alone on its line.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild, ensureDependencies, root, runNode } from '../main/setup.mjs'
import { longTermNode, longTermVersion } from './support/long-term-node.mjs'
import { ensureTools } from './support/tools.mjs'

const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const results = join(root, 'test-results')
const suites = ['check', 'unit', 'conformance', 'runner', 'long-term', 'live', 'e2e']
const counts = { passed: 0, failed: 0, skipped: 0 }
/** One line for each failure, said again before the count: a long run's own report of it lies thousands of lines back. */
const failures = []

const given = process.argv.slice(2)
const named = given.filter((word) => suites.includes(word))
const filters = given.filter((word) => !suites.includes(word))
// A few files by name are run once, on this Node.
const ofFiles = suites.filter((suite) => suite !== 'check' && suite !== 'long-term')
const chosen = named.length > 0 ? named : filters.length > 0 ? ofFiles : suites

try {
  await ensureDependencies(say)
  const lacks = chosen.some((suite) => suite === 'live' || suite === 'e2e') ? ensureTools(say) : {}
  mkdirSync(results, { recursive: true })
  // What runs against the finished program runs against this tree's.
  if (chosen.includes('live') || chosen.includes('e2e')) await ensureBuild(say)
  if (chosen.includes('e2e')) lacks.electron.push(...(await lackOfElectron()))
  for (const suite of chosen) {
    if (suite === 'check') await check()
    else if (suite === 'long-term') await runOnLongTermNode()
    else await runSuite(suite, lacks)
  }
} catch (error) {
  say(error.stack)
  fail('the run itself', error.message)
}
if (failures.length > 0) say(['', ...failures].join('\n'))
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
process.exitCode = counts.failed === 0 ? 0 : 1

/** Types of each layer with that layer's own view of the world, and the linter over everything. */
async function check() {
  heading('check')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  for (const layer of ['app', 'main', 'renderer', 'tests']) await step(`types of ${layer}`, [tsc, '-p', layer])
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  await step('lint and format', [biome, 'check', '--error-on-warnings', '.'])
}

async function step(name, args) {
  const isGood = await runNode(args).then(
    () => true,
    () => false,
  )
  if (isGood) counts.passed += 1
  else fail('check', name)
  say(`${isGood ? 'passed' : 'FAILED'}: ${name}`)
}

async function runSuite(suite, lacks) {
  const files = filtered(suite)
  if (files.length === 0) return
  heading(suite)
  const lacking = (file) => needsOf(suite, file).flatMap((group) => lacks[group] ?? [])
  for (const file of files.filter((file) => lacking(file).length > 0)) {
    const count = testsIn(suite, file)
    counts.skipped += count
    say(`SKIPPED: ${file} (${count} tests): needs ${lacking(file).join(', ')}`)
  }
  const runnable = files.filter((file) => lacking(file).length === 0)
  if (runnable.length > 0) await runFiles(suite, runnable)
}

/** Unit and conformance tests once more, on the current long-term Node. */
async function runOnLongTermNode() {
  if (process.versions.node.split('.')[0] === longTermVersion.split('.')[0]) return
  const node = longTermNode(say)
  for (const suite of ['unit', 'runner', 'conformance']) {
    const files = filtered(suite)
    if (files.length === 0) continue
    heading(`${suite} on Node ${longTermVersion}`)
    if (node === null) {
      counts.skipped += files.length
      say(`SKIPPED: ${files.length} files: needs Node ${longTermVersion}`)
    } else await runFiles(suite, files, node)
  }
}

async function runFiles(suite, files, node = process.execPath) {
  const report = join(results, `${suite}.json`)
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const words = [vitest, 'run', '--project', projectOf(suite), ...reporters, ...files]
  const ended = await runNode(words, {}, node).then(
    () => 'well',
    () => 'badly',
  )
  const before = counts.failed
  for (const file of readReport(report)) {
    const outcomes = file.assertionResults.map((test) => test.status)
    counts.passed += outcomes.filter((status) => status === 'passed').length
    counts.skipped += outcomes.filter((status) => ['skipped', 'pending', 'todo', 'disabled'].includes(status)).length
    const failed = file.assertionResults.filter((test) => test.status === 'failed')
    const name = file.name.slice(root.length + 1)
    for (const test of failed) fail(`${name}: ${test.fullName}`, test.failureMessages?.[0])
    // A file that breaks before or after its tests has no failed test to show for it.
    if (file.status === 'failed' && failed.length === 0) fail(name, file.message)
  }
  // Nor has a worker that dies or an error that no test caught.
  if (ended === 'badly' && counts.failed === before) fail(suite, 'ended badly without a failed test')
}

function fail(name, message = '') {
  counts.failed += 1
  failures.push(`FAILED: ${name}\n  ${message.split('\n').slice(0, 3).join('\n  ')}`)
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults
  } catch {
    return []
  }
}

function filtered(suite) {
  return testFiles(suite).filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
}

/** The runner's tests are unit tests that start real little programs: worth a heading of their own. */
function projectOf(suite) {
  return suite === 'runner' ? 'unit' : suite
}

/** The files of a suite, as vitest.config.ts divides them. */
function testFiles(suite) {
  const folders = {
    unit: ['tests/app', 'tests/main', 'tests/renderer', 'tests/support'],
    runner: ['tests/main/exec', 'tests/main/console'],
  }
  const all = (folders[suite] ?? [`tests/${suite}`]).flatMap((folder) => {
    if (!existsSync(join(root, folder))) return []
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
  })
  const isRunner = (file) => folders.runner.some((folder) => file.startsWith(`${folder}/`))
  return (suite === 'unit' ? all.filter((file) => !isRunner(file)) : all).sort()
}

/** What a file's tests drive, read off its name and what it calls. */
function needsOf(suite, file) {
  if (suite !== 'live' && suite !== 'e2e') return []
  const text = readFileSync(join(root, file), 'utf8')
  const isOf = {
    qemu: /qemu|describeJourney/,
    docker: /docker|describeJourney/,
    electron: /openElectron|electronRuntime|describeMachineJourney/,
    browser: /openWeb|openBrowser/,
    virtualbox: /virtualbox-lab|openLab|labGround/,
  }
  return Object.keys(isOf).filter((group) => isOf[group].test(`${file}\n${text}`))
}

/** How many tests a file has, without running them. */
function testsIn(suite, file) {
  const listed = spawnSync(process.execPath, [vitest, 'list', '--json', '--project', projectOf(suite), file], {
    cwd: root,
    encoding: 'utf8',
  })
  const start = listed.stdout?.indexOf('[') ?? -1
  try {
    return JSON.parse(listed.stdout.slice(start)).length
  } catch {
    return 1
  }
}

async function lackOfElectron() {
  const { runnerImport } = await import('vite')
  const path = join(root, 'tests/support/electron-runtime.ts')
  const { module } = await runnerImport(path, { configFile: false, logLevel: 'error' })
  try {
    return (await module.electronRuntime(say)) === null ? ['Electron (npx install-electron)'] : []
  } catch (error) {
    return [`Electron (${error.message.split('\n')[0]})`]
  }
}

function heading(suite) {
  process.stdout.write(`\n== ${suite}\n`)
}

function say(line) {
  process.stdout.write(`${line}\n`)
}
