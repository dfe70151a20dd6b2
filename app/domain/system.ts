import type { HostId } from './ids.ts'
import type { Notice } from './provider.ts'

/** The computer and the program the window belongs to. */
export interface SystemInfo {
  readonly appVersion: string
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other'
  /** The system's own name for a person: `Debian GNU/Linux 12`, `macOS 15.7`. */
  readonly osName: string
  readonly arch: string
  readonly cpus: number
  /** How busy all processors together were since this was last asked, 0 to 100; null when that is not known. */
  readonly cpuBusyPercent: number | null
  readonly memoryBytes: number
  /** Memory that a new machine could have; null where the system does not say it truly. */
  readonly freeMemoryBytes: number | null
  /** Free space where Berth keeps its machines; null when it cannot be told. */
  readonly freeBytes: number | null
  readonly hostId: HostId
  readonly hostName: string
  /** BCP 47, as the system has it. */
  readonly systemLocale: string
  /** Whether a screen reader is at work, as far as the system tells. */
  readonly hasScreenReader: boolean
  /** `electron`: native dialogs and menus are there. `web`: they are not. */
  readonly shell: 'electron' | 'web'
  /** Where Berth keeps its own machines. */
  readonly dataPath: string
  /** What a person should know about this run, e.g. settings that could not be read. Usually none. */
  readonly notices: readonly Notice[]
}

/** The licence of Berth itself or of a package in the program. */
export interface License {
  readonly name: string
  readonly version: string
  /** SPDX identifier, e.g. `MIT`. */
  readonly identifier: string
  /** The whole text, with its copyright line. */
  readonly text: string
}
