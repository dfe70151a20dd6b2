import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join, relative } from 'node:path'
import { expect, it } from 'vitest'

const tests = join(import.meta.dirname, '..')
const fixtures = join(tests, 'fixtures')

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Folders whose every file is read by a test that goes through the folder. */
const readWhole: readonly string[] = ['cli/virtualbox/7.2.22', 'cli/qemu/7.2.22']

it('every fixture is read by some test', () => {
  const sources = filesBelow(tests).filter((path) => /\.(?:ts|mjs)$/.test(path) && !path.startsWith(fixtures))
  const text = sources.map((path) => readFileSync(path, 'utf8')).join('\n')
  const unread = filesBelow(fixtures)
    .map((path) => relative(fixtures, path))
    .filter((path) => !readWhole.some((folder) => path.startsWith(`${folder}/`)))
    .filter((path) => !text.includes(basename(path)) && !text.includes(`'${basename(path, extname(path))}'`))
  expect(unread).toEqual([])
})
