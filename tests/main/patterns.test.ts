import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../support/cpu-time.ts'

const root = join(import.meta.dirname, '../..')
/** Of each character that a pattern names. */
const times = 10_000
/** In proportion it takes well below a millisecond; squared, a tenth of a second. */
const maxMs = 40

interface Pattern {
  readonly place: string
  readonly source: string
  readonly flags: string
}

/** Every regular expression that is written in the program's own files. */
function patternsOf(path: string): readonly Pattern[] {
  const code = readFileSync(path, 'utf8')
  const found: Pattern[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const regex = (node as { regex?: { pattern: string; flags: string } }).regex
    if (regex !== undefined) {
      found.push({ place: path.slice(root.length + 1), source: regex.pattern, flags: regex.flags })
      return
    }
    for (const value of Object.values(node)) visit(value)
  }
  visit(parseSync(path, code).program)
  return found
}

function everyPattern(): readonly Pattern[] {
  const paths = ['app', 'main', 'renderer'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(root, folder, name)),
  )
  const all = paths.flatMap(patternsOf).filter(({ source }) => /[*+]|\{\d*,/.test(source))
  return [...new Map(all.map((pattern) => [`${pattern.source}/${pattern.flags}`, pattern])).values()]
}

/** What a pattern is given: ten thousand of each character it names, alone and behind each of its words. */
function inputsFor(source: string): readonly string[] {
  const spelled = source
    .replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/g, (_all, four: string, two: string) =>
      String.fromCharCode(Number.parseInt(four ?? two, 16)),
    )
    .replaceAll('\\n', '\n')
    .replaceAll('\\r', '\r')
    .replace(/\\[a-zA-Z]/g, '')
    .replace(/\\([^a-zA-Z])/g, '$1')
  const characters = new Set([...spelled].filter((character) => !'\\^$*+?()|'.includes(character)))
  for (const usual of [' ', '\n', '\r', 'a', '1', '.']) characters.add(usual)
  const words = spelled.split(/[\\^$*+?()[\]{}|]/).filter((word) => word.length > 1)
  const inputs = [...characters].map((character) => character.repeat(times))
  for (const word of new Set(words.slice(0, 6))) {
    inputs.push(word.repeat(times / 5))
    for (const character of [' ', 'a', '1', '\n']) inputs.push(word + character.repeat(times))
  }
  // What does not match has a pattern try everything.
  return inputs.map((input) => `${input}\0`)
}

function timeOf({ source, flags }: Pattern, input: string): number {
  const pattern = new RegExp(source, flags.includes('g') ? flags : `${flags}g`)
  const begun = cpuMs()
  input.replace(pattern, '')
  return cpuMs() - begun
}

describe('every pattern in the program', () => {
  it('takes time in proportion to what it reads, whatever a guest or a tool repeats', { timeout: 120_000 }, () => {
    const slow = everyPattern().flatMap((pattern) => {
      const input = inputsFor(pattern.source).find((one) => {
        if (timeOf(pattern, one) < maxMs) return false
        // What is compiled while it is measured is so once, not three times.
        return Math.min(timeOf(pattern, one), timeOf(pattern, one)) >= maxMs
      })
      return input === undefined
        ? []
        : [`${pattern.place}: /${pattern.source}/ on ${JSON.stringify(input.slice(0, 20))}`]
    })
    expect(slow).toEqual([])
  })
})
