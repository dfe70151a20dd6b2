import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../../app/contract/client.ts'
import type { ConsoleDown } from '../../../app/contract/views.ts'
import type { AppError } from '../../../app/domain/errors.ts'
import { attach, type Screen } from '../../../renderer/terminal/attach.ts'
import { createPrecedence } from '../../../renderer/terminal/precedence.ts'

/** A stream whose other end the test holds, and a terminal that takes bytes when the test says so. */
function setUp(precedence = createPrecedence()) {
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
  const attachment = attach(
    client,
    's1',
    screen,
    {
      sized: (columns, rows) => heard.push(`size ${columns}x${rows}`),
      flooded: (isFlooded) => heard.push(isFlooded ? 'flooded' : 'calm'),
      closed: (error) => heard.push(error.code),
    },
    precedence,
  )
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

  it('gives its terminal large output piece by piece, and acknowledges it at once', async () => {
    const { say, ups, write, writes } = setUp()
    say(data('x'.repeat(150_000)))
    expect(writes).toHaveLength(1)
    await write()
    expect(writes.map(({ text }) => text.length)).toEqual([65_536, 65_536, 18_928])
    expect(ups).toEqual([{ kind: 'ack', bytes: 150_000 }])
  })

  it('acknowledges on the way what is very much', async () => {
    const { say, ups, write } = setUp()
    say(data('x'.repeat(600_000)))
    await write()
    expect(ups).toEqual([262_144, 262_144, 75_712].map((bytes) => ({ kind: 'ack', bytes })))
  })

  it('takes nothing in for a moment after a key in another terminal, until that has its echo', async () => {
    const precedence = createPrecedence()
    const [typed, flooded] = [setUp(precedence), setUp(precedence)]
    typed.attachment.input('a')
    flooded.say(data('much'))
    expect(flooded.writes).toHaveLength(0)
    typed.say(data('a'))
    await typed.write()
    expect(flooded.writes.map(({ text }) => text)).toEqual(['much'])

    typed.attachment.input('b')
    flooded.say(data('more'))
    flooded.writes[0]?.written()
    expect(flooded.writes).toHaveLength(1)
    vi.advanceTimersByTime(30)
    await flooded.write()
    expect(flooded.writes.map(({ text }) => text)).toEqual(['much', 'more'])
  })

  it('is not stopped for good by keys in another terminal that nothing answers', async () => {
    const precedence = createPrecedence()
    const [typed, flooded] = [setUp(precedence), setUp(precedence)]
    let waits = 0
    for (let ms = 0; ms < 600; ms += 10) {
      typed.attachment.input('a')
      flooded.writes.length = 0
      flooded.say(data('much'))
      if (flooded.writes.length === 0) waits += 1
      vi.advanceTimersByTime(10)
      await flooded.write()
    }
    expect(waits).toBeGreaterThan(20)
    expect(waits).toBeLessThan(40)
  })

  it('takes in less at a time while somebody types in another terminal', async () => {
    const precedence = createPrecedence()
    const [typed, flooded] = [setUp(precedence), setUp(precedence)]
    typed.attachment.input('a')
    vi.advanceTimersByTime(31)
    flooded.say(data('x'.repeat(20_000)))
    await flooded.write()
    expect(flooded.writes.map(({ text }) => text.length)).toEqual([16_384, 3_616])
    vi.advanceTimersByTime(1_000)
    flooded.writes.length = 0
    flooded.say(data('x'.repeat(20_000)))
    await flooded.write()
    expect(flooded.writes.map(({ text }) => text.length)).toEqual([20_000])
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
