// `npm run bench`: every figure with its floor from the same run and their ratio; `npm run bench -- NAME…` measures those alone,
// `--json` prints an array of { figure, value, unit, floor, ratio } on standard output and nothing else there.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild, ensureDependencies, root } from '../../main/setup.mjs'
import { ensureTools } from '../support/tools.mjs'

const words = process.argv.slice(2)
const asJson = words.includes('--json')
const chosen = words.filter((word) => word !== '--json')
const folder = join(root, 'tests/bench/figures')
const all = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
const say = (line) => process.stderr.write(`${line}\n`)

const wrong = chosen.filter((name) => !all.includes(fileOf(name)))
if (wrong.length > 0) {
  say(`no such figure: ${wrong.join(' ')}; there are: ${all.map((file) => file.replace('-', '.')).join(' ')}`)
  process.exit(2)
}

await ensureDependencies(say)
ensureTools(say)
await ensureBuild(say)

const { runnerImport } = await import('vite')
const results = []
for (const file of chosen.length > 0 ? chosen.map(fileOf) : all) {
  const { module } = await runnerImport(join(folder, `${file}.ts`), { configFile: false, logLevel: 'error' })
  const { figure } = module
  say(`${figure.name} …`)
  try {
    const { value, floor } = await figure.measure((line) => say(`  ${line}`))
    const ratio = floor === null ? null : rounded(value / floor)
    results.push({
      figure: figure.name,
      value: rounded(value),
      unit: figure.unit,
      floor: floor === null ? null : rounded(floor),
      ratio,
    })
    const isReached = figure.isReached({ value, floor })
    if (!asJson) process.stdout.write(`${lineOf(results.at(-1), figure, isReached)}\n`)
  } catch (error) {
    say(`  could not be measured: ${error.stack}`)
  }
}
if (asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
process.exit(results.length === (chosen.length || all.length) ? 0 : 1)

function fileOf(name) {
  return name.replace('.', '-')
}

function lineOf({ figure, value, unit, floor, ratio }, { reach }, isReached) {
  const against = floor === null ? '' : `floor ${floor} ${unit}, ${ratio} ×`
  return `${figure.padEnd(20)} ${`${value} ${unit}`.padEnd(14)} ${against.padEnd(30)} ${isReached ? 'reached' : 'MISSED '} (${reach})`
}

function rounded(value) {
  return Number(value.toPrecision(4))
}
