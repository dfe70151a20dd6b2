import { setTimeout as pass } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { calls } from '../../../app/contract/contract.ts'
import type { ConsoleDown } from '../../../app/contract/views.ts'
import type { ConsoleOption, Session } from '../../../app/domain/console.ts'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import { createEmitter } from '../../../app/util/emitter.ts'
import type { ConsoleSource, SourceEvents } from '../../../main/console/source.ts'
import type { ConsoleTarget } from '../../../main/console/target.ts'
import type { ConsoleOps } from '../../../main/providers/provider.ts'
import { type Consoles, createConsoles } from '../../../main/services/consoles.ts'
import { silentLog } from '../console/harness.ts'

const id: MachineId = 'mock:1'
const option = (kind: ConsoleOption['kind'], rest: Partial<ConsoleOption> = {}): ConsoleOption => ({
  id: kind,
  kind,
  label: { key: 'terminal.opening' },
  writable: kind !== 'logs',
  withheld: null,
  ...rest,
})
const ask = (consoleId: string) => ({ id, consoleId, user: null, folder: null })

let options: ConsoleOption[] = []
let state: MachineState | null = 'running'
let opened: { target: ConsoleTarget; events: SourceEvents; isClosed: boolean; typed: string }[] = []
let asked: { user: string | null; folder: string | null }[] = []
let noShell = false
let changed: Session[] = []
let closed: string[] = []
let consoles: Consoles
const machines = createEmitter<MachineId>()

beforeEach(() => {
  options = [option('serial'), option('shell'), option('logs')]
  state = 'running'
  opened = []
  asked = []
  changed = []
  closed = []
  noShell = false
  const ops = {
    options: async () => options,
    target: async (_id: MachineId, consoleId: string, as: { user: string | null; folder: string | null }) => {
      asked.push(as)
      if (noShell) throw failure('unsupported', { key: 'terminal.noConsoles' })
      return consoleId === 'serial'
        ? { kind: 'socket', title: 'serial 1', path: '/nowhere', logPath: null }
        : { kind: 'pty', title: 'sh', file: 'sh', args: [], env: {}, explain: () => null }
    },
  } as unknown as ConsoleOps
  consoles = createConsoles({
    consolesOf: (machineId) => (machineId === id ? ops : null),
    machine: () => (state === null ? null : ({ id, name: 'web-api', state } as Machine)),
    onMachine: machines.on,
    open: async (target, _size, _from, events): Promise<ConsoleSource> => {
      const entry = { target, events, isClosed: false, typed: '' }
      opened.push(entry)
      return {
        pid: null,
        write: (text) => {
          entry.typed += text
        },
        resize: () => {},
        pause: () => {},
        resume: () => {},
        close: () => {
          entry.isClosed = true
        },
        logPosition: () => null,
      }
    },
    scrollbackLines: () => 1_000,
    changed: (session) => changed.push(session),
    closed: (sessionId) => closed.push(sessionId),
    now: () => new Date(),
    log: silentLog,
  })
})

function attach(sessionId: string) {
  const frames: ConsoleDown[] = []
  const opening = { sessionId, columns: 80, rows: 24 }
  return { frames, ...consoles.attach(opening, { down: (frame) => frames.push(frame), end: () => {} }) }
}
const live = (sessionId: string) =>
  expect.poll(() => consoles.list().sessions.find((session) => session.id === sessionId)?.state).toBe('live')

describe('opening a console', () => {
  it('finds the one session of a line, also when two ask at once', async () => {
    const [first, second] = await Promise.all([consoles.open(ask('serial')), consoles.open(ask('serial'))])
    expect(second).toBe(first)
    attach(first)
    await live(first)
    expect(await consoles.open(ask('serial'))).toBe(first)
    expect(opened).toHaveLength(1)
  })

  it('makes a new shell each time, as whom and where it was asked', async () => {
    const first = await consoles.open(ask('shell'))
    const second = await consoles.open({ ...ask('shell'), user: 'root', folder: '/srv' })
    expect(second).not.toBe(first)
    expect(asked[1]).toEqual({ user: 'root', folder: '/srv' })
  })

  it('refuses a shell that cannot be had where it was asked for, and makes no tab', async () => {
    noShell = true
    await expect(consoles.open(ask('shell'))).rejects.toMatchObject({ error: { code: 'unsupported' } })
    expect(consoles.list().sessions).toEqual([])
  })

  it('refuses a shell of a stopped machine with the provider’s reason', async () => {
    options = [option('shell', { withheld: { key: 'terminal.gone' } })]
    await expect(consoles.open(ask('shell'))).rejects.toMatchObject({ error: { code: 'wrong-state' } })
  })

  it('says so when there is no such console, or no consoles at all', async () => {
    await expect(consoles.open(ask('nothing'))).rejects.toMatchObject({ error: { code: 'not-found' } })
    await expect(consoles.open({ ...ask('shell'), id: 'other:1' })).rejects.toMatchObject({
      error: { code: 'unsupported' },
    })
  })

  it('has an end: so many and no more', async () => {
    for (let at = 0; at < 100; at++) await consoles.open(ask('shell'))
    await expect(consoles.open(ask('shell'))).rejects.toMatchObject({ error: { code: 'busy' } })
    await consoles.dispose()
  })
})

