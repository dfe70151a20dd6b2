import { availableParallelism, totalmem } from 'node:os'
import type { ArchitectureOption, Limit, VmCreateOptions } from '../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../app/domain/units.ts'
import { freeBytes } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { architectureOf, hostArchitecture } from './architectures.ts'
import { findFirmware } from './firmware.ts'
import { endpointId } from './machine.ts'
import type { System } from './tools.ts'
import type { World } from './world.ts'

const maxCpus = 255
const maxDiskBytes = 65_536 * GiB

/** What a new machine may be on this computer, with defaults that leave room for everything else. */
export async function createOptions(world: World, op: Op): Promise<VmCreateOptions> {
  const own = hostArchitecture(process.arch)
  const systems = [...(await world.tools.systems())].sort((a, b) => Number(b.arch === own) - Number(a.arch === own))
  const architectures = await Promise.all(systems.map((system) => architectureOption(world, system, op)))
  throwIfCancelled(op)
  const free = await freeBytes(world.layout.machines)
  return {
    kind: 'vm',
    endpointId,
    architectures,
    cpus: cpuLimit(),
    memoryBytes: memoryLimit(),
    diskBytes: diskLimit(free),
    folder: world.layout.machines,
    freeBytes: free,
  }
}

export function cpuLimit(): Limit {
  const cores = availableParallelism()
  return { min: 1, max: maxCpus, sensible: cores, default: Math.min(2, cores) }
}

export function memoryLimit(): Limit {
  const total = totalmem()
  const half = Math.max(512 * MiB, Math.floor(total / 2 / (256 * MiB)) * 256 * MiB)
  return {
    min: 16 * MiB,
    max: Math.floor(total / MiB) * MiB,
    sensible: half,
    default: Math.min(2 * GiB, half),
  }
}

export function diskLimit(free: number | null): Limit {
  // A qcow2 grows as it is written to: more than is free is allowed, and not sensible.
  const sensible = Math.max(GiB, Math.floor((free ?? 64 * GiB) / GiB) * GiB)
  return { min: MiB, max: maxDiskBytes, sensible, default: Math.min(32 * GiB, sensible) }
}

async function architectureOption(world: World, { arch, file }: System, op: Op): Promise<ArchitectureOption> {
  const { machine, hasUefi } = architectureOf(arch)
  const verdict = await world.accelerators.verdict(arch, file)
  const type = machine === null || !hasUefi ? null : await world.tools.machineType(file, machine, op).catch(() => null)
  const hasFirmware = hasUefi && (await findFirmware(arch, type ?? '', file)) !== null
  return {
    arch,
    accelerator: verdict.choice.name,
    slow: verdict.slow,
    noUefi: hasFirmware ? null : { key: hasUefi ? 'qemu.error.noFirmware' : 'qemu.why.noUefi', params: { arch } },
  }
}
