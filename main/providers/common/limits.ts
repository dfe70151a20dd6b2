import { availableParallelism, totalmem } from 'node:os'
import type { Limit } from '../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../app/domain/units.ts'

/** Of a qcow2. */
const qcow2Bytes = 65_536 * GiB

/** `most`: as many as the tool gives a machine. */
export function cpuLimit(most: number): Limit {
  const cores = availableParallelism()
  return { min: 1, max: most, sensible: cores, default: Math.min(2, cores) }
}

/** Half of this computer's memory is sensible for one machine. `least` and `most`: what the tool gives one, bytes. */
export function memoryLimit(least = 16 * MiB, most = Number.POSITIVE_INFINITY): Limit {
  const total = totalmem()
  const half = Math.max(512 * MiB, Math.floor(total / 2 / (256 * MiB)) * 256 * MiB)
  return {
    min: least,
    max: Math.min(most, Math.floor(total / MiB) * MiB),
    sensible: half,
    default: Math.min(2 * GiB, half),
  }
}

/** Of a disk that grows as it is written to. `free`: bytes, null when not known; `most`: the largest of its format, bytes. */
export function diskLimit(free: number | null, most = qcow2Bytes): Limit {
  // More than is free is allowed, and not sensible.
  const sensible = Math.max(GiB, Math.floor((free ?? 64 * GiB) / GiB) * GiB)
  return { min: MiB, max: most, sensible, default: Math.min(32 * GiB, sensible) }
}
