import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LineEvents, openInProcessLine } from '../../../main/console/in-process-line.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-line-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A line whose machine is the test. */
function createLine() {
  let listener: LineEvents | null = null
  const written: string[] = []
  let taken = 0
  return {
    written,
    taken: () => taken,
    listener: () => listener,
    line: {
      connect(events: LineEvents) {
        listener = events
        return {
          write: (bytes: Uint8Array) => void written.push(Buffer.from(bytes).toString()),
          taken: (bytes: number) => {
            taken += bytes
          },
          close: () => {
            listener = null
          },
        }
      },
    },
  }
}

describe('a line inside this process', () => {
  it('shows what its log has and goes on from there, with no byte twice and none left out', async () => {
    const logPath = join(folder, 'one.log')
    await writeFile(logPath, 'before, ')
    const file = (await stat(logPath)).ino
    const { line, listener, taken, written } = createLine()
    let shown = ''
    const opening = openInProcessLine({ kind: 'line', title: 'serial', line, logPath }, null, {
      data: (bytes) => {
        shown += Buffer.from(bytes).toString()
      },
      ended: () => {
        shown += '|'
      },
    })
    // Said between the connection and the reading of the log: it may be in what is read, or not.
    await appendFile(logPath, 'meanwhile, ')
    listener()?.said(Buffer.from('meanwhile, '), { file, offset: 19 })
    const source = await opening
    listener()?.said(Buffer.from('after'), { file, offset: 24 })
    expect(shown).toBe('before, meanwhile, after')
    expect(taken()).toBe(16)
    expect(source.logPosition()).toEqual({ file, offset: 24 })
    source.write('typed 한')
    expect(written).toEqual(['typed 한'])
    listener()?.ended()
    expect(shown.endsWith('|')).toBe(true)
  })

  it('keeps what comes while it is not read, and says its end after that', async () => {
    const { line, listener, taken } = createLine()
    let shown = ''
    const target = { kind: 'line', title: 'serial', line, logPath: join(folder, 'none.log') } as const
    const source = await openInProcessLine(target, null, {
      data: (bytes) => {
        shown += Buffer.from(bytes).toString()
      },
      ended: () => {
        shown += '|'
      },
    })
    source.pause()
    listener()?.said(Buffer.from('late'), { file: 5, offset: 4 })
    listener()?.ended()
    expect([shown, taken()]).toEqual(['', 0])
    source.resume()
    expect([shown, taken()]).toEqual(['late|', 4])
  })
})
