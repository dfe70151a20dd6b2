import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { build } from 'plist'
import type { Host, Provider } from '../../../main/providers/provider.ts'
import { createUtmProvider } from '../../../main/providers/utm/provider.ts'
import { temporaryHost } from '../../conformance/ground.ts'
import { writeGuestDisk } from '../qemu-guest.ts'
import { openSwitchboard } from './switchboard.mjs'

/** Why the stand-in cannot run its machines here; null when it can. */
export const missingQemu: string | null = ['qemu-system-x86_64', 'qemu-img'].every((name) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name))),
)
  ? null
  : 'no QEMU'

/** What macOS, UTM or its guests do otherwise than usual. */
export interface Faults {
  /** Every event fails with this number: -1743 not allowed, -600 not running, -1712 not answered. */
  readonly number?: number
  /** Nothing ever answers. */
  readonly hang?: boolean
  /** `utmctl list` prints so many bytes of rubbish. */
  readonly rubbish?: number
  /** The Mac's screen is locked. */
  readonly locked?: boolean
  /** macOS speaks Korean. */
  readonly korean?: boolean
  /** `utmctl` has its own snapshots. */
  readonly snapshots?: boolean
  readonly slowMs?: number
  readonly transitionMs?: number
  /** Saving a machine's memory is refused, or said to be done and is not. */
  readonly noSaving?: boolean
  readonly forgetsSaving?: boolean
  readonly ignoresForce?: boolean
  readonly agents?: Readonly<
    Record<
      string,
      {
        readonly addresses: readonly string[]
        readonly files?: Readonly<Record<string, string>>
        /** A folder here that is the guest's root. */
        readonly root?: string
      }
    >
  >
}

/** A Mac with UTM, as far as the provider sees one, in folders of its own. */
export interface UtmGround {
  provider: Provider
  readonly host: Host
  readonly folder: string
  readonly documents: string
  readonly preferences: string
  /** The guest's disk, raw: machines are made from copies of it. */
  readonly guestDisk: string
  readonly setFaults: (faults: Faults) => Promise<void>
  /** Another Berth on the same Mac, as after a crash: nothing of the old one is told. */
  readonly again: (env?: NodeJS.ProcessEnv) => Provider
  /** Tells UTM something as somebody else would, by the stand-in's `utmctl`. */
  readonly outside: (...args: readonly string[]) => Promise<string>
  readonly appRuns: () => boolean
  /** Ends UTM's app, and with it every machine that it runs. */
  readonly quitApp: () => Promise<void>
  readonly processesLeft: () => readonly string[]
  readonly leave: () => Promise<readonly string[]>
}

export async function utmGround(faults: Faults = {}): Promise<UtmGround> {
  const { host: plain, folder, remove } = await temporaryHost()
  const bin = join(folder, 'UTM.app/Contents/MacOS')
  const data = join(folder, 'home/Library/Containers/com.utmapp.UTM/Data')
  await mkdir(join(folder, 'UTM.app/Contents/Frameworks/qemu-x86_64-softmmu.framework'), { recursive: true })
  await mkdir(join(data, 'Documents'), { recursive: true })
  await mkdir(bin, { recursive: true })
  await writeFile(join(folder, 'UTM.app/Contents/Info.plist'), build({ CFBundleShortVersionString: '5.0.3' }))
  const switchboard = await openSwitchboard(folder, bin)
  const setFaults = (next: Faults): Promise<void> => writeFile(join(folder, 'faults.json'), JSON.stringify(next))
  await setFaults(faults)
  const tools = ['utmctl', 'osascript', 'pgrep', 'ioreg']
  const host: Host = {
    ...plain,
    platform: 'darwin',
    findTool: async (name) => (tools.includes(name) ? join(bin, name) : plain.findTool(name)),
  }
  const place = (env: NodeJS.ProcessEnv = {}) => ({ home: join(folder, 'home'), env })
  const pidFile = join(folder, 'utm.pid')
  const appRuns = (): boolean => {
    try {
      return process.kill(Number(readFileSync(pidFile, 'utf8')), 0)
    } catch {
      return false
    }
  }
  const processesLeft = (): readonly string[] =>
    readdirSync('/proc').flatMap((pid) => {
      const line = /^\d+$/.test(pid) ? readCommandLine(pid) : ''
      return line.includes(folder) ? [`${pid} ${line}`] : []
    })

  const ground: UtmGround = {
    provider: createUtmProvider(host, place()),
    host,
    folder,
    documents: join(data, 'Documents'),
    preferences: join(data, 'Library/Preferences/com.utmapp.UTM.plist'),
    guestDisk: await writeGuestDisk(folder),
    setFaults,
    again: (env) => {
      ground.provider = createUtmProvider(host, place(env))
      return ground.provider
    },
    outside: async (...args) => (await switchboard.run('utmctl', args)).stdout.toString('utf8'),
    appRuns,
    async quitApp() {
      if (!appRuns()) return
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM')
      while (appRuns()) await delay(20)
    },
    processesLeft,
    async leave() {
      await ground.provider.dispose()
      await switchboard.close()
      await ground.quitApp()
      // A process that was killed takes a moment to be gone.
      for (let looks = 0; looks < 100 && processesLeft().length > 0; looks += 1) await delay(50)
      const left = processesLeft()
      await remove()
      await rm(folder, { recursive: true, force: true })
      return left
    },
  }
  return ground
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
