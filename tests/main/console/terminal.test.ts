import { afterEach, describe, expect, it } from 'vitest'
import { openSource } from '../../../main/console/open.ts'
import type { ConsoleTarget } from '../../../main/console/target.ts'
import { type Screen, type Stage, stage, watch } from './harness.ts'

const opened: Stage[] = []
afterEach(async () => {
  for (const { session } of opened.splice(0)) await session.close()
})

function shell(script: string, rest: Partial<Extract<ConsoleTarget, { kind: 'pty' }>> = {}): Stage {
  const made = stage('shell', async () => ({
    kind: 'pty',
    title: 'sh',
    file: '/bin/sh',
    args: ['-c', script],
    env: {},
    explain: () => null,
    ...rest,
  }))
  opened.push(made)
  return made
}
const count = (text: string, part: string): number => text.split(part).length - 1

describe('a program in a terminal', () => {
  it('has the size of its first viewer, and follows it', async () => {
    const { session } = shell('trap "stty size" WINCH; stty size; while :; do sleep 0.05; done')
    const screen = watch(session, { columns: 101, rows: 33 })
    await screen.until((text) => text.includes('33 101'))
    screen.viewer.resize({ columns: 60, rows: 20 })
    await screen.until((text) => text.includes('20 60'))
    expect(session.view()).toMatchObject({ columns: 60, rows: 20 })
  })

  it('tells the other viewers its new size', async () => {
    const { session } = shell('cat')
    const [first, second] = [watch(session), watch(session)]
    second.viewer.resize({ columns: 50, rows: 10 })
    expect(first.frames.at(-1)).toEqual({ kind: 'size', columns: 50, rows: 10 })
    expect(second.frames.some((frame) => frame.kind === 'size')).toBe(false)
  })

  it('is heard to its last byte before its end is told', async () => {
    const { session, until } = shell('seq 1 200000')
    const screen = watch(session)
    let atEnd = ''
    const ended = await until((now) => now.state === 'ended').then((now) => {
      atEnd = screen.text()
      return now
    })
    expect(ended).toMatchObject({ exitCode: 0, reason: null })
    expect(count(atEnd, '\n')).toBe(200_000)
    expect(atEnd.includes('200000\r\n')).toBe(true)
  })

  it('is heard to its last byte though its viewer was slow when it ended', async () => {
    const { session, until } = shell('seq 1 400000')
    const screen = watch(session, undefined, false)
    await screen.until((text) => text.length > 1_900_000)
    // Nothing is acknowledged for longer than a program's terminal is kept open after its end.
    await new Promise((resolve) => setTimeout(resolve, 600))
    const acks = setInterval(() => screen.viewer.ack(3_000_000), 5)
    await until((now) => now.state === 'ended')
    clearInterval(acks)
    expect(screen.text().includes('400000\r\n')).toBe(true)
    expect(count(screen.text(), '\n')).toBe(400_000)
  })

  it('is heard in its order, however often it has to wait', async () => {
    const lines = 400_000
    const said = await new Promise<string>((resolve, reject) => {
      const pieces: Buffer[] = []
      let bytes = 0
      const opening = openSource(
        { kind: 'output', title: 'seq', file: '/bin/sh', args: ['-c', `seq 1 ${lines}`], env: {} },
        { columns: 80, rows: 24 },
        null,
        {
          data: (piece) => {
            pieces.push(Buffer.from(piece))
            bytes += piece.length
            if (bytes < 20_000) return
            bytes = 0
            // What the stream has read by then waits in it, and comes before anything that is read anew.
            void opening.then((source) => {
              source.pause()
              setTimeout(() => source.resume(), 1)
            })
          },
          ended: () => resolve(Buffer.concat(pieces).toString('utf8')),
        },
      )
      opening.catch(reject)
    })
    const numbers = said.trim().split('\r\n').map(Number)
    expect(numbers.length).toBe(lines)
    expect(numbers.findIndex((number, index) => number !== index + 1)).toBe(-1)
  })

  it('keeps its exit code, and says what the provider makes of it', async () => {
    const { until } = shell('echo no such shell; exit 126', {
      explain: (exitCode, lastOutput) =>
        exitCode === 126 && lastOutput.includes('no such shell') ? { key: 'terminal.noConsoles' } : null,
    })
    const ended = await until((now) => now.state === 'ended')
    expect(ended).toMatchObject({ exitCode: 126, reason: { key: 'terminal.noConsoles' } })
  })

  it('hears what is typed, once, and Hangul whole', async () => {
    const { session } = shell('stty -echo; echo ready; cat')
    const screen = watch(session)
    await screen.until((text) => text.includes('ready'))
    screen.viewer.input('안녕\r')
    expect(await screen.until((text) => text.includes('\n안녕\r\n'))).toContain('안녕')
    expect(count(screen.text(), '안녕')).toBe(1)
  })

  it('takes a large paste whole', async () => {
    const { session } = shell('stty raw -echo; echo ready; head -c 2000000 | md5sum')
    const screen = watch(session)
    await screen.until((text) => text.includes('ready'))
    for (let part = 0; part < 20; part++) screen.viewer.input('p'.repeat(100_000))
    await screen.until((text) => text.includes('11cb4f54b2ee51e7afb9d0b9eb5a4b1d') || /[0-9a-f]{32}/.test(text))
    const { createHash } = await import('node:crypto')
    expect(screen.text()).toContain(createHash('md5').update('p'.repeat(2_000_000)).digest('hex'))
  })

  it('answers a terminal’s question once, however many terminals watch', async () => {
    const { session } = shell(
      'stty raw -echo; echo ready; read x; printf "\\033[c"; dd bs=64 count=1 2>/dev/null | od -c | head -1; echo over; cat',
    )
    const [first, second] = [watch(session), watch(session)]
    await first.until((text) => text.includes('ready'))
    second.viewer.input('\x1b[?1;2c')
    first.viewer.input('go\n')
    await first.until((text) => text.includes('\x1b[c'))
    second.viewer.input('\x1b[?1;2c')
    first.viewer.input('\x1b[?62c')
    const text = await first.until((now) => now.includes('over'))
    expect(text).toContain('6   2')
    expect(text).not.toContain('1   ;   2')
  })

  it('shows its text to who comes later, and to who comes after its end', async () => {
    const { session, until } = shell('echo early; read line; echo late')
    const first: Screen = watch(session)
    await first.until((text) => text.includes('early'))
    const second = watch(session)
    await second.until((text) => text.includes('early'))
    first.viewer.leave()
    second.viewer.input('\r')
    await until((now) => now.state === 'ended')
    const third = watch(session)
    expect(await third.until((text) => text.includes('late'))).toContain('early')
  })

  it('ends with everything in it when it is closed', async () => {
    const { session } = shell('echo $$; exec sleep 1000')
    const screen = watch(session)
    const pid = Number((await screen.until((text) => text.includes('\n'))).trim())
    await session.close()
    const { existsSync } = await import('node:fs')
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false)
  })

  it('names what runs in its foreground, and nothing when the shell waits', async () => {
    const made = stage('shell', async () => ({
      kind: 'pty',
      title: 'bash',
      file: '/bin/bash',
      args: ['--norc', '-i'],
      env: { PS1: 'prompt> ' },
      explain: () => null,
    }))
    opened.push(made)
    const screen = watch(made.session)
    await screen.until((text) => text.includes('prompt> '))
    expect(await made.session.foreground()).toBeNull()
    screen.viewer.input('sleep 1000\r')
    await expect.poll(() => made.session.foreground()).toBe('sleep')
  })

  it('that cannot be started ends with a sentence', async () => {
    const { until } = shell('true', { file: '/no/such/program' })
    const ended = await until((now) => now.state === 'ended')
    expect(ended.exitCode === 0).toBe(false)
  })
})

