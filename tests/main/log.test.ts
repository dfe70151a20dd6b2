import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../main/log.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-log-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the log', () => {
  it('holds one line of JSON per event, and says what needs attention on stderr as well', async () => {
    const said: string[] = []
    const log = createLog(join(folder, 'berth.log'), { stderr: (line) => said.push(line) })
    log.debug('quiet')
    log.info('start', { count: 1, big: 10n })
    log.warn('odd', { error: new Error('line one\nline two') })
    const lines = (await readFile(join(folder, 'berth.log'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['start', 'odd'])
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', count: 1, big: '10' })
    expect(JSON.parse(lines[1] ?? '').error).toContain('line two')
    expect(said).toHaveLength(1)
  })

  it('stays within bounds, one file behind the present one, and each line short', async () => {
    const log = createLog(join(folder, 'berth.log'), { stderr: () => {} })
    log.info('long', { text: 'x'.repeat(100_000) })
    expect((await readFile(join(folder, 'berth.log'), 'utf8')).length).toBeLessThan(20_000)
    for (let count = 0; count < 1_300; count += 1) log.info('many', { text: 'x'.repeat(7_000) })
    expect((await readFile(join(folder, 'berth.log'), 'utf8')).length).toBeLessThan(4_020_000)
    expect((await readFile(join(folder, 'berth.log.1'), 'utf8')).length).toBeLessThan(4_020_000)
  })

  it('does not stop what is being logged when it cannot write', async () => {
    const log = createLog(join(folder, 'berth.log'), { stderr: () => {} })
    await rm(folder, { recursive: true })
    expect(() => log.info('start')).not.toThrow()
    folder = await mkdtemp(join(tmpdir(), 'berth-log-'))
  })
})
