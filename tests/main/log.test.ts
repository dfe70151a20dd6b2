import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBreakableOutput, createLog } from '../../main/log.ts'

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

  it('holds no password of an address', async () => {
    const log = createLog(join(folder, 'berth.log'), { stderr: () => {} })
    log.info('said', { text: 'connect to "postgres://user:hush@host/db"' })
    const line = await readFile(join(folder, 'berth.log'), 'utf8')
    expect(JSON.parse(line).text).toBe('connect to "postgres://user:•••@host/db"')
  })

  it('limits each warning per second and counts those left out', async () => {
    let nowMs = 0
    const log = createLog(join(folder, 'berth.log'), { stderr: () => {}, nowMs: () => nowMs })
    for (let count = 0; count < 10_000; count += 1) log.error('uncaught', { count })
    log.warn('other')
    nowMs = 1_001
    log.error('uncaught', { count: 'later' })
    const lines = (await readFile(join(folder, 'berth.log'), 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(23)
    expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ event: 'log.repeated', of: 'uncaught', count: 9_980 })
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'uncaught', count: 'later' })
  })

  it('writes an entry that cannot be serialized by its name', async () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const log = createLog(join(folder, 'berth.log'), { stderr: () => {} })
    log.info('odd', { circular })
    expect(JSON.parse(await readFile(join(folder, 'berth.log'), 'utf8'))).toMatchObject({ event: 'odd' })
  })

  it('writes to a broken stderr once and then never again', async () => {
    let writes = 0
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        writes += 1
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const write = createBreakableOutput(stream)
    write('first')
    await new Promise((resolve) => setImmediate(resolve))
    write('second')
    expect(writes).toBe(1)
    const whole = new PassThrough()
    createBreakableOutput(whole)('line')
    expect(String(whole.read())).toBe('line')
  })

  it('does not stop what is being logged when it cannot write', async () => {
    const log = createLog(join(folder, 'berth.log'), { stderr: () => {} })
    await rm(folder, { recursive: true })
    expect(() => log.info('start')).not.toThrow()
    folder = await mkdtemp(join(tmpdir(), 'berth-log-'))
  })
})
