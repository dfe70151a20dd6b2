import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ArchitectureOption, VmCreateOptions } from '../../../app/domain/spec.ts'
import { hostArchitecture } from '../common/architectures.ts'
import { freeBytes } from '../common/files.ts'
import { cpuLimit, diskLimit, memoryLimit } from '../common/limits.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { endpointId } from './machine.ts'
import type { Tool } from './tool.ts'

/** Architectures for which UTM brings UEFI along (UTMQemuConfigurationQEMU.uefiImagePrefix). */
const withUefi = ['arm', 'aarch64', 'i386', 'x86_64', 'loongarch64', 'riscv64']
export const maxCpus = 64

/** What a new machine may be, with defaults that leave room for everything else. */
export async function createOptions(tool: Tool, documents: string, op: Op): Promise<VmCreateOptions> {
  const [architectures, free] = await Promise.all([architecturesOf(tool), freeBytes(documents)])
  throwIfCancelled(op)
  return {
    kind: 'vm',
    endpointId,
    architectures,
    cpus: cpuLimit(maxCpus),
    memoryBytes: memoryLimit(),
    diskBytes: diskLimit(free),
    folder: documents,
    freeBytes: free,
  }
}

/** The emulators in UTM's own bundle, the computer's own first. */
async function architecturesOf(tool: Tool): Promise<readonly ArchitectureOption[]> {
  const own = hostArchitecture(process.arch)
  const file = await tool.file()
  const contents = file === null ? '' : dirname(dirname(await realpath(file).catch(() => file)))
  const names = await readdir(join(contents, 'Frameworks')).catch(() => [] as string[])
  const found = names.flatMap((name) => /^qemu-([a-z0-9_]{1,32})-softmmu\.framework$/.exec(name)?.[1] ?? [])
  const all = [...new Set([own, ...found.sort()])]
  return all.map((arch) => ({
    arch,
    accelerator: arch === own ? 'hvf' : 'tcg',
    slow: arch === own ? null : { key: 'qemu.slow.foreign', params: { arch, own } },
    noUefi: withUefi.includes(arch) ? null : { key: 'qemu.why.noUefi', params: { arch } },
  }))
}
