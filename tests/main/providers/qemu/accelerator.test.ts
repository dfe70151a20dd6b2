import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../../../main/exec/command.ts'
import { judge } from '../../../../main/providers/qemu/accelerator.ts'
import { bootTestOf } from '../../../../main/providers/qemu/boot-test.ts'

const test = bootTestOf('x86_64')
if (test === null) throw new Error('no boot test')

/** A boot that came to its end after so long. */
const booted = (durationMs: number): RunResult => ended({ reason: 'exit', exitCode: 33, durationMs })
const hung = ended({ reason: 'timeout', exitCode: null, durationMs: 2_400 })
const aborted = ended({ reason: 'signal', exitCode: null, durationMs: 90 })

function ended(how: Pick<RunResult, 'reason' | 'exitCode' | 'durationMs'>): RunResult {
  const command = { file: 'qemu-system-x86_64', args: [], timeoutMs: 2_400 }
  return { command, stdout: '', stderr: '', signal: null, isCut: false, ...how } as unknown as RunResult
}

describe('an accelerator', () => {
  it('is used with the host’s own processor where a small machine boots with it', () => {
    expect(judge(test, booted(180), booted(180), booted(220))).toEqual({ cpu: 'host', reason: null })
  })

  it('is used with the processor QEMU takes where the host’s own aborts it', () => {
    expect(judge(test, aborted, booted(180), booted(220))).toEqual({ cpu: null, reason: null })
  })

  it('is not used where the small machine hangs or fails', () => {
    expect(judge(test, hung, hung, booted(220))).toEqual({ cpu: null, reason: 'hung' })
    expect(judge(test, aborted, aborted, booted(220))).toEqual({ cpu: null, reason: 'failed' })
  })

  it('is not used where the small machine boots, but slower than without: it is emulated itself', () => {
    expect(judge(test, booted(1_450), booted(1_400), booted(250))).toEqual({ cpu: null, reason: 'slower' })
  })

  it('is used on a busy computer, where everything is slow', () => {
    expect(judge(test, booted(1_900), booted(2_000), booted(1_500))).toEqual({ cpu: 'host', reason: null })
  })

  it('is judged by itself where even emulation did not come to its end', () => {
    expect(judge(test, booted(2_000), hung, hung)).toEqual({ cpu: 'host', reason: null })
  })
})
