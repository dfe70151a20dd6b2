import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../../app/contract/client.ts'
import type { ConsoleDown } from '../../../app/contract/views.ts'
import type { AppError } from '../../../app/domain/errors.ts'
import { attach, type Screen } from '../../../renderer/terminal/attach.ts'

/** A stream whose other end the test holds, and a terminal that takes bytes when the test says so. */
function setUp() {
  const ups: unknown[] = []
  let down: (frame: ConsoleDown) => void = () => {}
  let closed: (error: AppError | null) => void = () => {}
  let isClosed = false
  const client = {
    open: (_name: string, _input: unknown, listeners: { down: typeof down; closed: typeof closed }) => {
      down = listeners.down
      closed = listeners.closed
      return {
        up: (value: unknown) => void ups.push(value),
        close: () => {
          isClosed = true
        },
      }
    },
  } as unknown as Client
  const writes: { text: string; written: () => void }[] = []
  let resets = 0
  const screen: Screen = {
    cols: 80,
    rows: 24,
    write: (data, written) => void writes.push({ text: Buffer.from(data).toString(), written }),
    reset: () => {
      resets += 1
    },
  }
  const heard: string[] = []
  const attachment = attach(client, 's1', screen, {
    sized: (columns, rows) => heard.push(`size ${columns}x${rows}`),
    flooded: (isFlooded) => heard.push(isFlooded ? 'flooded' : 'calm'),
    closed: (error) => heard.push(error.code),
  })
  /** Lets the terminal take all there is, piece after piece. */
  const write = async (): Promise<void> => {
    for (let at = 0; at < writes.length; at++) {
      writes[at]?.written()
      // The next piece is handed over by a message of its own, which may take some rounds to come.
      for (let round = 0; round < 20 && writes.length === at + 1; round++) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }
  return {
    attachment,
    write,
    ups,
    writes,
    heard,
    say: (frame: ConsoleDown) => down(frame),
    end: (error: AppError | null) => closed(error),
    resets: () => resets,
    isClosed: () => isClosed,
  }
}
const data = (text: string): ConsoleDown => ({ kind: 'data', data: Buffer.from(text) })
const replay = (text: string): ConsoleDown => ({ kind: 'replay', data: Buffer.from(text), columns: 80, rows: 24 })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an attached terminal', () => {
  it('acknowledges bytes when the terminal has taken them, not when they arrive', () => {
    const { say, ups, writes } = setUp()
    say(data('hello'))
    expect(ups).toEqual([])
    writes[0]?.written()
    expect(ups).toEqual([{ kind: 'ack', bytes: 5 }])
  })

  it('acknowledges a replay too, and starts it on an empty screen', async () => {
    const { say, ups, write, resets } = setUp()
    say(replay('before'))
    await write()
    expect(resets()).toBe(1)
    expect(ups.filter((up) => (up as { bytes: number }).bytes > 0)).toEqual([{ kind: 'ack', bytes: 6 }])
  })

  it('knows while it shows what was said before, also when that comes twice', async () => {
    const { say, write, attachment } = setUp()
    say(replay('a'))
    expect(attachment.isReplaying()).toBe(true)
    say(replay('b'))
    await write()
    expect(attachment.isReplaying()).toBe(false)
  })

  it('gives its terminal large output piece by piece, each acknowledged', async () => {
    const { say, ups, write, writes } = setUp()
    say(data('x'.repeat(150_000)))
    expect(writes).toHaveLength(1)
    await write()
    expect(writes.map(({ text }) => text.length)).toEqual([65_536, 65_536, 18_928])
    expect(ups).toEqual([65_536, 65_536, 18_928].map((bytes) => ({ kind: 'ack', bytes })))
  })

  it('sends a large input in parts that fit a frame', () => {
    const { attachment, ups } = setUp()
    attachment.input('x'.repeat(250_000))
    expect(ups).toHaveLength(3)
    expect(ups.map((up) => (up as { data: string }).data).join('')).toHaveLength(250_000)
  })

  it('says that output floods it only when that lasts, and when it is over', async () => {
    const { say, write, writes, heard } = setUp()
    say(data('x'.repeat(600_000)))
    vi.advanceTimersByTime(1_000)
    await write()
    vi.advanceTimersByTime(2_000)
    expect(heard).toEqual([])
    writes.length = 0
    say(data('x'.repeat(600_000)))
    vi.advanceTimersByTime(2_000)
    expect(heard).toEqual(['flooded'])
    await write()
    vi.advanceTimersByTime(500)
    expect(heard).toEqual(['flooded', 'calm'])
  })

  it('tells the size another viewer gave, and why its stream ended', () => {
    const { say, end, heard } = setUp()
    say({ kind: 'size', columns: 50, rows: 10 })
    end({ code: 'not-found', message: { key: 'terminal.gone' }, hint: null, detail: null, field: null })
    expect(heard).toEqual(['size 50x10', 'not-found'])
  })

  it('is silent once it is detached', () => {
    const { say, ups, writes, attachment, isClosed } = setUp()
    say(data('late'))
    attachment.detach()
    writes[0]?.written()
    say(data('later'))
    expect(ups).toEqual([])
    expect(writes).toHaveLength(1)
    expect(isClosed()).toBe(true)
  })
})
