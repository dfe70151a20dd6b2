// `npm run crash`: kills Berth at random moments, a hundred unless told otherwise, and looks at what is left.
// `npm run crash -- qemu 200 --seed 7` kills it two hundred times while it works on QEMU machines.
// `npm run crash -- qemu 50 --fault power` lets something else go wrong: see `faults` in tests/support/crash/fault-names.ts.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuild, ensureDependencies, root } from '../../main/setup.mjs'
import { ensureTools } from '../support/tools.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    fault: { type: 'string', default: 'berth' },
    serve: { type: 'string' },
  },
})
const moments = Number(positionals.find((word) => /^\d+$/.test(word)) ?? 100)
const names = positionals.filter((word) => !/^\d+$/.test(word))
const say = (line) => process.stdout.write(`${line}\n`)

await ensureDependencies(say)
ensureTools(say)
if (values.serve === undefined) await ensureBuild(say)

const { runnerImport } = await import('vite')
const load = async (file, plugins) =>
  (await runnerImport(join(root, file), { configFile: false, logLevel: 'error', plugins })).module
const { programFiles } = await load('vite.files.ts', [])
const module = await load('tests/support/crash/program.ts', [programFiles()])
const { crashLoop, faults, mutatedFiles, scenarios, stage } = module.program
if (values.fault !== 'files' && !Object.hasOwn(faults, values.fault))
  throw new Error(`--fault is one of ${Object.keys(faults).join(', ')}, files`)
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort())
let isBad = false
if (values.fault === 'files') {
  const seed = Number(values.seed)
  say(`each kind of Berth's own files, damaged ${moments} times, seed ${seed}`)
  const findings = await mutatedFiles(moments, seed)
  say(findings.length === 0 ? 'nothing else lost' : findings.join('\n'))
  process.exit(findings.length === 0 ? 0 : 1)
}
for (const name of names.length > 0 ? names : Object.keys(scenarios)) {
  const start = scenarios[name]
  const seed = Number(values.seed)
  say(`${name}: ${moments} × ${values.fault}, seed ${seed}`)
  const { scenario, fault } = await stage(values.fault, start)
  const report = await crashLoop({
    scenario,
    fault,
    moments,
    seed,
    say,
    servePath: values.serve,
    signal: ending.signal,
  })
  say(
    `${name}: ${report.struck} × ${values.fault}, ${report.calm} acts let end between them: ${JSON.stringify(report.struckIn)}`,
  )
  say(report.findings.length === 0 ? `${name}: nothing lost` : `${name}: ${report.findings.length} findings`)
  for (const finding of report.findings) say(`  ${finding}`)
  isBad ||= report.findings.length > 0
}
process.exitCode = isBad ? 1 : 0
