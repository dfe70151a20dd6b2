import unicode11 from '@xterm/addon-unicode11'
import headless from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { boundSequences, setBoundedWidths } from '../../../app/util/terminal-bounds.ts'
import { createHistory } from '../../../main/console/history.ts'
import { createModes } from '../../../main/console/modes.ts'
import { isReport } from '../../../main/console/reports.ts'
import { cpuMs } from '../../support/cpu-time.ts'

const size = { columns: 200, rows: 50 }

function openTerminal(): headless.Terminal {
  const terminal = new headless.Terminal({
    cols: size.columns,
    rows: size.rows,
    scrollback: 10_000,
    allowProposedApi: true,
  })
  setBoundedWidths(terminal, new unicode11.Unicode11Addon())
  boundSequences(terminal)
  return terminal
}

const write = (terminal: headless.Terminal, data: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => terminal.write(data, resolve))

/** How long at most was computed without anybody else having a turn while the work went on. */
async function longestStallMs(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = cpuMs()
  let isOver = false
  const beat = (): void => {
    const now = cpuMs()
    longest = Math.max(longest, now - last)
    last = now
    if (!isOver) setImmediate(beat)
  }
  beat()
  await work()
  isOver = true
  beat()
  return longest
}

const huge = '999999999'
const slow = ['b', 'I', 'L', 'M', 'S', 'T', 'Z']
const forms: readonly (readonly [string, (final: string) => string])[] = [
  ['CSI', (final) => `A\x1b[${huge}${final}`],
  ['C1', (final) => `A\x9b${huge}${final}`],
  ['further parameters', (final) => `A\x1b[${huge};${huge};${huge}${final}`],
  ['sub-parameters', (final) => `A\x1b[${huge}:${huge}${final}`],
  ['more digits than a number holds', (final) => `A\x1b[${'9'.repeat(5_000)}${final}`],
]

describe('a guest that prints a huge parameter', () => {
  for (const screen of ['ordinary', 'alternate'] as const) {
    it.each(slow)(`stops no terminal on the ${screen} screen with CSI 999999999 %s`, async (final) => {
      for (const [, form] of forms) {
        const terminal = openTerminal()
        await write(terminal, screen === 'alternate' ? '\x1b[?1049h' : 'x\r\n'.repeat(500))
        const startedMs = cpuMs()
        await write(terminal, form(final))
        expect(cpuMs() - startedMs).toBeLessThan(1_000)
        // Split wherever it can be.
        for (const character of form(final).slice(0, 40)) await write(terminal, character)
        terminal.dispose()
      }
    })
  }

  it('stops no terminal with any other sequence', async () => {
    const terminal = openTerminal()
    for (const prefix of ['', '?', '>']) {
      for (const intermediate of ['', ' ', '!', '"', '$', "'", '*', '+']) {
        for (let final = 0x40; final <= 0x7e; final += 1) {
          const startedMs = cpuMs()
          await write(terminal, `A\x1b[${prefix}${huge}${intermediate}${String.fromCharCode(final)}`)
          expect(cpuMs() - startedMs).toBeLessThan(1_000)
        }
      }
    }
  })

  it('has the effect of a parameter as large as the screen', async () => {
    const terminal = openTerminal()
    await write(terminal, `one\r\ntwo\r\nthree\x1b[2;1H\x1b[${huge}M`)
    const line = (row: number): string => terminal.buffer.active.getLine(row)?.translateToString(true) ?? ''
    expect([line(0), line(1), line(2)]).toEqual(['one', '', ''])
    await write(terminal, `\x1b[H\x1b[${huge}L`)
    expect(line(0)).toBe('')
    await write(terminal, '\x1b[2J\x1b[Hab\x1b[3b\x1b[1;2H')
    expect(line(0)).toBe('abbbb')
  })

  it.each(slow)('lets others have their turn while it floods with CSI 999999999 %s', async (final) => {
    const terminal = openTerminal()
    const flood = `A\x1b[${huge}${final}`.repeat(600)
    // A first time, so that nothing is compiled while it is measured.
    await write(terminal, `A\x1b[${huge}${final}`.repeat(50))
    expect(await longestStallMs(() => write(terminal, flood))).toBeLessThan(1_000)
  })
})

