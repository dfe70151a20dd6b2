import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConsoleDown } from '../../../app/contract/views.ts'
import { createFanOut, type FanOut, type Viewer } from '../../../main/console/fan-out.ts'
import { createHistory } from '../../../main/console/history.ts'

const size = { columns: 80, rows: 24 }

/** A window with a terminal in it: what it was told, and what it has acknowledged. */
interface Window {
  readonly viewer: Viewer
  readonly frames: ConsoleDown[]
  /** All that a terminal would hold now: a replay replaces what was there. */
  readonly text: () => string
  readonly owed: () => number
  readonly ackAll: () => void
}

function setUp() {
  let isPaused = false
  let pauses = 0
  const history = createHistory(100_000_000, size, () => fanOut.relieved())
  const fanOut: FanOut = createFanOut({
    history,
    size: () => size,
    pause: () => {
      isPaused = true
      pauses += 1
    },
    resume: () => {
      isPaused = false
    },
  })
  const look = (): Window => {
    const frames: ConsoleDown[] = []
    let owed = 0
    const viewer = fanOut.join((down) => {
      frames.push(down)
      if (down.kind !== 'size') owed += down.data.length
    })
    return {
      viewer,
      frames,
      text: () => {
        const from = frames.map((frame) => frame.kind).lastIndexOf('replay')
        const data = frames.slice(from).flatMap((frame) => (frame.kind === 'size' ? [] : [frame.data]))
        return Buffer.concat(data).toString('utf8')
      },
      owed: () => owed,
      ackAll: () => {
        const bytes = owed
        owed = 0
        viewer.ack(bytes)
      },
    }
  }
  return { fanOut, look, isPaused: () => isPaused, pauses: () => pauses }
}
const bytes = (text: string): Buffer => Buffer.from(text)
/** Lets promises settle without the clock moving. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('output', () => {
  it('goes out at once after a pause, and joined while it keeps coming', async () => {
    const { fanOut, look } = setUp()
    const window = look()
    await vi.advanceTimersByTimeAsync(100)
    fanOut.push(bytes('a'))
    expect(window.text()).toBe('a')
    for (const letter of 'bcdef') fanOut.push(bytes(letter))
    expect(window.text()).toBe('a')
    await vi.advanceTimersByTimeAsync(16)
    expect(window.text()).toBe('abcdef')
    expect(window.frames.filter((frame) => frame.kind === 'data')).toHaveLength(2)
  })

  it('goes out before its time when there is much of it', async () => {
    const { fanOut, look } = setUp()
    const window = look()
    await settle()
    fanOut.push(bytes('x'))
    fanOut.push(Buffer.alloc(200 * 1024, 'y'))
    expect(window.text()).toHaveLength(1 + 200 * 1024)
  })

  it('never splits a character between frames', async () => {
    const { fanOut, look } = setUp()
    const window = look()
    await settle()
    for (const byte of bytes('한글⛵')) {
      fanOut.push(Buffer.from([byte]))
      await vi.advanceTimersByTimeAsync(20)
    }
    for (const frame of window.frames) {
      if (frame.kind !== 'size') expect(Buffer.from(frame.data).toString('utf8')).not.toContain('\ufffd')
    }
    expect(window.text()).toBe('한글⛵')
  })

  it('gives half a character after a while, when it was none', async () => {
    const { fanOut, look } = setUp()
    const window = look()
    await settle()
    fanOut.push(Buffer.from([0x41, 0xe9]))
    await vi.advanceTimersByTimeAsync(100)
    expect(window.frames.at(-1)).toMatchObject({ kind: 'data', data: new Uint8Array([0xe9]) })
  })
})

describe('the source', () => {
  it('waits while a viewer owes too much, and goes on when it has caught up', async () => {
    const { fanOut, look, isPaused } = setUp()
    const window = look()
    await settle()
    fanOut.push(Buffer.alloc(3_000_000))
    expect(isPaused()).toBe(true)
    window.viewer.ack(1_000_000)
    expect(isPaused()).toBe(true)
    window.viewer.ack(1_000_000)
    expect(isPaused()).toBe(false)
  })

  it('never waits when nobody is watching', async () => {
    const { fanOut, look, isPaused } = setUp()
    fanOut.push(Buffer.alloc(5_000_000))
    expect(isPaused()).toBe(false)
    const window = look()
    await settle()
    window.ackAll()
    fanOut.push(Buffer.alloc(3_000_000))
    expect(isPaused()).toBe(true)
    window.viewer.leave()
    expect(isPaused()).toBe(false)
  })

  it('waits no longer for a viewer that is dead, and others get everything', async () => {
    const { fanOut, look, isPaused } = setUp()
    const [dead, alive] = [look(), look()]
    await settle()
    fanOut.push(Buffer.alloc(3_000_000, 'a'))
    alive.ackAll()
    expect(isPaused()).toBe(true)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(isPaused()).toBe(false)
    for (let round = 0; round < 10; round++) {
      fanOut.push(Buffer.alloc(3_000_000, 'b'))
      alive.ackAll()
      expect(isPaused()).toBe(false)
    }
    expect(alive.text()).toHaveLength(33_000_000)
    expect(dead.owed()).toBe(3_000_000)
  })

  it('tells a viewer everything anew that was behind and is back', async () => {
    const { fanOut, look } = setUp()
    const [slow, quick] = [look(), look()]
    await settle()
    fanOut.push(Buffer.alloc(3_000_000, 'a'))
    quick.ackAll()
    await vi.advanceTimersByTimeAsync(5_000)
    fanOut.push(bytes('missed'))
    expect(slow.text()).not.toContain('missed')
    slow.ackAll()
    await settle()
    expect(slow.frames.at(-1)?.kind).toBe('replay')
    expect(slow.text()).toBe(quick.text())
  })
})

describe('any mix of output, viewers coming and going, and acknowledgements', () => {
  it('shows every viewer that keeps up the same text, and never leaves the source waiting for nobody', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('say' as const),
          text: fc.constantFrom('a', '한', '⛵\r\n', '\x1b[32mok\x1b[0m'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('flood' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.nat(5) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('ack' as const), who: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 16, 60, 6_000) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { fanOut, look, isPaused } = setUp()
        const windows: Window[] = []
        let said = ''
        const say = (text: string): void => {
          said += text
          for (const byte of bytes(text).length > 8 ? [bytes(text)] : [...bytes(text)].map((b) => Buffer.from([b])))
            fanOut.push(byte)
        }
        for (const now of steps) {
          const who = 'who' in now ? windows[now.who % Math.max(1, windows.length)] : undefined
          if (now.do === 'say') say(now.text)
          else if (now.do === 'flood') say('x'.repeat(2_500_000))
          else if (now.do === 'look') windows.push(look())
          else if (now.do === 'wait') await vi.advanceTimersByTimeAsync(now.ms)
          else if (now.do === 'ack') who?.ackAll()
          else if (who !== undefined) {
            who.viewer.leave()
            windows.splice(windows.indexOf(who), 1)
          }
        }
        // Everybody catches up: then everybody has everything.
        fanOut.flush()
        for (let round = 0; round < 3; round++) {
          await vi.advanceTimersByTimeAsync(100)
          for (const window of windows) window.ackAll()
        }
        expect(isPaused()).toBe(false)
        for (const window of windows) expect(window.text() === said).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
