import { setTimeout as delay } from 'node:timers/promises'
import type { Runner } from '../../exec/command.ts'
import type { Op } from '../provider.ts'
import { type BootTest, bootTestArguments, startedMark } from './boot-test.ts'

/** How one boot of the test guest went. */
export interface Trial {
  /** `passed`: the guest ran to its end. `failed`: QEMU exited before. `stopped`: ended from outside, still running. */
  readonly outcome: 'passed' | 'failed' | 'stopped'
  /** From the start of QEMU to the guest's first instructions; null when they never ran. */
  readonly startMs: number | null
  /** From there to the end of the guest's countdown, or to where it was stopped; null when it never began. */
  readonly workMs: number | null
}

/** The test guest with the accelerator and the host's processor, with the accelerator and QEMU's processor, and emulated. */
export interface Trials {
  readonly asHost: Trial
  readonly asDefault: Trial
  readonly emulated: Trial
}

export interface TrialSetup {
  readonly exec: Runner
  /** QEMU of the architecture. */
  readonly file: string
  /** Where the test guest's image lies. */
  readonly folder: string
  readonly test: BootTest
  readonly accelerator: string
  readonly emulatedCpu: string | null
}

/** Emulation always ends: longer than this only on a computer that does next to nothing else. */
const maxEmulatedMs = 30_000
/** An accelerator may be slow to start under a busy or nested host: it is measured by its work. */
const minStartMs = 6_000
const startFactor = 20
/** Once emulation is through its work, an accelerator that needs this much longer for the same has lost. */
const workMarginMs = 250
const graceMs = 100

/**
 * All three run at the same time, so that whatever else the computer is busy with slows all of them. Emulation is the yardstick:
 * an accelerator is stopped once it can no longer be the faster one.
 */
export async function tryAccelerator(setup: TrialSetup): Promise<Trials> {
  const emulated = boot(setup, 'tcg', setup.emulatedCpu, maxEmulatedMs)
  const yardstick = emulated.ended
  const accelerated = (cpu: string | null): Promise<Trial> => {
    const trial = boot(setup, setup.accelerator, cpu, maxEmulatedMs)
    void stopWhenBeaten(trial, yardstick)
    return trial.ended
  }
  const [asHost, asDefault, byEmulation] = await Promise.all([accelerated('host'), accelerated(null), yardstick])
  return { asHost, asDefault, emulated: byEmulation }
}

interface RunningTrial {
  readonly startedAtMs: number
  /** Settles with the moment of the guest's first instructions; with null when the trial ended before. */
  readonly guestRan: Promise<number | null>
  readonly ended: Promise<Trial>
  stop(): void
}

async function stopWhenBeaten(trial: RunningTrial, yardstick: Promise<Trial>): Promise<void> {
  const emulated = await yardstick
  if (emulated.outcome !== 'passed') return
  const startLimitMs =
    trial.startedAtMs + Math.max(minStartMs, startFactor * (emulated.startMs ?? 0)) - performance.now()
  const ranAtMs = await first(trial.guestRan, startLimitMs)
  if (ranAtMs === null) return trial.stop()
  const workLimitMs = ranAtMs + (emulated.workMs ?? 0) + workMarginMs - performance.now()
  await first(trial.ended, workLimitMs)
  trial.stop()
}

/** What settles first: the promise, or the time with null. */
async function first<T>(promise: Promise<T>, limitMs: number): Promise<T | null> {
  const settled = new AbortController()
  const limit = delay(Math.max(limitMs, 0), null, { signal: settled.signal }).catch(() => null)
  const result = await Promise.race([promise, limit])
  settled.abort()
  return result
}

function boot(setup: TrialSetup, accelerator: string, cpu: string | null, timeoutMs: number): RunningTrial {
  const { exec, file, folder, test } = setup
  const stopping = new AbortController()
  const op: Pick<Op, 'signal' | 'record'> = { signal: stopping.signal, record: () => {} }
  const startedAtMs = performance.now()
  let ranAtMs: number | null = null
  let resolveRan: (atMs: number | null) => void = () => {}
  const guestRan = new Promise<number | null>((resolve) => {
    resolveRan = resolve
  })
  const ended = exec
    .run(
      {
        file,
        args: bootTestArguments(test, accelerator, cpu),
        cwd: folder,
        timeoutMs,
        graceMs,
        // One that hangs would hang for ever.
        endsWithUs: true,
        onText(text) {
          if (ranAtMs !== null || !text.includes(startedMark)) return
          ranAtMs = performance.now()
          resolveRan(ranAtMs)
        },
      },
      op,
    )
    .then(({ reason, exitCode }): Trial => {
      const endedAtMs = performance.now()
      resolveRan(null)
      const isStopped = reason === 'cancelled' || reason === 'timeout'
      const isThrough = ranAtMs !== null && exitCode === test.exitCode
      return {
        outcome: isThrough ? 'passed' : isStopped ? 'stopped' : 'failed',
        startMs: ranAtMs === null ? null : ranAtMs - startedAtMs,
        workMs: ranAtMs === null ? null : endedAtMs - ranAtMs,
      }
    })
  return { startedAtMs, guestRan, ended, stop: () => stopping.abort() }
}
