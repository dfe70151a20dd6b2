import type { Limit } from '../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../app/domain/units.ts'
import { cpuLimit, diskLimit, memoryLimit } from '../common/limits.ts'

/** `SchemaDefs.h`: VBoxManage gives a machine 1 to 64 processors and 4 MB to 2 TB. */
const maxCpus = 64
const minMemoryBytes = 4 * MiB
const maxMemoryBytes = 2 * 1024 * GiB
/** Of a VDI. */
const maxDiskBytes = 2 * 1024 * GiB

/** What VirtualBox gives a machine on this computer. `free`: bytes where its disks lie; null when not known. */
export function limitsOf(free: number | null): {
  readonly cpus: Limit
  readonly memoryBytes: Limit
  readonly diskBytes: Limit
} {
  return {
    cpus: cpuLimit(maxCpus),
    memoryBytes: memoryLimit(minMemoryBytes, maxMemoryBytes),
    diskBytes: diskLimit(free, maxDiskBytes),
  }
}
