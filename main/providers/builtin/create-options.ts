import { freemem, totalmem } from 'node:os'
import type { Limit, VmCreateOptions } from '../../../app/domain/spec.ts'
import { GB, GiB, MiB } from '../../../app/domain/units.ts'
import { freeBytes } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import type { System } from './definitions.ts'
import { architecture, endpointId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'

/** More than v86's 32 bits of addresses leave room for, beside its own tables. */
const maxMemoryBytes = GiB
const minMemoryBytes = 4 * MiB

/** What a new machine may be: the Linux that comes with Berth, or whatever a BIOS boots. Berth's own guest is for tests. */
export async function createOptions(context: ProviderContext, op: Op): Promise<VmCreateOptions> {
  // Who asks is about to make one, and most make the Linux.
  context.spareThread.prepare()
  const free = await freeBytes(context.layout.machines)
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
    folder: context.layout.machines,
    freeBytes: free,
    guests: [
      {
        id: 'linux' satisfies System,
        label: { key: 'builtin.guest.linux' },
        about: { key: 'builtin.guest.linux.about' },
        withheld: null,
        sources: ['guest'],
        disc: false,
        sharedFolder: true,
        memoryBytes: linuxMemoryLimit(),
        ownNetwork: true,
      },
      {
        id: 'pc' satisfies System,
        label: { key: 'builtin.guest.pc' },
        about: { key: 'builtin.guest.pc.about' },
        withheld: null,
        bios: 'optional',
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
  const room = Math.max(minMemoryBytes, Math.floor(Math.min(totalmem() / 4, freemem()) / MiB) * MiB)
  return {
    min: minMemoryBytes,
    max: maxMemoryBytes,
    sensible: Math.min(maxMemoryBytes, room),
    default: Math.min(16 * MiB, room),
  }
}

/** It starts in 16 MiB with a few to spare, and its kernel needs no more than these for what fits on its disk. */
export function linuxMemoryLimit(): Limit {
  return { min: 16 * MiB, max: 128 * MiB, sensible: 128 * MiB, default: 32 * MiB }
}

export function diskLimit(free: number | null): Limit {
  // A disk takes as much as is written to it, and a copy of what is written with every snapshot.
  const sensible = Math.max(MiB, Math.floor((free ?? 8 * GiB) / 4 / MiB) * MiB)
  return { min: MiB, max: 128 * GiB, sensible, default: MiB }
}
