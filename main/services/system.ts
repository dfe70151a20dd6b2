import { readFile, statfs } from 'node:fs/promises'
import { arch, cpus, freemem, hostname, release, totalmem, version } from 'node:os'
import type { Notice } from '../../app/domain/provider.ts'
import type { SystemInfo } from '../../app/domain/system.ts'

/** This computer and this program, as far as a person or a form needs them. */
export async function readSystem(given: {
  readonly appVersion: string
  readonly cpuBusyPercent: number | null
  readonly shell: SystemInfo['shell']
  readonly dataPath: string
  readonly systemLocale: string
  readonly hasScreenReader: boolean
  readonly notices: readonly Notice[]
}): Promise<SystemInfo> {
  return {
    ...given,
    platform: platformOf(process.platform),
    osName: await osName(),
    arch: arch(),
    cpus: cpus().length,
    memoryBytes: totalmem(),
    // A Mac counts what it could give at once as used.
    freeMemoryBytes: process.platform === 'darwin' ? null : freemem(),
    freeBytes: await freeBytes(given.dataPath),
    hostId: 'local',
    hostName: hostname(),
  }
}

function platformOf(platform: NodeJS.Platform): SystemInfo['platform'] {
  return platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other'
}

async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch {
    return null
  }
}

/** The name the system gives itself, from where each keeps it. */
async function osName(): Promise<string> {
  if (process.platform === 'win32') return version()
  if (process.platform === 'darwin') {
    const plist = await readText('/System/Library/CoreServices/SystemVersion.plist')
    const found = /<key>ProductVersion<\/key>\s*<string>([^<]+)</.exec(plist)?.[1]
    return found === undefined ? 'macOS' : `macOS ${found}`
  }
  const found = /^PRETTY_NAME=["']?(.+?)["']?$/m.exec(await readText('/etc/os-release'))?.[1]
  return found ?? `Linux ${release()}`
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
