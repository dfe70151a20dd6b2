import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One bundled package as the build writes it into `licenses.json`, and as the window shows it. */
interface PackageLicense {
  readonly name: string
  readonly version: string
  /** SPDX identifier. */
  readonly identifier?: string
  readonly text?: string
}

/** What each build notes of the packages in it, in its own output folder. */
export const bundledLicenses = 'licenses.json'

const root = fileURLToPath(new URL('.', import.meta.url))
const allowed = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'LGPL-2.1', 'LGPL-3.0'])

/** Not bundled, but shipped beside the bundle. */
const shippedPackages = ['node-pty', 'electron']

/** What runs in the included Linux machine, under licences of its own: whoever gets the files is offered their sources. */
const linuxFolder = 'assets/linux'
const linuxParts: readonly { readonly name: string; readonly identifier: string; readonly texts: readonly string[] }[] =
  [
    { name: 'linux', identifier: 'GPL-2.0', texts: ['GPL-2.0'] },
    { name: 'busybox', identifier: 'GPL-2.0', texts: ['GPL-2.0'] },
    { name: 'musl', identifier: 'MIT', texts: ['musl'] },
    { name: 'gcc-12', identifier: 'GPL-3.0 WITH GCC-exception-3.1', texts: ['GCC-exception-3.1', 'GPL-3.0'] },
    { name: 'seabios', identifier: 'LGPL-3.0', texts: ['LGPL-3.0', 'GPL-3.0'] },
  ]

/** Packages that state their licence without a file for its text, and whom they name as its holder. */
const holders: Readonly<Record<string, string>> = {
  '@xterm/addon-serialize': '2017-2019, The xterm.js authors',
  '@xterm/headless': '2017-2019, The xterm.js authors',
  imurmurhash: '2013 Gary Court, Jens Taylor',
  'react-remove-scroll-bar': '2018 Anton Korzunov',
  saxes: '2018 Louis-Dominique Dubeau and the authors of sax',
}

/**
 * Gathers the licences of everything in the finished program into `out/main/licenses.json`: each build's packages, what is shipped
 * beside them, and Berth itself first.
 * @throws Error where a package's licence is not allowed or its text is not known: the program must not be shipped without it.
 */
export async function writeLicenses(): Promise<void> {
  const builds = ['main', 'preload', 'renderer'].map((name) => join(root, 'out', name, bundledLicenses))
  const bundled = await Promise.all(builds.map(readJson<readonly PackageLicense[]>))
  const shipped = await Promise.all(shippedPackages.map(readPackage))
  const byName = new Map([...bundled.flat(), ...shipped].map((entry) => [`${entry.name} ${entry.version}`, entry]))
  const others = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const own = await readPackage('.')
  const bundledOnes = [{ ...own, name: 'Berth' }, ...others].map((entry) => complete(entry, others))
  const all = [...bundledOnes, ...(await Promise.all(linuxParts.map(readLinuxPart)))]
  for (const path of builds) await rm(path)
  await writeFile(join(root, 'out/main', bundledLicenses), `${JSON.stringify(all, null, 1)}\n`)
}

/** A part of the included Linux: which version it is, the offer of its source, then its licence. */
async function readLinuxPart({
  name,
  identifier,
  texts,
}: (typeof linuxParts)[number]): Promise<Required<PackageLicense>> {
  const read = (file: string): Promise<string> => readFile(join(root, linuxFolder, file), 'utf8')
  const version = new RegExp(`^${name} (\\S+)`, 'm').exec(await read('SOURCES'))?.[1]
  const offer = /^\*\*Offer\.\*\* ([\s\S]*?)\n\n/m.exec(await read('README.md'))?.[1]
  if (version === undefined || offer === undefined) throw new Error(`${name}: no version or no offer of its source`)
  const licences = await Promise.all(texts.map((text) => read(`licenses/${text}.txt`)))
  const about = `${name} ${version} runs in the Linux machine that comes with Berth.\n\nSources: ${offer}`
  return { name, version, identifier, text: [about, ...licences.map((text) => text.trim())].join('\n\n') }
}

async function readPackage(name: string): Promise<PackageLicense> {
  const folder = name === '.' ? root : join(root, 'node_modules', name)
  const about = await readJson<{ name: string; version: string; license: string }>(join(folder, 'package.json'))
  const text = (await readFile(join(folder, 'LICENSE'), 'utf8')).trim()
  return { name: about.name, version: about.version, identifier: about.license, text }
}

function complete(
  { name, version, identifier = '', text }: PackageLicense,
  others: readonly PackageLicense[],
): Required<PackageLicense> {
  if (!allowed.has(identifier))
    throw new Error(`${name}: the licence “${identifier}” is none of ${[...allowed].join(', ')}`)
  if (text !== undefined) return { name, version, identifier, text }
  const holder = holders[name]
  if (holder === undefined) throw new Error(`${name} has no licence file: name its holder in vite.licenses.ts`)
  return { name, version, identifier, text: standardText(identifier, holder, others) }
}

/** The words of a licence, from a bundled package that carries them, with this holder's line in place of its own. */
function standardText(identifier: string, holder: string, others: readonly PackageLicense[]): string {
  const source = { MIT: 'zustand', ISC: 'write-file-atomic' }[identifier]
  const text = others.find(({ name }) => name === source)?.text
  if (text === undefined) throw new Error(`no bundled package has the words of the licence “${identifier}”`)
  return text.replace(/^Copyright \(c\).*$/im, `Copyright (c) ${holder}`)
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}
