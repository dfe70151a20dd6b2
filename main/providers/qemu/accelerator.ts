import { constants } from 'node:fs'
import { access, mkdir, readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Text } from '../../../app/messages/text.ts'
import type { RunResult } from '../../exec/command.ts'
import { hostArchitecture } from '../common/architectures.ts'
import { look, readJson, writeJson } from '../common/files.ts'
import type { Host, Op } from '../provider.ts'
import { architectureOf, runsNatively } from './architectures.ts'
import { type BootTest, bootTestArguments, bootTestOf, writeBootTest } from './boot-test.ts'

/** What a machine's processor is made of. */
export const acceleratorSchema = z.object({ name: z.string(), cpu: z.string().nullable() })
export type AcceleratorChoice = z.infer<typeof acceleratorSchema>

export interface Verdict {
  readonly choice: AcceleratorChoice
  /** Why a machine of this architecture is only emulated; null when it is not. */
  readonly slow: Text | null
}

export interface Accelerators {
  /** Settles at once but for the first time after the computer started, and then within `boundMs`. */
  verdict(arch: string, file: string): Promise<Verdict>
  /** What is known by now, for showing; null while the test runs or nobody asked. */
  known(arch: string): Verdict | null
  /** A machine broke under it though the test had passed: until the computer is started again its like is emulated. */
  distrust(arch: string, file: string): Promise<void>
}

/** A guest that works answers in a fraction of this even on a busy computer. */
const boundMs = 2_500
const graceMs = 100
/** Slower than this against emulation it is none that helps: one that is itself emulated passes, and breaks bigger systems. */
const worthFactor = 2
const worthMarginMs = 200

const reasons = ['noDevice', 'noPermission', 'failed', 'hung', 'slower', 'broke'] as const
type Reason = (typeof reasons)[number]

const fileSchema = z.record(z.string(), z.object({ cpu: z.string().nullable(), reason: z.enum(reasons).nullable() }))
type Result = z.infer<typeof fileSchema>[string]

const byPlatform: Partial<Record<NodeJS.Platform, string>> = { linux: 'kvm', darwin: 'hvf', win32: 'whpx' }

/** `changed` is called when a test has ended, so that what was shown without its verdict is shown again. */
export function createAccelerators(host: Host, changed: () => void): Accelerators {
  const own = hostArchitecture(process.arch)
  const running = new Map<string, Promise<Verdict>>()
  const ended = new Map<string, Verdict>()
  const path = join(host.cacheDir, 'accelerators.json')

  /** A verdict stands for one QEMU, until it or the computer changes. */
  const keyOf = async (name: string, arch: string, file: string): Promise<{ boot: string; key: string }> => {
    const [about, boot] = await Promise.all([look(file), bootIdOf(host)])
    return { boot, key: [boot, name, arch, file, about?.mtimeMs, about?.size].join('|') }
  }

  const find = async (arch: string, file: string): Promise<Verdict> => {
    const name = byPlatform[host.platform]
    const test = bootTestOf(arch)
    if (name === undefined || test === null || !runsNatively(arch, own)) return emulated(arch, own, 'foreign')
    const { boot, key } = await keyOf(name, arch, file)
    const remembered = await readJson(path, fileSchema).catch(() => null)
    const result = remembered?.[key] ?? (await tryOut(host, name, arch, file, test))
    if (remembered?.[key] === undefined) await remember(path, boot, key, result).catch(() => {})
    return result.reason === null
      ? { choice: { name, cpu: result.cpu }, slow: null }
      : emulated(arch, own, result.reason, name)
  }

  return {
    verdict(arch, file) {
      const key = `${arch}|${file}`
      let verdict = running.get(key)
      if (verdict === undefined) {
        verdict = find(arch, file).then((found) => {
          ended.set(arch, found)
          changed()
          return found
        })
        running.set(key, verdict)
        // A test that could not be made at all is made again when asked again.
        verdict.catch(() => running.delete(key))
      }
      return verdict
    },
    known: (arch) => ended.get(arch) ?? null,
    async distrust(arch, file) {
      const name = byPlatform[host.platform]
      if (name === undefined) return
      const verdict = emulated(arch, own, 'broke', name)
      running.set(`${arch}|${file}`, Promise.resolve(verdict))
      ended.set(arch, verdict)
      host.log.warn('qemu.accelerator.broke', { arch, name })
      const { boot, key } = await keyOf(name, arch, file)
      await remember(path, boot, key, { cpu: null, reason: 'broke' }).catch(() => {})
      changed()
    },
  }
}

