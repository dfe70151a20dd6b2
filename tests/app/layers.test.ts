import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { maxTimerMs } from '../../app/util/timers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function filesUnder(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort()
}

/** What a source imports: paths within the project as such, packages by name. Types count too. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()['"]([^'"\n]+)['"]/g)].map(
    (match) => match[1] ?? '',
  )
  return found.map((name) => (name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name))
}

const sources = ['app', 'main', 'renderer'].flatMap((folder) => filesUnder(folder, /\.(ts|tsx|mjs)$/))
const breaking = (allowed: (file: string, imported: string) => boolean): readonly string[] =>
  sources.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !allowed(file, imported))
      .map((imported) => `${file} → ${imported}`),
  )
const isIn = (layer: string, path: string): boolean => path.startsWith(`${layer}/`)
const isNode = (name: string): boolean => name.startsWith('node:')

describe('the walls', () => {
  it('finds the sources it is to look at', () => {
    expect(sources).toContain('app/domain/permit.ts')
    expect(importsOf('app/domain/permit.ts')).toContain('app/domain/machine.ts')
  })

  it('app/ imports app/ and zod, nothing else', () => {
    expect(breaking((file, name) => !isIn('app', file) || isIn('app', name) || name === 'zod')).toEqual([])
  })

  it('main/ and renderer/ never import each other', () => {
    expect(breaking((file, name) => !isIn('main', file) || !isIn('renderer', name))).toEqual([])
    expect(breaking((file, name) => !isIn('renderer', file) || !isIn('main', name))).toEqual([])
  })

  it('renderer/ imports nothing of Node', () => {
    const node = (name: string): boolean => isNode(name) || ['electron', 'node-pty', 'ws', 'execa'].includes(name)
    expect(breaking((file, name) => !isIn('renderer', file) || !node(name))).toEqual([])
  })

  it('only main/exec/run.ts starts processes, and only main/console/open.ts opens terminals', () => {
    // The launcher's scripts run before anything is built, with nothing but Node.
    const starts = (file: string): boolean => file === 'main/exec/run.ts' || /^main\/[^/]+\.mjs$/.test(file)
    const processes = ['node:child_process', 'child_process', 'execa']
    expect(breaking((file, name) => starts(file) || !processes.includes(name))).toEqual([])
    expect(breaking((file, name) => file === 'main/console/open.ts' || name !== 'node-pty')).toEqual([])
  })

  it('Electron is known to main/*.ts and its transport alone', () => {
    const knows = (file: string): boolean => /^main\/[^/]+$/.test(file) || file === 'main/transport/electron.ts'
    expect(breaking((file, name) => knows(file) || name !== 'electron')).toEqual([])
  })

  it('providers know nothing of services, nor of each other, and what they share knows none of them', () => {
    const family = (path: string): string => /^main\/providers\/([^/]+)\//.exec(path)?.[1] ?? ''
    const sound = (file: string, name: string): boolean => {
      if (family(file) === '') return true
      if (isIn('main/services', name) || isIn('main/transport', name)) return false
      return ['', 'common', family(file)].includes(family(name))
    }
    expect(breaking(sound)).toEqual([])
  })

  it('imports within the project name their files whole', () => {
    const whole = (name: string): boolean => /\.(ts|tsx|mjs|js|css|json|svg|rom|bin|gz)(\?[\w-]+)?$/.test(name)
    const own = (name: string): boolean => ['app', 'main', 'renderer', 'assets'].some((layer) => isIn(layer, name))
    expect(breaking((_file, name) => !own(name) || whole(name))).toEqual([])
  })
})

describe('clocks', () => {
  it('no wait reads the clock that people set: it may be set back', () => {
    // A moment that is shown, or compared with one that a file or a log tells.
    const wallClock = new Set([
      'main/providers/builtin/shared-folder/attributes.ts',
      'main/providers/virtualbox/entry.ts',
      'main/providers/virtualbox/session-log.ts',
      'renderer/components/time.tsx',
      'renderer/format/clock.ts',
      'renderer/terminal/session-line.tsx',
      'renderer/views/machine/machine-header.tsx',
      'renderer/views/snapshots/snapshot-lines.tsx',
      'renderer/views/tasks/wait-text.tsx',
    ])
    const marks = /\bDate\.now\(|\bnow\(\)\.getTime\(\) - \w+\.getTime\(\)|new Date\(\)\.getTime\(/
    const found = sources.filter((file) => !wallClock.has(file) && marks.test(readFileSync(join(root, file), 'utf8')))
    expect(found).toEqual([])
  })

  it('a delay that is reckoned from a length of time is bounded', () => {
    expect(2 ** 31 - 1).toBe(maxTimerMs)
    const reckoned =
      /setTimeout\([^\n]*, (?:\w+\.)?timeoutMs\)|^\s*\}, (?:\w+\.)?timeoutMs\)|AbortSignal\.timeout\(timeoutMs\)/m
    expect(sources.filter((file) => reckoned.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })
})

describe('what the project may not name', () => {
  const texts = [
    ...sources,
    ...filesUnder('tests', /\.(ts|tsx|mjs|json|md)$/).filter((file) => !file.startsWith('tests/fixtures/')),
    ...filesUnder('.', /^(package\.json|\.npmrc|.*\.(md|yml))$/).filter((file) => !file.includes('/')),
  ]

  it('no path of anyone’s machine, and no registry of packages', () => {
    // Written apart, so that this file does not hold what it looks for.
    const marks = [
      '/wo' + 'rk/',
      '/ro' + 'ot/',
      '/home/' + 'user',
      'C:' + '\\Users\\',
      'registry.' + 'npmjs',
      'local' + 'host:4873',
    ]
    const found = texts.flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return marks.filter((mark) => text.includes(mark)).map((mark) => `${file}: ${mark}`)
    })
    expect(found).toEqual([])
  })

  it('no test that is skipped, and nothing left to be done', () => {
    const marks = [/\b(TODO|FIXME|XXX)\b/, /not[ -]implemented/i, /\b(it|test|describe)\.(skip|only|todo)\(/]
    const found = texts
      .filter((file) => file !== 'tests/app/layers.test.ts' && /\.(ts|tsx|mjs)$/.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(root, file), 'utf8')
        return marks.filter((mark) => mark.test(text)).map((mark) => `${file}: ${mark}`)
      })
    expect(found).toEqual([])
  })

  it('holds no source of more than 400 lines, but for lists of sentences', () => {
    const long = texts
      .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !isIn('app/messages/areas', file))
      .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401)
    expect(long).toEqual([])
  })
})
