import { failure } from '../../../app/domain/errors.ts'
import type { VmCreateOptions, VmSpec } from '../../../app/domain/spec.ts'

/** The machine that is tried: what its provider proposes, with a disk of its own to keep things on. */
export function trySpec(options: VmCreateOptions, name: string): VmSpec {
  const guest = options.guests?.find((one) => one.withheld === null && one.sources.includes('blank'))
  const [architecture] = options.architectures
  if (guest === undefined || architecture === undefined) throw failure('unsupported', { key: 'first.tryNone' })
  return {
    kind: 'vm',
    endpointId: options.endpointId,
    name,
    arch: architecture.arch,
    cpus: options.cpus.default,
    memoryBytes: options.memoryBytes.default,
    disk: { from: 'blank', sizeBytes: options.diskBytes.default },
    isoPath: null,
    network: { mode: 'none' },
    firmware: 'bios',
    guest: guest.id,
    startAfter: true,
  }
}
