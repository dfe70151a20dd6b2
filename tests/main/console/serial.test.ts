import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure } from '../../../app/domain/errors.ts'
import { findReplayOverlap } from '../../../main/console/replay-overlap.ts'
import { type Stage, stage, watch } from './harness.ts'

let folder = ''
let stages: Stage[] = []

/**
 * A guest's serial line as QEMU serves it: everything goes to the log, and to the caller when there is one, the line first.
 */
class Guest {
  readonly path = join(folder, 'serial.sock')
  readonly logPath = join(folder, 'serial.log')
  heard = ''
  caller: Socket | null = null
  private readonly server: Server
  constructor(onCall: (guest: Guest) => void = () => {}) {
    this.server = createServer((socket) => {
      this.caller = socket
      socket.on('data', (bytes) => {
        this.heard += bytes.toString()
      })
      socket.on('error', () => {})
      onCall(this)
    })
  }
  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.path, () => resolve()))
  }
  say(text: string): void {
    this.caller?.write(text)
    appendFileSync(this.logPath, text)
  }
  async end(): Promise<void> {
    this.caller?.destroy()
    this.caller = null
    await new Promise((resolve) => this.server.close(resolve))
  }
}

function serial(guest: { path: string; logPath: string }): Stage {
  const made = stage('serial', async () => ({
    kind: 'socket',
    title: 'serial 1',
    path: guest.path,
    logPath: guest.logPath,
  }))
  stages.push(made)
  return made
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-serial-'))
})
afterEach(async () => {
  for (const { session } of stages) await session.close()
  stages = []
  rmSync(folder, { recursive: true, force: true })
})

