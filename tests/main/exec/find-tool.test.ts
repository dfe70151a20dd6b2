import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createToolFinder, type ToolFinder } from '../../../main/exec/find-tool.ts'
import { createRunner } from '../../../main/exec/run.ts'

const exec = createRunner({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} })
let folder = ''
let toolPaths: Record<string, string> = {}

function tool(path: string, mode = 0o755, content = '#!/bin/sh\n'): string {
  const full = join(folder, path)
  mkdirSync(join(full, '..'), { recursive: true })
  writeFileSync(full, content)
  chmodSync(full, mode)
  return full
}
function finder(platform: NodeJS.Platform = 'linux', env: NodeJS.ProcessEnv = {}): ToolFinder {
  const PATH = `${join(folder, 'one')}:${join(folder, 'two')}:relative`
  return createToolFinder({ exec, toolPaths: () => toolPaths, platform, env: { PATH, ...env } })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-find-'))
  toolPaths = {}
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a tool', () => {
  it('is found in the first folder of PATH that has it', async () => {
    const first = tool('one/berth-tool')
    tool('two/berth-tool')
    expect(await finder().findTool('berth-tool')).toBe(first)
  })

  it('is no folder and no file that may not be run', async () => {
    mkdirSync(join(folder, 'one/berth-tool'), { recursive: true })
    tool('two/berth-tool', 0o644)
    expect(await finder().findTool('berth-tool')).toBeNull()
  })

  it('is taken from where the settings say, if something is there', async () => {
    const own = tool('own/berth-tool')
    const onPath = tool('one/berth-tool')
    const find = finder()
    toolPaths = { 'berth-tool': own }
    expect(await find.findTool('berth-tool')).toBe(own)
    toolPaths = { 'berth-tool': join(folder, 'gone') }
    expect(await find.findTool('berth-tool')).toBe(onPath)
  })

  it('that is installed later is found once the answer is forgotten', async () => {
    const find = finder()
    expect(await find.findTool('berth-tool')).toBeNull()
    const path = tool('two/berth-tool')
    expect(await find.findTool('berth-tool')).toBeNull()
    find.forget()
    expect(await find.findTool('berth-tool')).toBe(path)
  })

  it('is found through the login shell on macOS, whatever its profile prints', async () => {
    const path = tool('shell/berth-tool')
    const shell = tool('sh', 0o755, `#!/bin/sh\necho hello\nPATH=${join(folder, 'shell')}:$PATH exec /bin/sh -c "$2"\n`)
    expect(await finder('darwin', { SHELL: shell }).findTool('berth-tool')).toBe(path)
  })

  it('is looked for without the login shell when that hangs', async () => {
    const path = tool('one/berth-tool')
    const shell = tool('sh', 0o755, '#!/bin/sh\nexec sleep 60\n')
    expect(await finder('darwin', { SHELL: shell }).findTool('berth-tool')).toBe(path)
  })
})

describe('tools of one family', () => {
  it('are found by their prefix, each once', async () => {
    const a = tool('one/berth-system-a')
    const b = tool('two/berth-system-b')
    tool('two/berth-system-a')
    tool('two/berth-system-note', 0o644)
    const own = tool('own/x')
    toolPaths = { 'berth-system-c': own }
    expect([...(await finder().findTools('berth-system-'))]).toEqual([
      ['berth-system-a', a],
      ['berth-system-b', b],
      ['berth-system-c', own],
    ])
  })
})