describe('a terminal of this computer', () => {
  it('belongs to no machine, and is a new one each time', async () => {
    const first = consoles.openHost({ typed: null })
    expect(consoles.openHost({ typed: null })).not.toBe(first)
    const session = consoles.list().sessions.find((one) => one.id === first)
    expect(session).toMatchObject({ machineId: null, kind: 'shell', writable: true })
    expect(session?.machineName).not.toBe('')
    attach(first)
    await live(first)
    expect(opened[0]?.target).toMatchObject({ kind: 'pty', folder: expect.stringMatching(/./) })
    // What becomes of machines is nothing to it.
    state = null
    machines.emit(id)
    expect(consoles.list().sessions.map(({ state: one }) => one)).not.toContain('ended')
  })

  it('types what it is given once the shell has shown its prompt, and only once', async () => {
    const sessionId = consoles.openHost({ typed: 'sudo apt install qemu' })
    attach(sessionId)
    await live(sessionId)
    expect(opened[0]?.typed).toBe('')
    opened[0]?.events.data(Buffer.from('$ '))
    await expect.poll(() => opened[0]?.typed).toBe('sudo apt install qemu')
    opened[0]?.events.data(Buffer.from('sudo apt install qemu'))
    opened[0]?.events.ended({ exitCode: 0 })
    consoles.reopen(sessionId)
    await live(sessionId)
    opened[1]?.events.data(Buffer.from('$ '))
    await pass(400)
    expect([opened[0]?.typed, opened[1]?.typed]).toEqual(['sudo apt install qemu', ''])
  })

  it('takes one line only: what would run by itself is refused at the door', () => {
    const { input } = calls['console.openHost']
    expect(input.safeParse({ typed: 'ls' }).success).toBe(true)
    for (const typed of ['ls\n', 'ls\r', 'a\x03', '\x1b[A', 'x\u0085']) {
      expect(input.safeParse({ typed }).success, JSON.stringify(typed)).toBe(false)
    }
  })
})

describe('a session', () => {
  it('goes on when its viewer leaves, as at a reload of the page', async () => {
    const sessionId = await consoles.open(ask('shell'))
    const page = attach(sessionId)
    await live(sessionId)
    opened[0]?.events.data(Buffer.from('hello'))
    page.closed()
    opened[0]?.events.data(Buffer.from(' again'))
    const reloaded = attach(sessionId)
    await expect.poll(() => reloaded.frames[0]).toMatchObject({ kind: 'replay' })
    const first = reloaded.frames[0]
    expect(first?.kind === 'replay' && Buffer.from(first.data).toString()).toContain('hello')
    expect(opened[0]?.isClosed).toBe(false)
  })

  it('hears what is typed, and logs hear nothing', async () => {
    for (const kind of ['shell', 'logs']) {
      const sessionId = await consoles.open(ask(kind))
      const page = attach(sessionId)
      await live(sessionId)
      page.up({ kind: 'input', data: 'x' })
    }
    expect(opened.map((entry) => entry.typed)).toEqual(['x', ''])
  })

  it('of a container that is removed ends with a sentence and is kept until it is closed', async () => {
    const sessionId = await consoles.open(ask('shell'))
    attach(sessionId)
    await live(sessionId)
    state = null
    machines.emit(id)
    opened[0]?.events.ended({ exitCode: 137 })
    expect(consoles.list().sessions[0]).toMatchObject({
      state: 'ended',
      reason: { key: 'terminal.machineRemoved', params: { name: 'web-api' } },
    })
    await consoles.close(sessionId)
    expect(consoles.list().sessions).toEqual([])
    expect(closed).toEqual([sessionId])
  })

  it.each([
    [
      'restore',
      'Fresh install',
      { key: 'terminal.restoredTo', params: { name: 'web-api', snapshot: 'Fresh install' } },
    ],
    ['undoRestore', 'Fresh install', { key: 'terminal.restoreUndone', params: { name: 'web-api' } }],
    ['redoRestore', null, { key: 'terminal.restored', params: { name: 'web-api' } }],
  ] as const)(
    'that has ended says that its machine was restored since (%s), until it is live again',
    async (verb, subject, text) => {
      const sessionId = await consoles.open(ask('shell'))
      attach(sessionId)
      await live(sessionId)
      const told = { verb, state: 'succeeded', machineId: id, machineName: 'web-api', subject } as const
      // What runs shows by itself what it is now.
      consoles.taskChanged(told)
      expect(consoles.list().sessions[0]).not.toHaveProperty('restored')
      state = 'stopped'
      machines.emit(id)
      opened[0]?.events.ended({ exitCode: 137 })
      consoles.taskChanged({ ...told, state: 'running' })
      consoles.taskChanged({ ...told, machineId: 'mock:2' })
      consoles.taskChanged({ ...told, verb: 'takeSnapshot' })
      expect(consoles.list().sessions[0]).not.toHaveProperty('restored')
      consoles.taskChanged(told)
      expect(changed.at(-1)).toMatchObject({ state: 'ended', restored: { text } })
      state = 'running'
      machines.emit(id)
      await live(sessionId)
      expect(consoles.list().sessions[0]).not.toHaveProperty('restored')
    },
  )

  it('that is closed twice is closed once, and what ran in it is let go', async () => {
    const sessionId = await consoles.open(ask('shell'))
    attach(sessionId)
    await live(sessionId)
    await Promise.all([consoles.close(sessionId), consoles.close(sessionId)])
    expect(closed).toEqual([sessionId])
    expect(opened[0]?.isClosed).toBe(true)
  })

  it('that does not exist cannot be attached', () => {
    expect(() => attach('nothing')).toThrow('not-found')
  })
})
