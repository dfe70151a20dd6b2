import type { ArchitectureOption, GraphicsOption, VmCreateOptions } from '../../../app/domain/spec.ts'
import { hostArchitecture } from '../common/architectures.ts'
import { freeBytes } from '../common/files.ts'
import { cpuLimit, diskLimit, memoryLimit } from '../common/limits.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import type { Verdict } from './accelerator.ts'
import { architectureOf, runsNatively } from './architectures.ts'
import { graphicsDevices } from './commands.ts'
import { findFirmware } from './firmware.ts'
import { endpointId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'
import type { System } from './tools.ts'

export const maxCpus = 255

/** The graphics cards that a machine may have; none of an architecture without a display. The first is what it gets by itself. */
export async function graphicsCards(
  context: ProviderContext,
  arch: string,
  op: Op,
): Promise<readonly GraphicsOption[]> {
  if (architectureOf(arch).graphics === 'none') return []
  const file = await context.tools.system(arch)
  const hasVirtio = await context.tools.hasDevice(file, graphicsDevices.virtio, op).catch(() => false)
  return [
    { id: 'vga', label: 'VGA' },
    ...(hasVirtio ? [{ id: 'virtio', label: 'virtio', about: { key: 'qemu.graphics.virtio' } } as const] : []),
  ]
}

/** What a new machine may be on this computer, with defaults that leave room for everything else. */
export async function createOptions(context: ProviderContext, op: Op): Promise<VmCreateOptions> {
  const own = hostArchitecture(process.arch)
  const systems = [...(await context.tools.systems())].sort((a, b) => Number(b.arch === own) - Number(a.arch === own))
  const architectures = await Promise.all(systems.map((system) => architectureOption(context, system, systems[0], op)))
  throwIfCancelled(op)
  const free = await freeBytes(context.layout.machines)
  return {
    kind: 'vm',
    endpointId,
    architectures,
    cpus: cpuLimit(maxCpus),
    memoryBytes: memoryLimit(),
    diskBytes: diskLimit(free),
    folder: context.layout.machines,
    freeBytes: free,
  }
}

/**
 * What is said of one that this computer's processor runs beside its own kind (i386) is what its own kind's test said: the same
 * accelerator runs both, and whoever opens a form must not wait for a test of each. Its own start tries it out itself.
 */
function verdictFor(context: ProviderContext, { arch, file }: System, first: System | undefined): Promise<Verdict> {
  const own = hostArchitecture(process.arch)
  const known = context.accelerators.known(arch)
  if (known !== null) return Promise.resolve(known)
  const stands = first?.arch === own && runsNatively(arch, own) ? first : { arch, file }
  return context.accelerators.verdict(stands.arch, stands.file)
}

async function architectureOption(
  context: ProviderContext,
  system: System,
  first: System | undefined,
  op: Op,
): Promise<ArchitectureOption> {
  const { arch, file } = system
  const { machine, hasUefi } = architectureOf(arch)
  const cards = await graphicsCards(context, arch, op)
  const verdict = await verdictFor(context, system, first)
  const type =
    machine === null || !hasUefi ? null : await context.tools.machineType(file, machine, op).catch(() => null)
  const hasFirmware = hasUefi && (await findFirmware(arch, type ?? '', file)) !== null
  return {
    arch,
    accelerator: verdict.choice.name,
    slow: verdict.slow,
    noUefi: hasFirmware ? null : { key: hasUefi ? 'qemu.error.noFirmware' : 'qemu.why.noUefi', params: { arch } },
    ...(cards.length > 1 ? { graphics: cards } : {}),
  }
}
