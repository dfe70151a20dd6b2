// How heavy the house is: `npm run count` prints the table that ARCHITECTURE.md holds.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const layers = ['app', 'main', 'renderer']
/** One of each kind, chosen as what touches the most. */
const samples = { verb: 'discardSuspended', setting: 'liveScreen', provider: 'virtualbox' }

const files = layers.flatMap((layer) =>
  readdirSync(join(root, layer), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
)
const texts = new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
const linesOf = (text) => text.split('\n').length - 1

const providers = new Map()
for (const [path, text] of texts) {
  const id = /^main\/providers\/([^/]+)\//.exec(path)?.[1]
  if (id !== undefined) providers.set(id, (providers.get(id) ?? 0) + linesOf(text))
}

let longest = { lines: 0, where: '' }
let importCount = 0
for (const [path, text] of texts) {
  const { program } = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts' })
  for (const statement of program.body) importCount += valuesOf(statement)
  visit(program, (node) => {
    const lines = linesOf(text.slice(node.start, node.end)) + 1
    if (lines > longest.lines) longest = { lines, where: `${path}:${linesOf(text.slice(0, node.start)) + 1}` }
  })
}

/** How many names an import brings that are there when the program runs. */
function valuesOf({ type, importKind, specifiers }) {
  if (type !== 'ImportDeclaration' || importKind === 'type') return 0
  return specifiers.filter((specifier) => specifier.importKind !== 'type').length
}

function visit(node, isFunction) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const one of node) visit(one, isFunction)
    return
  }
  if (/Function/.test(node.type ?? '') && node.body !== null) isFunction(node)
  for (const value of Object.values(node)) visit(value, isFunction)
}

/** Files that know the word, those in the folder of a provider left out. */
function placesOf(word) {
  const whole = new RegExp(`\\b${word}\\b`)
  return [...texts].filter(([path, text]) => !/^main\/providers\/[^/]+\//.test(path) && whole.test(text)).length
}

const rows = [
  [`files that know a verb (\`${samples.verb}\`), outside providers`, placesOf(samples.verb)],
  [`files that know a setting (\`${samples.setting}\`), outside providers`, placesOf(samples.setting)],
  [`files that know a provider (\`${samples.provider}\`), outside its folder`, placesOf(samples.provider)],
  ...[...providers].sort().map(([id, lines]) => [`lines of \`main/providers/${id}\``, lines]),
  [`longest function, in lines (\`${longest.where}\`)`, longest.lines],
  ['values imported per file', (importCount / files.length).toFixed(1)],
  ['lines in all', [...texts.values()].reduce((sum, text) => sum + linesOf(text), 0)],
]
console.log('| what | count |\n|---|---|')
for (const [what, count] of rows) console.log(`| ${what} | ${count} |`)
