import { freemem, totalmem } from 'node:os'
import type { Limit, VmCreateOptions } from '../../../app/domain/spec.ts'
import { GB, GiB, MiB } from '../../../app/domain/units.ts'
import { freeBytes } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { findBios } from './bios.ts'
import type { System } from './definitions.ts'
import { architecture, endpointId } from './machine.ts'
import type { World } from './world.ts'

/** More than v86's 32 bits of addresses leave room for, beside its own tables. */
const mostMemoryBytes = GiB
const leastMemoryBytes = 4 * MiB

/** What a new machine may be: Berth's own guest, or with a BIOS whatever that boots. */
export async function createOptions(world: World, op: Op): Promise<VmCreateOptions> {
  const [free, bios] = await Promise.all([freeBytes(world.layout.machines), findBios(world.host)])
  throwIfCancelled(op)
  return {
    kind: 'vm',
    endpointId,
    architectures: [
      {
        arch: architecture,
        accelerator: 'tcg',
        slow: { key: 'builtin.arch.slow' },
        noUefi: { key: 'builtin.arch.noUefi' },
      },
    ],
    cpus: { min: 1, max: 1, sensible: 1, default: 1 },
    memoryBytes: memoryLimit(),
    diskBytes: diskLimit(free),
    folder: world.layout.machines,
    freeBytes: free,
    guests: [
      {
        id: 'monitor' satisfies System,
        label: { key: 'builtin.guest.monitor' },
        about: { key: 'builtin.guest.monitor.about' },
        withheld: null,
        sources: ['blank', 'none'],
        disc: false,
      },
      {
        id: 'pc' satisfies System,
        label: { key: 'builtin.guest.pc' },
        about: { key: 'builtin.guest.pc.about' },
        withheld: null,
        bios: bios === null ? 'needed' : 'optional',
        sources: ['blank', 'image', 'none'],
        disc: true,
        memoryBytes: { ...memoryLimit(), default: Math.min(128 * MiB, memoryLimit().sensible) },
        diskBytes: { ...diskLimit(free), default: Math.min(2 * GB, diskLimit(free).sensible) },
      },
    ],
    networks: ['none'],
    diskFormats: ['raw'],
    diskUses: ['copy'],
  }
}

export function memoryLimit(): Limit {
  const room = Math.max(leastMemoryBytes, Math.floor(Math.min(totalmem() / 4, freemem()) / MiB) * MiB)
  return {
    min: leastMemoryBytes,
    max: mostMemoryBytes,
    sensible: Math.min(mostMemoryBytes, room),
    default: Math.min(16 * MiB, room),
  }
}

export function diskLimit(free: number | null): Limit {
  // A disk takes as much as is written to it, and a copy of what is written with every snapshot.
  const sensible = Math.max(MiB, Math.floor((free ?? 8 * GiB) / 4 / MiB) * MiB)
  return { min: MiB, max: 128 * GiB, sensible, default: MiB }
}
