import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommandRecord } from '../../../app/domain/task.ts'
import type { Command, RunContext } from '../../../main/exec/command.ts'
import { createRunner } from '../../../main/exec/run.ts'
import type { Log } from '../../../main/log.ts'

const program = (name: string): string => fileURLToPath(new URL(`../../fixtures/bin/${name}.mjs`, import.meta.url))

const logged: { event: string; fields: Readonly<Record<string, unknown>> | undefined }[] = []
const write = (event: string, fields?: Readonly<Record<string, unknown>>): void => void logged.push({ event, fields })
const log: Log = { debug: write, info: write, warn: write, error: write }
const runner = createRunner(log)

let records: CommandRecord[] = []
let abort = new AbortController()
let folder = ''
const context = (): RunContext => ({ signal: abort.signal, record: (command) => void records.push(command) })
const node = (name: string, rest: Partial<Command> = {}): Command => ({
  file: process.execPath,
  args: [program(name)],
  timeoutMs: 10_000,
  ...rest,
})

beforeEach(() => {
  records = []
  logged.length = 0
  abort = new AbortController()
  folder = mkdtempSync(join(tmpdir(), 'berth-run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that is gone or only waits to be collected by its parent. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') === false
  } catch {
    return false
  }
}

describe('a run', () => {
  it('gives both streams and the exit code of a program that fails', async () => {
    const result = await runner.run(node('fail'), context())
    expect(result).toMatchObject({ reason: 'exit', exitCode: 3, stdout: 'half done\n', stderr: 'it broke\n' })
  })

  it('is written down with its line, exit code and output, and logged once', async () => {
    await runner.run(node('fail'), context())
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ kind: 'process', exitCode: 3, outcome: 'failed', output: 'half done\nit broke' })
    expect(records[0]?.line).toContain('fail.mjs')
    expect(logged.map((entry) => entry.event)).toEqual(['process.ended'])
  })

  it('passes arguments as they are, in a locale of UTF-8', async () => {
    const args = ['--help', '$HOME `id`; rm', '', '"한글"', '*']
    const result = await runner.run(
      { ...node('show-world'), args: [program('show-world'), ...args], env: { EXTRA: 'yes' } },
      context(),
    )
    expect(JSON.parse(result.stdout)).toEqual({ args, locale: 'C.UTF-8', extra: 'yes' })
  })

  it('never shows a secret in its record', async () => {
    const command = { ...node('show-world'), args: [program('show-world'), '--key=hunter22'], secrets: ['hunter22'] }
    await runner.run(command, context())
    expect(JSON.stringify([records, logged])).not.toContain('hunter22')
  })

  it('reads a file as its input and writes its output to another, byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) & 255))
    const [inputPath, outputPath] = [join(folder, 'in'), join(folder, 'out')]
    writeFileSync(inputPath, bytes)
    const copy = { file: '/bin/cat', args: [], timeoutMs: 10_000, inputPath, outputPath }
    expect(await runner.run(copy, context())).toMatchObject({ reason: 'exit', exitCode: 0, stdout: '' })
    expect(readFileSync(outputPath).equals(bytes)).toBe(true)
    // What is there is never written over.
    await expect(runner.run(copy, context())).rejects.toMatchObject({ code: 'EEXIST' })
  })

  it('turns CRLF into LF and ends lines at carriage returns', async () => {
    const lines: string[] = []
    const result = await runner.run(node('crlf', { onLine: (line) => lines.push(line) }), context())
    expect(result.stdout).toBe('one\ntwo\n10%\r20%\rdone')
    expect(lines).toEqual(['one', 'two', '10%', '20%', 'done'])
  })

  it('keeps characters whole that arrive byte by byte', async () => {
    const lines: string[] = []
    const result = await runner.run(node('split-utf8', { onLine: (line) => lines.push(line) }), context())
    expect(result.stdout).toBe('한글 ⛵\n')
    expect(lines).toEqual(['한글 ⛵'])
  })

  it('feeds its input, and survives a program that does not read it', async () => {
    const echoed = await runner.run(node('echo-input', { input: '안녕\n' }), context())
    expect(echoed.stdout).toBe('안녕\n')
    const ignored = await runner.run(node('fail', { input: 'x'.repeat(5_000_000) }), context())
    expect(ignored).toMatchObject({ reason: 'exit', exitCode: 3 })
  })

  it('that is not there says so', async () => {
    const result = await runner.run({ file: join(folder, 'nothing'), args: [], timeoutMs: 1_000 }, context())
    expect(result).toMatchObject({ reason: 'not-found', exitCode: null })
    expect(records[0]?.outcome).toBe('not-found')
  })

  it('that takes too long is ended and says timeout', async () => {
    // A shell has said so long before, however busy the computer is.
    const args = ['-c', 'echo ready; exec sleep 300']
    const command = { file: '/bin/sh', args, timeoutMs: 1_500, graceMs: 250_000 }
    const result = await runner.run(command, context())
    // Well before its grace is over, which no test waits for.
    expect(result).toMatchObject({ reason: 'timeout', exitCode: null, stdout: 'ready\n' })
  })

  it('that ignores SIGTERM is killed after its grace', async () => {
    const result = await runner.run(node('ignores-sigterm', { timeoutMs: 300, graceMs: 200 }), context())
    expect(result.reason).toBe('timeout')
  })

  it('that needs a moment to end gets it', async () => {
    // It ends by itself: no test waits for this grace.
    const command = node('slow-exit', { graceMs: 250_000, onLine: () => abort.abort() })
    const result = await runner.run(command, context())
    expect(result.reason).toBe('cancelled')
  })

  it('is cancelled with everything it started', async () => {
    let childPid = 0
    const onLine = (line: string): void => {
      if (/^\d+$/.test(line)) childPid = Number(line)
      if (line === 'ready') abort.abort()
    }
    const result = await runner.run(node('spawns-children', { graceMs: 200, onLine }), context())
    expect(result.reason).toBe('cancelled')
    expect(childPid).toBeGreaterThan(0)
    expect(isAlive(childPid)).toBe(false)
  })

  it('is not even started when it is cancelled before', async () => {
    abort.abort()
    const result = await runner.run(node('fail'), context())
    expect(result).toMatchObject({ reason: 'cancelled', stdout: '' })
  })

  it('that says too much is ended as a flood, with what fits', async () => {
    const result = await runner.run(node('flood', { maxOutputBytes: 100_000, graceMs: 500 }), context())
    expect(result.reason).toBe('flood')
    expect(result.stdout).toHaveLength(100_000)
    expect(records[0]?.output?.length).toBeLessThan(40_000)
  })

  it('settles though something it left behind holds its pipes', async () => {
    const result = await runner.run(node('leaves-child'), context())
    expect(result).toMatchObject({ reason: 'exit', exitCode: 0 })
    // Throws when that has ended meanwhile: it was not waited for.
    process.kill(Number(result.stdout.trim()))
  })

  it('ended by a signal from outside names it', async () => {
    const result = await runner.run(
      { file: process.execPath, args: ['-e', "process.kill(process.pid, 'SIGKILL')"], timeoutMs: 5_000 },
      context(),
    )
    expect(result).toMatchObject({ reason: 'signal', signal: 'SIGKILL', exitCode: null })
  })
})

