import type { Machine } from '../../app/domain/machine.ts'
import type { Stats } from '../../app/domain/stats.ts'
import type { SystemInfo } from '../../app/domain/system.ts'

/**
 * CPU in percent of what the machine may use: its own cores, or all of the computer's when it has no limit. Null when not
 * known. Never above 100, which a sample taken across a change of limits could give.
 */
export function cpuShare(stats: Stats | null, machine: Machine, system: SystemInfo | null): number | null {
  if (stats === null || stats.cpuPercent === null) return null
  const cores = machine.cpus ?? system?.cpus ?? 1
  return Math.min(100, Math.round(stats.cpuPercent / Math.max(1, cores)))
}

/**
 * What a machine's memory is a part of; null when not known. The program that runs a small machine takes more of this
 * computer's memory than its guest has: no figure reads "26 MB of 16 MB".
 */
export function memoryWhole(stats: Stats | null, machine: Machine): number | null {
  const whole = stats?.memoryLimitBytes ?? machine.memoryBytes
  return whole === null || (stats?.memoryBytes ?? 0) > whole ? null : whole
}