describe('a guest that prints texts without end', () => {
  it.each([
    ['a palette of half a million colours', `\x1b]4;${'1;rgb:1/1/1;'.repeat(500_000)}\x07`],
    ['a title of 5 MB', `\x1b]0;${'x'.repeat(5_000_000)}\x07`],
    ['a device control string of 5 MB', `\x1bP$q${'x'.repeat(5_000_000)}\x1b\\`],
    ['5 MB of marks on one letter', `a${'\u0301'.repeat(2_500_000)}`],
  ])('stops no terminal with %s', async (_what, text) => {
    const terminal = openTerminal()
    const bytes = Buffer.from(text)
    const stall = await longestStallMs(async () => {
      for (let from = 0; from < bytes.length; from += 65_536) await write(terminal, bytes.subarray(from, from + 65_536))
    })
    expect(stall).toBeLessThan(1_000)
  })

  it('puts at most 32 marks on one cell', async () => {
    const terminal = openTerminal()
    await write(terminal, `a${'\u0301'.repeat(1_000)}`)
    expect(terminal.buffer.active.getLine(0)?.getCell(0)?.getChars()).toHaveLength(33)
    await write(terminal, '\r\n한글🚀e\u0301')
    expect(terminal.buffer.active.getLine(terminal.buffer.active.cursorY)?.translateToString(true)).toBe(
      '한글🚀e\u0301',
    )
  })
})

describe('what is kept of a hostile guest for later viewers', () => {
  it('is drawn at once and stays small, on the alternate screen', async () => {
    const history = createHistory(1_000_000, size, () => {})
    const evil = slow.map((final) => `A\x1b[${huge}${final}`).join('')
    history.append(Buffer.from(`\x1b[?1049h${evil.repeat(200)}${'\u0301'.repeat(100_000)}`))
    let replayBytes = 0
    const stall = await longestStallMs(async () => {
      replayBytes = (await history.replay()).length
    })
    expect(stall).toBeLessThan(1_000)
    expect(replayBytes).toBeLessThan(2_000_000)
    history.dispose()
  })

  it('holds no more modes than terminals have', () => {
    const modes = createModes()
    const set = Array.from({ length: 100_000 }, (_, number) => `\x1b[?${number}h`).join('')
    modes.read(Buffer.from(`\x1b[?25l${set}`))
    modes.read(Buffer.from('\x1b[?25l'))
    expect(modes.current().length).toBeLessThan(2_000)
    expect(modes.current()).toContain('\x1b[?25l')
  })
})

describe('terminal input that looks like a report', () => {
  it('is recognised in time that grows with its length alone', () => {
    const startedMs = cpuMs()
    expect(isReport(`${'\x1bP\x1b\\'.repeat(60)}x`)).toBe(false)
    expect(isReport('\x1bP'.repeat(100_000))).toBe(false)
    expect(isReport(`\x1bP${'\x1b'.repeat(100_000)}`)).toBe(false)
    expect(isReport('\x1b[1;1R'.repeat(20_000).concat('x'))).toBe(false)
    expect(cpuMs() - startedMs).toBeLessThan(1_000)
  })

  it('is still told from keys', () => {
    expect(isReport('\x1bP1$r0m\x1b\\')).toBe(true)
    expect(isReport('\x1bP1$r0m\x1b\\\x1b[12;40R')).toBe(true)
    expect(isReport('\x1bPabc\x1bdef\x1b\\')).toBe(true)
    expect(isReport('\x1bPabc')).toBe(false)
    expect(isReport('\x1b[A')).toBe(false)
  })
})

describe('links that a program prints without end', () => {
  interface WithLinks {
    readonly _core: { readonly _oscLinkService: { readonly _dataByLinkId: ReadonlyMap<number, unknown> } }
  }
  const linkCount = (terminal: headless.Terminal): number =>
    (terminal as unknown as WithLinks)._core._oscLinkService._dataByLinkId.size
  const link = (id: string, address: string): string => `\r\x1b]8;${id};${address}\x1b\\a\x1b]8;;\x1b\\`

  it.each(['\x1b[?1049h', ''])('stay a bounded number on a line that is written over and over', async (enter) => {
    const terminal = openTerminal()
    const many = Array.from({ length: 10_000 }, (_, i) => link(i % 2 === 0 ? '' : `id=${i}`, `https://x.example/${i}`))
    await write(terminal, `${enter}${many.join('')}`)
    expect(linkCount(terminal)).toBeGreaterThan(1_000)
    expect(linkCount(terminal)).toBeLessThanOrEqual(4_096)
    terminal.dispose()
  })

  it('are none when their address is longer than browsers take', async () => {
    const terminal = openTerminal()
    await write(terminal, link('', `https://x.example/${'a'.repeat(10_000)}`))
    expect(linkCount(terminal)).toBe(0)
    await write(terminal, link('', 'https://x.example/a'))
    expect(linkCount(terminal)).toBe(1)
    terminal.dispose()
  })
})