describe('a serial line', () => {
  it('shows what was said before anybody looked, then what is said, and hears what is typed', async () => {
    const guest = new Guest()
    await guest.listen()
    guest.say('booting\r\nlogin: ')
    const { session } = serial(guest)
    const screen = watch(session)
    await screen.until((text) => text === 'booting\r\nlogin: ')
    screen.viewer.input('root\r')
    await expect.poll(() => guest.heard).toBe('root\r')
    guest.say('root\r\nPassword: ')
    expect(await screen.until((text) => text.endsWith('Password: '))).toBe('booting\r\nlogin: root\r\nPassword: ')
    await guest.end()
  })

  it('misses nothing and repeats nothing that is said while it is being called', async () => {
    // Said after the log was read and before the machine noticed the caller: in the log alone.
    const guest = new Guest((called) => {
      appendFileSync(called.logPath, 'in between\r\n')
      called.say('after\r\n')
    })
    await guest.listen()
    guest.say('before\r\n')
    const screen = watch(serial(guest).session)
    await screen.until((text) => text.includes('after'))
    expect(screen.text()).toBe('before\r\nin between\r\nafter\r\n')
    await guest.end()
  })

  it('shows what was said before the machine took the call, though its guest says nothing more', async () => {
    const taken = new Promise<Guest>((resolve) => {
      const guest = new Guest(resolve)
      void guest.listen()
    })
    writeFileSync(join(folder, 'serial.log'), 'Hello! This ')
    const screen = watch(serial({ path: join(folder, 'serial.sock'), logPath: join(folder, 'serial.log') }).session)
    await screen.until((text) => text === 'Hello! This ')
    const guest = await taken
    appendFileSync(guest.logPath, 'is the small ')
    await screen.until((text) => text === 'Hello! This is the small ')
    appendFileSync(guest.logPath, 'machine.\r\n> ')
    await screen.until((text) => text.endsWith('> '))
    guest.say('count\r\n')
    await screen.until((text) => text.endsWith('count\r\n'))
    expect(screen.text()).toBe('Hello! This is the small machine.\r\n> count\r\n')
    await guest.end()
  })

  it('joins a line that never stops talking without losing or doubling a number', async () => {
    let next = 0
    const guest = new Guest()
    await guest.listen()
    const talk = setInterval(() => {
      for (let line = 0; line < 50; line++) guest.say(`${next++}\r\n`)
    }, 1)
    await expect.poll(() => next).toBeGreaterThan(500)
    const screen = watch(serial(guest).session)
    await screen.until((text) => text.length > 40_000)
    clearInterval(talk)
    await screen.until((text) => text.endsWith(`\n${next - 1}\r\n`))
    expect(screen.text()).toBe(Array.from({ length: next }, (_, at) => `${at}\r\n`).join(''))
    await guest.end()
  })

  it('that breaks is called again, and goes on where it was', async () => {
    const guest = new Guest()
    await guest.listen()
    guest.say('one\r\n')
    const { session, until } = serial(guest)
    const screen = watch(session)
    await screen.until((text) => text.includes('one'))
    guest.say('two\r\n')
    await screen.until((text) => text.includes('two'))
    await guest.end()
    await until((now) => now.state === 'lost' && now.attempts >= 2)
    appendFileSync(guest.logPath, 'three\r\n')
    const again = new Guest()
    await again.listen()
    await until((now) => now.state === 'live')
    again.say('four\r\n')
    await screen.until((text) => text.includes('four'))
    expect(screen.text()).toBe('one\r\ntwo\r\nthree\r\nfour\r\n')
    await again.end()
  })

  it('ends with its machine, and comes back when that runs again', async () => {
    const guest = new Guest()
    await guest.listen()
    guest.say('one\r\n')
    const { session, until, setMachine } = serial(guest)
    const screen = watch(session)
    await screen.until((text) => text.includes('one'))
    await guest.end()
    setMachine({ name: 'alpine', state: 'stopped' })
    const ended = await until((now) => now.state === 'ended')
    expect(ended.reason?.key).toBe('terminal.machineStopped')
    const again = new Guest()
    await again.listen()
    again.say('booting again\r\n')
    setMachine({ name: 'alpine', state: 'running' })
    await until((now) => now.state === 'live')
    await screen.until((text) => text === 'one\r\nbooting again\r\n')
    await again.end()
  })

  it('shows a log that was put aside from its beginning', async () => {
    const guest = new Guest()
    await guest.listen()
    guest.say('old\r\n')
    const { session, until, setMachine } = serial(guest)
    const screen = watch(session)
    await screen.until((text) => text.includes('old'))
    await guest.end()
    setMachine({ name: 'alpine', state: 'stopped' })
    await until((now) => now.state === 'ended')
    renameSync(guest.logPath, `${guest.logPath}.1`)
    writeFileSync(guest.logPath, 'a fresh start, longer than what was there\r\n')
    const again = new Guest()
    await again.listen()
    setMachine({ name: 'alpine', state: 'running' })
    await screen.until((text) => text.endsWith('a fresh start, longer than what was there\r\n'))
    await again.end()
  })

  it('has no size: what one viewer’s is does not matter to another', async () => {
    const guest = new Guest()
    await guest.listen()
    const { session } = serial(guest)
    const [first, second] = [watch(session), watch(session, { columns: 50, rows: 10 })]
    second.viewer.resize({ columns: 40, rows: 9 })
    guest.say('both\r\n')
    await Promise.all([first.until((text) => text.includes('both')), second.until((text) => text.includes('both'))])
    expect(first.frames.every((frame) => frame.kind !== 'size')).toBe(true)
    await guest.end()
  })

  it('reads only the last part of a huge log, from a line’s start', async () => {
    const guest = new Guest()
    await guest.listen()
    writeFileSync(guest.logPath, `${'x'.repeat(99)}\n`.repeat(50_000))
    const screen = watch(serial(guest).session)
    await screen.until((text) => text.length > 500_000)
    expect(screen.text().startsWith(`${'x'.repeat(99)}\n`)).toBe(true)
    expect(screen.text().length).toBeLessThan(2_200_000)
    await guest.end()
  })

  it('lives on without its log', async () => {
    const guest = new Guest()
    await guest.listen()
    const screen = watch(serial({ path: guest.path, logPath: join(folder, 'nowhere', 'log') }).session)
    await expect.poll(() => guest.caller !== null).toBe(true)
    guest.caller?.write('hello')
    expect(await screen.until((text) => text.includes('hello'))).toBe('hello')
    await guest.end()
  })

  it('of a machine that has none ends with the provider’s sentence', async () => {
    const made = stage('serial', async () => {
      throw failure('unsupported', { key: 'terminal.noConsoles' })
    })
    stages.push(made)
    expect((await made.until((now) => now.state === 'ended')).reason).toEqual({ key: 'terminal.noConsoles' })
  })
})

describe('the overlap of a log and its replayed line', () => {
  it('is found for any text, gap and delay', () => {
    const text = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(text, text, fc.nat(30), (gap, line, unread) => {
        // Every line differs from every other, as what a machine says does; the first one is received whole.
        const log = Buffer.from(gap.map((n, at) => `${at}: ${n}\n`).join(''))
        const live = Buffer.from(line.map((n, at) => `${gap.length + at}: ${n}\n`).join(''))
        const received = Math.max(live.indexOf('\n') + 1, live.length - unread)
        const overlapStart = findReplayOverlap(Buffer.concat([log, live]), live.subarray(0, received), received)
        expect(overlapStart).toBe(log.length)
      }),
    )
  })

  it('is not found while the log is behind', () => {
    expect(findReplayOverlap(Buffer.from('ab'), Buffer.from('abc'), 3)).toBeNull()
    expect(findReplayOverlap(Buffer.from('xyz'), Buffer.from('abc'), 3)).toBeNull()
  })
})