describe('when the machine of a shell', () => {
  it('stops, it says so and comes back by itself with it, its text kept', async () => {
    const { session, until, setMachine } = shell('echo hello; read line; exit 137')
    const screen = watch(session)
    await screen.until((text) => text.includes('hello'))
    setMachine({ name: 'web-api', state: 'stopped' })
    screen.viewer.input('\r')
    const ended = await until((now) => now.state === 'ended')
    expect(ended.reason).toEqual({ key: 'terminal.machineStopped', params: { name: 'web-api' } })
    setMachine({ name: 'web-api', state: 'running' })
    await until((now) => now.state === 'live')
    await screen.until((text) => count(text, 'hello') === 2)
  })

  it('had stopped before it was opened, it says since when', async () => {
    const since = '2026-01-01T02:07:00.000Z'
    const made = stage('attach', () => Promise.reject(new Error('not running')))
    opened.push(made)
    const { until, setMachine } = made
    setMachine({ name: 'web-api', state: 'stopped', since })
    const ended = await until((now) => now.state === 'ended')
    expect(ended.reason).toEqual({ key: 'terminal.notRunningSince', params: { name: 'web-api' } })
    expect(ended.since).toBe(since)
  })

  it('is found stopped only after the shell ended, it is said all the same', async () => {
    const { until, setMachine } = shell('exit 137')
    await until((now) => now.state === 'ended')
    setMachine({ name: 'web-api', state: 'stopped' })
    expect((await until((now) => now.reason !== null)).reason?.key).toBe('terminal.machineStopped')
  })

  it('is removed, it ends with a sentence and stays ended', async () => {
    const { session, until, setMachine } = shell('read line; exit 137')
    const screen = watch(session)
    await until((now) => now.state === 'live')
    setMachine(null)
    screen.viewer.input('\r')
    const ended = await until((now) => now.state === 'ended')
    expect(ended.reason).toEqual({ key: 'terminal.machineRemoved', params: { name: 'web-api' } })
  })

  it('restarts after the person left the shell, it stays ended', async () => {
    const { session, until, setMachine } = shell('exit 0')
    await until((now) => now.state === 'ended')
    setMachine({ name: 'web-api', state: 'stopped' })
    setMachine({ name: 'web-api', state: 'running' })
    expect(session.view()).toMatchObject({ state: 'ended', reason: null })
  })
})
