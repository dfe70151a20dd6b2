import { failure } from '../../../app/domain/errors.ts'
import type { VmCreateOptions, VmSpec } from '../../../app/domain/spec.ts'

/** The machine that is tried: the first that needs nothing from the person, as its provider proposes it. */
export function trySpec(options: VmCreateOptions, name: string): VmSpec {
  const guest = options.guests?.find((one) => one.withheld === null && one.sources.includes('guest'))
  const [architecture] = options.architectures
  if (guest === undefined || architecture === undefined) throw failure('unsupported', { key: 'first.tryNone' })
  return {
    kind: 'vm',
    endpointId: options.endpointId,
    name,
    arch: architecture.arch,
    cpus: options.cpus.default,
    memoryBytes: (guest.memoryBytes ?? options.memoryBytes).default,
    disk: { from: 'guest' },
    isoPath: null,
    network: { mode: 'none' },
    firmware: 'bios',
    guest: guest.id,
    startAfter: true,
  }
}
