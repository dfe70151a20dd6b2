// `npm run crash`: kills Berth at random moments, a hundred unless told otherwise, and looks at what is left.
// `npm run crash -- qemu 200 --seed 7` kills it two hundred times while it works on QEMU machines.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuild, ensureDependencies, root } from '../../main/setup.mjs'
import { ensureTools } from '../support/tools.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) }, serve: { type: 'string' } },
})
const moments = Number(positionals.find((word) => /^\d+$/.test(word)) ?? 100)
const names = positionals.filter((word) => !/^\d+$/.test(word))
const say = (line) => process.stdout.write(`${line}\n`)

await ensureDependencies(say)
ensureTools(say)
if (values.serve === undefined) await ensureBuild(say)

const { runnerImport } = await import('vite')
const load = async (file) =>
  (await runnerImport(join(root, 'tests/support/crash', file), { configFile: false, logLevel: 'error' })).module
const { crashLoop } = await load('loop.ts')
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort())
let isBad = false
for (const name of names.length > 0 ? names : ['builtin', 'qemu', 'docker', 'virtualbox']) {
  const { [`${name}Scenario`]: start } = await load(`${name}-scenario.ts`)
  const seed = Number(values.seed)
  say(`${name}: ${moments} kills, seed ${seed}`)
  const scenario = await start()
  const report = await crashLoop({ scenario, moments, seed, say, servePath: values.serve, signal: ending.signal })
  say(`${name}: ${report.kills} kills, ${report.calm} acts let end between them: ${JSON.stringify(report.killedIn)}`)
  say(report.findings.length === 0 ? `${name}: nothing lost` : `${name}: ${report.findings.length} findings`)
  for (const finding of report.findings) say(`  ${finding}`)
  isBad ||= report.findings.length > 0
}
process.exitCode = isBad ? 1 : 0
