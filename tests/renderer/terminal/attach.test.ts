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
  return {
    attachment,
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
  vi.useFakeTimers()
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

  it('acknowledges a replay too, and starts it on an empty screen', () => {
    const { say, ups, writes, resets } = setUp()
    say(replay('before'))
    expect(resets()).toBe(1)
    writes[0]?.written()
    expect(ups).toEqual([{ kind: 'ack', bytes: 6 }])
  })

  it('knows while it shows what was said before, also when that comes twice', () => {
    const { say, writes, attachment } = setUp()
    say(replay('a'))
    say(replay('b'))
    writes[0]?.written()
    expect(attachment.isReplaying()).toBe(true)
    writes[1]?.written()
    expect(attachment.isReplaying()).toBe(false)
  })

  it('sends a large input in parts that fit a frame', () => {
    const { attachment, ups } = setUp()
    attachment.input('x'.repeat(250_000))
    expect(ups).toHaveLength(3)
    expect(ups.map((up) => (up as { data: string }).data).join('')).toHaveLength(250_000)
  })

  it('says that output floods it only when that lasts, and when it is over', () => {
    const { say, writes, heard } = setUp()
    say(data('x'.repeat(400_000)))
    vi.advanceTimersByTime(1_000)
    writes[0]?.written()
    vi.advanceTimersByTime(2_000)
    expect(heard).toEqual([])
    say(data('x'.repeat(400_000)))
    vi.advanceTimersByTime(2_000)
    expect(heard).toEqual(['flooded'])
    writes[1]?.written()
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
