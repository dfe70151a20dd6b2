import { constants } from 'node:fs'
import { access, mkdir, readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Text } from '../../../app/messages/text.ts'
import { hostArchitecture } from '../common/architectures.ts'
import { look, readJson, writeJson } from '../common/files.ts'
import type { Host } from '../provider.ts'
import { type Trial, type Trials, tryAccelerator } from './accelerator-trial.ts'
import { architectureOf, runsNatively } from './architectures.ts'
import { type BootTest, bootTestOf, writeBootTest } from './boot-test.ts'

/** What a machine's processor is made of. */
export const acceleratorSchema = z.object({ name: z.string(), cpu: z.string().nullable() })
export type AcceleratorChoice = z.infer<typeof acceleratorSchema>

export interface Verdict {
  readonly choice: AcceleratorChoice
  /** Why a machine of this architecture is only emulated; null when it is not. */
  readonly slow: Text | null
  /** What both took in the test, which is why one was chosen; null where nothing was measured. */
  readonly measured: Text | null
}

export interface Accelerators {
  /** Settles at once but for the first time after the computer started, and then when the faster one is known. */
  verdict(arch: string, file: string): Promise<Verdict>
  /** What is known by now, for showing; null while the test runs or nobody asked. */
  known(arch: string): Verdict | null
  /** A machine broke under it though the test had passed: until the computer is started again its like is emulated. */
  distrust(arch: string, file: string): Promise<void>
}

const reasons = ['noDevice', 'noPermission', 'failed', 'hung', 'slower', 'broke'] as const
type Reason = (typeof reasons)[number]

const resultSchema = z.object({
  cpu: z.string().nullable(),
  reason: z.enum(reasons).nullable(),
  /** How long the test guest worked with the accelerator; null where it did not come to its end. */
  acceleratedMs: z.number().nullable(),
  /** How long it worked emulated; null where that was not measured. */
  emulatedMs: z.number().nullable(),
})
const fileSchema = z.record(z.string(), resultSchema)
export type Result = z.infer<typeof resultSchema>
const notMeasured = { cpu: null, acceleratedMs: null, emulatedMs: null } as const

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
    const measured = measuredText(name, result)
    return result.reason === null
      ? { choice: { name, cpu: result.cpu }, slow: null, measured }
      : { ...emulated(arch, own, result.reason, name), measured }
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
      await remember(path, boot, key, { ...notMeasured, reason: 'broke' }).catch(() => {})
      changed()
    },
  }
}

function emulated(arch: string, own: string, reason: Reason | 'foreign', name = ''): Verdict {
  const params = { name: name.toUpperCase(), arch, own }
  return {
    choice: { name: 'tcg', cpu: architectureOf(arch).emulatedCpu },
    slow: { key: `qemu.slow.${reason}`, params },
    measured: null,
  }
}

function measuredText(name: string, { acceleratedMs, emulatedMs }: Result): Text | null {
  if (emulatedMs === null) return null
  const seconds = (ms: number): number => Math.round(ms / 10) / 100
  const params = { name: name.toUpperCase(), emulated: seconds(emulatedMs) }
  return acceleratedMs === null
    ? { key: 'qemu.fact.speedTest.unfinished', params }
    : { key: 'qemu.fact.speedTest.both', params: { ...params, accelerated: seconds(acceleratedMs) } }
}

/** Whether the accelerator works and is the faster one, with the host's own processor if that works. */
async function tryOut(host: Host, name: string, arch: string, file: string, test: BootTest): Promise<Result> {
  const obstacle = host.platform === 'linux' ? await kvmObstacle() : null
  if (obstacle !== null) return { ...notMeasured, reason: obstacle }
  await mkdir(host.cacheDir, { recursive: true })
  await writeBootTest(test, host.cacheDir)
  const { exec, cacheDir: folder } = host
  const emulatedCpu = architectureOf(arch).emulatedCpu
  const trials = await tryAccelerator({ exec, file, folder, test, accelerator: name, emulatedCpu })
  const result = judge(trials)
  host.log.info('qemu.bootTest', { file, name, ...trials, ...result })
  return result
}

/** What the three boots prove: the processor to use, or why the accelerator is not used. The faster one wins, however slow both are. */
export function judge({ asHost, asDefault, emulated }: Trials): Result {
  const emulatedMs = emulated.outcome === 'passed' ? emulated.workMs : null
  const wins = ({ outcome, workMs }: Trial): boolean => outcome === 'passed' && (workMs ?? 0) < (emulatedMs ?? Infinity)
  if (wins(asHost)) return { cpu: 'host', reason: null, acceleratedMs: asHost.workMs, emulatedMs }
  if (wins(asDefault)) return { cpu: null, reason: null, acceleratedMs: asDefault.workMs, emulatedMs }
  const both = [asHost, asDefault]
  const passed = both.find(({ outcome }) => outcome === 'passed')
  const acceleratedMs = passed?.workMs ?? null
  // The guest ran, and was still counting when emulation had long finished.
  const isSlower =
    passed !== undefined ||
    (emulatedMs !== null && both.some(({ workMs, outcome }) => workMs !== null && outcome === 'stopped'))
  if (isSlower) return { cpu: null, reason: 'slower', acceleratedMs, emulatedMs }
  return {
    cpu: null,
    reason: both.some(({ outcome }) => outcome === 'stopped') ? 'hung' : 'failed',
    acceleratedMs,
    emulatedMs,
  }
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
