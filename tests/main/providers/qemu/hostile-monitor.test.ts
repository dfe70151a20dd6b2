import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { errorOf } from '../../../../app/domain/errors.ts'
import { speakQmp } from '../../../../main/providers/qemu/qmp.ts'
import { cpuMs } from '../../../support/cpu-time.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** A monitor in the test's hand. */
function monitor(): { readonly stream: PassThrough; readonly qmp: ReturnType<typeof speakQmp> } {
  const stream = new PassThrough()
  stream.write = ((data: string) => {
    // What Berth sends is not echoed.
    void data
    return true
  }) as typeof stream.write
  return { stream, qmp: speakQmp(stream) }
}

describe('a monitor that does not speak as QEMU does', () => {
  it('is given up when it sends 70 MB without a line end, in time that grows with the length alone', async () => {
    const { stream, qmp } = monitor()
    const piece = Buffer.alloc(64 * 1024, 'x')
    const startedMs = cpuMs()
    for (let bytes = 0; bytes < 70 * 1024 * 1024; bytes += piece.length) stream.push(piece)
    const error = errorOf(await qmp.ready.catch((thrown: unknown) => thrown))
    expect(error.code).toBe('output-unreadable')
    expect(cpuMs() - startedMs).toBeLessThan(10_000)
    await qmp.closed
  })

  it('is given up when a line that it began does not end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { stream, qmp } = monitor()
    const failed = qmp.ready.catch((thrown: unknown) => thrown)
    for (let seconds = 0; seconds < 31; seconds += 1) {
      stream.push('{')
      await new Promise((resolve) => setImmediate(resolve))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(errorOf(await failed).code).toBe('timeout')
    await qmp.closed
  })

  it('is understood when what it sends comes byte by byte', async () => {
    const { stream, qmp } = monitor()
    const greeting =
      '{"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}}}}\r\n{"return": {}, "id": 1}\r\n'
    for (const character of greeting) stream.push(character)
    expect(await qmp.ready).toBe('7.2.0')
    qmp.close()
  })
})
