import headless from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHistory } from '../../../main/console/history.ts'

const size = { columns: 40, rows: 8 }

async function screenOf(...parts: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const terminal = new headless.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true })
  for (const part of parts) await new Promise<void>((resolve) => terminal.write(part, resolve))
  const buffer = terminal.buffer.active
  const lines = Array.from({ length: buffer.length }, (_, at) => buffer.getLine(at)?.translateToString(true) ?? '')
  const modes = JSON.stringify(terminal.modes)
  const where = `${buffer.type} ${buffer.cursorX},${buffer.cursorY}`
  terminal.dispose()
  return [where, modes, ...lines]
}

async function replayed(chunks: readonly (string | Uint8Array)[], keptBytes = 1_000_000): Promise<Uint8Array> {
  const history = createHistory(keptBytes, size, () => {})
  for (const chunk of chunks) history.append(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  const replay = await history.replay()
  history.dispose()
  return replay
}

describe('a replay', () => {
  it('is what was said', async () => {
    expect(Buffer.from(await replayed(['one\r\n', '한글'])).toString()).toBe('one\r\n한글')
  })

  it('begins at a line’s start when it is only the last part', async () => {
    const line = `${'x'.repeat(99)}\n`
    const replay = Buffer.from(await replayed([line.repeat(5_000), 'end'], 100_000)).toString()
    expect(replay.length).toBeLessThan(200_000)
    expect(replay.startsWith(line)).toBe(true)
    expect(replay.endsWith(`${line}end`)).toBe(true)
  })

  it('shows a full-screen program’s screen however long it has been painting', async () => {
    const paint = Array.from({ length: 5_000 }, (_, at) => `\x1b[${(at % 6) + 2};3Hrow ${at}   `)
    const chunks = ['$ top\r\n', '\x1b[?1049h\x1b[2J\x1b[Htitle', ...paint]
    expect(await screenOf(await replayed(chunks, 10_000))).toEqual(await screenOf(chunks.join('')))
  })

  it('brings back the text from before once the program is left', async () => {
    const chunks = ['$ vi\r\n', '\x1b[?1049h\x1b[2Jpicture', '\x1b[?1049l', '$ ']
    expect(await screenOf(await replayed(chunks))).toEqual(await screenOf(...chunks))
  })

  it('sets the modes that were set long ago', async () => {
    const chunks = ['\x1b[?2004h\x1b[?1h\x1b[?1002;1006h\x1b=', `${'y'.repeat(30)}\r\n`.repeat(20_000)]
    const [, modes] = await screenOf(await replayed(chunks, 50_000))
    const [, expected] = await screenOf(chunks[0] ?? '')
    expect(modes).toBe(expected)
  })

  it('takes back what a program left behind', async () => {
    const history = createHistory(10_000, size, () => {})
    history.append(Buffer.from('$ \x1b[?1049h\x1b[?1000h\x1b[?25l\x1b=x'))
    history.append(history.takeBack())
    const [where, modes] = await screenOf(await history.replay())
    expect(where).toMatch(/^normal/)
    expect(JSON.parse(modes ?? '')).toMatchObject({ mouseTrackingMode: 'none', applicationKeypadMode: false })
    history.dispose()
  })

  it('makes the same screen wherever the bytes were cut', async () => {
    const parts = fc.constantFrom(
      'word ',
      '한글',
      '\r\n',
      '\x1b[?1049h\x1b[H',
      '\x1b[?1049l',
      '\x1b[?2004h',
      '\x1b[?2004l',
      '\x1b[?1;25l',
      '\x1b[?1049;1h\x1b[H',
      '\x1b[2J\x1b[H',
      '\x1b[31mred\x1b[0m',
      '\x1b=',
      '\x1b>',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(parts, { maxLength: 30 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        async (said, cuts) => {
          const whole = Buffer.from(said.join(''))
          const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
          const chunks = at.slice(1).map((end, index) => whole.subarray(at[index], end))
          expect(await screenOf(await replayed(chunks))).toEqual(await screenOf(whole))
        },
      ),
      { numRuns: 100 },
    )
  })
})
