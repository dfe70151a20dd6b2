import type { VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'

/** A machine of UTM's from a copy of the guest's disk. */
export function specOf(name: string, guestDisk: string): VmSpec {
  return {
    kind: 'vm',
    endpointId: 'utm:local',
    name,
    arch: 'x86_64',
    cpus: 1,
    memoryBytes: 32 * MiB,
    disk: { from: 'image', path: guestDisk, format: 'raw', use: 'copy' },
    isoPath: null,
    network: { mode: 'none' },
    firmware: 'bios',
    startAfter: false,
  }
}