describe('a detached process', () => {
  it('leads a session of its own and writes to its file', async () => {
    const logPath = join(folder, 'out.log')
    const { pid, exited } = await runner.detach(
      { file: process.execPath, args: [program('slow-exit')], logPath },
      context(),
    )
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
    expect(stat?.[3]).toBe(String(pid))
    process.kill(pid, 'SIGKILL')
    expect(await exited).toEqual({ exitCode: null, signal: 'SIGKILL' })
    expect(records[0]).toMatchObject({ outcome: 'ok', exitCode: null })
  })

  it('that ends before it is ready is written down with what it said', async () => {
    const logPath = join(folder, 'out.log')
    const { exited } = await runner.detach(
      { file: process.execPath, args: [program('fail')], logPath, ready: () => new Promise(() => {}) },
      context(),
    )
    expect(await exited).toEqual({ exitCode: 3, signal: null })
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ outcome: 'failed', exitCode: 3, output: 'half done\nit broke' })
  })

  it('that is not there fails as a missing tool', async () => {
    const attempt = runner.detach({ file: join(folder, 'no'), args: [], logPath: join(folder, 'l') }, context())
    await expect(attempt).rejects.toMatchObject({ error: { code: 'tool-missing' } })
    expect(records[0]?.outcome).toBe('not-found')
  })
})

describe('a followed process', () => {
  it('gives its lines, then its end with what it said on stderr', async () => {
    const lines: string[] = []
    const end = await new Promise((resolve) => {
      runner.follow({
        file: process.execPath,
        args: [program('fail')],
        onLine: (line, stream) => lines.push(`${stream}: ${line}`),
        onEnd: resolve,
      })
    })
    expect(lines.sort()).toEqual(['stderr: it broke', 'stdout: half done'])
    expect(end).toEqual({ reason: 'exit', exitCode: 3, stderr: 'it broke' })
  })

  it('stops cleanly: nothing comes after the stop but one end', async () => {
    const lines: string[] = []
    const end = await new Promise<{ reason: string }>((resolve) => {
      const followed = runner.follow({
        file: process.execPath,
        args: [program('forever')],
        onLine: (line) => {
          lines.push(line)
          followed.stop()
          followed.stop()
        },
        onEnd: resolve,
      })
    })
    expect(end.reason).toBe('cancelled')
    expect(lines).toEqual(['ready'])
  })

  it('that is not there ends as not found', async () => {
    const end = await new Promise<{ reason: string }>((resolve) => {
      runner.follow({ file: join(folder, 'no'), args: [], onLine: () => {}, onEnd: resolve })
    })
    expect(end.reason).toBe('not-found')
  })
})