function emulated(arch: string, own: string, reason: Reason | 'foreign', name = ''): Verdict {
  const params = { name: name.toUpperCase(), arch, own }
  return {
    choice: { name: 'tcg', cpu: architectureOf(arch).emulatedCpu },
    slow: { key: `qemu.slow.${reason}`, params },
  }
}

/**
 * With the host's own processor if that works, else with the one QEMU takes by itself. Both are tried at the same time, beside
 * emulation as the yardstick: whatever else the computer is busy with slows all three.
 */
async function tryOut(host: Host, name: string, arch: string, file: string, test: BootTest): Promise<Result> {
  const obstacle = host.platform === 'linux' ? await kvmObstacle() : null
  if (obstacle !== null) return { cpu: null, reason: obstacle }
  await mkdir(host.cacheDir, { recursive: true })
  await writeBootTest(test, host.cacheDir)
  const op: Pick<Op, 'signal' | 'record'> = { signal: new AbortController().signal, record: () => {} }
  const boot = (accelerator: string, cpu: string | null): Promise<RunResult> =>
    host.exec.run(
      {
        file,
        args: bootTestArguments(test, accelerator, cpu),
        cwd: host.cacheDir,
        timeoutMs: boundMs - graceMs,
        graceMs,
        // One that hangs would hang for ever.
        endsWithUs: true,
      },
      op,
    )
  const [asHost, asDefault, byEmulation] = await Promise.all([
    boot(name, 'host'),
    boot(name, null),
    boot('tcg', architectureOf(arch).emulatedCpu),
  ])
  const times = { hostMs: asHost.durationMs, defaultMs: asDefault.durationMs, emulatedMs: byEmulation.durationMs }
  host.log.info('qemu.bootTest', { file, name, host: asHost.reason, default: asDefault.reason, ...times })
  return judge(test, asHost, asDefault, byEmulation)
}

/** What the three boots say: the processor to use, or why the accelerator is not. */
export function judge(test: BootTest, asHost: RunResult, asDefault: RunResult, byEmulation: RunResult): Result {
  const mostMs = test.passed(byEmulation) ? worthFactor * byEmulation.durationMs + worthMarginMs : boundMs
  if (test.passed(asHost) && asHost.durationMs <= mostMs) return { cpu: 'host', reason: null }
  if (test.passed(asDefault) && asDefault.durationMs <= mostMs) return { cpu: null, reason: null }
  if (test.passed(asHost) || test.passed(asDefault)) return { cpu: null, reason: 'slower' }
  return { cpu: null, reason: asDefault.reason === 'timeout' ? 'hung' : 'failed' }
}

async function kvmObstacle(): Promise<Reason | null> {
  if ((await look('/dev/kvm')) === null) return 'noDevice'
  const isAllowed = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
  return isAllowed ? null : 'noPermission'
}

async function remember(path: string, boot: string, key: string, result: Result): Promise<void> {
  const before = (await readJson(path, fileSchema).catch(() => null)) ?? {}
  // What was found before the computer was started again is found again.
  const still = Object.entries(before).filter(([other]) => other.startsWith(`${boot}|`))
  await writeJson(path, { ...Object.fromEntries(still), [key]: result })
}

/** Something that is different after every start of the computer. */
async function bootIdOf(host: Host): Promise<string> {
  if (host.platform === 'linux') return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  // To ten minutes, because the clock is set and drifts.
  return String(Math.round((host.now().getTime() / 1000 - uptime()) / 600))
}
