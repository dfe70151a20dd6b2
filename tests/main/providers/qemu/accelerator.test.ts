import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRunner } from '../../../../main/exec/run.ts'
import { judge } from '../../../../main/providers/qemu/accelerator.ts'
import { type Trial, type Trials, tryAccelerator } from '../../../../main/providers/qemu/accelerator-trial.ts'
import { bootTestOf } from '../../../../main/providers/qemu/boot-test.ts'

const hang = new URL('../../../fixtures/bin/hang.mjs', import.meta.url).href

const passed = (workMs: number, startMs = 180): Trial => ({ outcome: 'passed', startMs, workMs })
const hung: Trial = { outcome: 'stopped', startMs: null, workMs: null }
const crawling: Trial = { outcome: 'stopped', startMs: 2_000, workMs: 600 }
const aborted: Trial = { outcome: 'failed', startMs: null, workMs: null }

describe('the choice of an accelerator', () => {
  it('takes the host’s own processor where the test guest is faster with it than emulated', () => {
    expect(judge({ asHost: passed(70), asDefault: passed(70), emulated: passed(300) })).toMatchObject({
      cpu: 'host',
      reason: null,
      acceleratedMs: 70,
      emulatedMs: 300,
    })
  })

  it('takes QEMU’s processor where the host’s own aborts QEMU', () => {
    const trials = { asHost: aborted, asDefault: passed(70), emulated: passed(300) }
    expect(judge(trials)).toMatchObject({ cpu: null, reason: null, acceleratedMs: 70 })
  })

  it('takes an accelerator that needs 3.5 s to start and then works faster', () => {
    const trials = { asHost: passed(70, 3_500), asDefault: passed(70, 3_500), emulated: passed(300) }
    expect(judge(trials)).toMatchObject({ cpu: 'host', reason: null })
  })

  it('takes emulation where it works faster, and keeps both figures', () => {
    const trials = { asHost: passed(900), asDefault: passed(950), emulated: passed(300) }
    expect(judge(trials)).toEqual({ cpu: null, reason: 'slower', acceleratedMs: 900, emulatedMs: 300 })
  })

  it('takes emulation where the accelerated guest runs but was stopped before its end', () => {
    const trials = { asHost: crawling, asDefault: crawling, emulated: passed(300) }
    expect(judge(trials)).toEqual({ cpu: null, reason: 'slower', acceleratedMs: null, emulatedMs: 300 })
  })

  it('takes emulation where the accelerated guest hangs or QEMU fails', () => {
    expect(judge({ asHost: hung, asDefault: hung, emulated: passed(300) })).toMatchObject({ reason: 'hung' })
    expect(judge({ asHost: aborted, asDefault: aborted, emulated: passed(300) })).toMatchObject({ reason: 'failed' })
  })

  it('takes an accelerator that works where even emulation did not come to its end', () => {
    expect(judge({ asHost: passed(2_000), asDefault: hung, emulated: hung })).toMatchObject({
      cpu: 'host',
      reason: null,
    })
  })
})

describe('a trial of an accelerator', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'berth-trial-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** A program in QEMU's place: with each accelerator the guest starts and works for so long; null never ends. */
  async function tryStandIn(
    name: string,
    times: Record<string, [startMs: number, workMs: number | null]>,
  ): Promise<Trials> {
    const file = join(folder, name)
    const script = `#!${process.execPath}
const [startMs, workMs] = ${JSON.stringify(times)}[process.argv[process.argv.indexOf('-accel') + 1]]
setTimeout(() => {
  process.stdout.write('B')
  if (workMs !== null) setTimeout(() => process.exit(33), workMs)
  else import(${JSON.stringify(hang)})
}, startMs)
`
    await writeFile(file, script)
    await chmod(file, 0o755)
    const test = bootTestOf('x86_64')
    if (test === null) throw new Error('no boot test')
    return tryAccelerator({
      exec: createRunner({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }),
      file,
      folder,
      test,
      accelerator: 'kvm',
      emulatedCpu: null,
    })
  }

  it('waits for an accelerator that starts long after emulation has ended, and takes it for its work', async () => {
    const trials = await tryStandIn('late', { tcg: [0, 1_000], kvm: [3_000, 20] })
    expect(trials.asHost.startMs).toBeGreaterThan(trials.emulated.startMs ?? Infinity)
    expect(judge(trials)).toMatchObject({ cpu: 'host', reason: null })
  })

  it('stops an accelerator that is still at work when emulation has beaten it', async () => {
    const trials = await tryStandIn('crawling', { tcg: [0, 50], kvm: [0, null] })
    expect(trials.asDefault.outcome).toBe('stopped')
    expect(judge(trials)).toMatchObject({ cpu: null, reason: 'slower' })
  })
})
