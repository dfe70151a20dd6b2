import { existsSync } from 'node:fs'
import { failure } from '../../../app/domain/errors.ts'
import type { Endpoint, Notice, Remedy } from '../../../app/domain/provider.ts'
import { hostArchitecture } from '../common/architectures.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op, ProbeResult } from '../provider.ts'
import { endpointId, providerId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'
import { oldestVersion, type System } from './tools.ts'

const downloadUrl = 'https://www.qemu.org/download/'

/** Whether QEMU is there and new enough. The accelerator's test goes on beside it and is told when it has ended. */
export async function probe(context: ProviderContext, op: Op): Promise<ProbeResult> {
  const [systems, image] = await Promise.all([context.tools.systems(), context.host.findTool('qemu-img')])
  throwIfCancelled(op)
  const own = hostArchitecture(process.arch)
  const best = systems.find(({ arch }) => arch === own) ?? systems[0]
  return {
    hosts: [{ id: 'local', label: null, address: null }],
    endpoints: [await endpointOf(context, best, image, op)],
  }
}

async function endpointOf(
  context: ProviderContext,
  system: System | undefined,
  image: string | null,
  op: Op,
): Promise<Endpoint> {
  const base = {
    id: endpointId,
    providerId,
    hostId: 'local',
    label: 'QEMU',
    version: null,
    place: system?.file ?? null,
    remedies: [],
    notices: [],
    since: context.host.now().toISOString(),
  } as const
  const { platform } = context.host
  if (platform === 'win32') {
    const { error } = failure('unsupported', { key: 'qemu.error.windows' })
    return { ...base, state: 'broken', error }
  }
  if (system === undefined || image === null) {
    const tool = system === undefined ? 'qemu-system' : 'qemu-img'
    const { error } = failure('tool-missing', { key: 'error.toolMissing', params: { tool } })
    return { ...base, state: 'missing', error, remedies: remedies(platform) }
  }
  const version = await context.tools.version(system.file, op)
  if (!context.tools.isNewEnough(version)) {
    const params = { version: version ?? '', oldest: oldestVersion }
    const { error } = failure('tool-too-old', { key: 'qemu.error.tooOld', params })
    return { ...base, version, state: 'too-old', error, remedies: remedies(platform) }
  }
  // Not waited for: listing machines does not depend on it.
  void context.accelerators.verdict(system.arch, system.file).catch((error) => {
    context.host.log.warn('qemu.accelerator', { error: String(error) })
  })
  const slow = context.accelerators.known(system.arch)?.slow ?? null
  const notices: readonly Notice[] = slow === null ? [] : [{ level: 'warning', text: slow }]
  return { ...base, version, state: 'ready', error: null, notices }
}

/** How to get QEMU here: by the package manager this system has; by any of them when none is known. */
export function remedies(platform: NodeJS.Platform, exists: (path: string) => boolean = existsSync): readonly Remedy[] {
  const install = (title: 'apt' | 'dnf' | 'pacman' | 'brew', command: string): Remedy => ({
    title: { key: `qemu.remedy.${title}` },
    commands: [command],
    url: null,
  })
  const page: Remedy = { title: { key: 'qemu.remedy.page' }, commands: [], url: downloadUrl }
  if (platform === 'darwin') return [install('brew', 'brew install qemu'), page]
  const all = [
    { tool: '/usr/bin/apt', remedy: install('apt', 'sudo apt install qemu-system-x86 qemu-utils ovmf') },
    { tool: '/usr/bin/dnf', remedy: install('dnf', 'sudo dnf install qemu-system-x86 qemu-img edk2-ovmf') },
    { tool: '/usr/bin/pacman', remedy: install('pacman', 'sudo pacman -S qemu-base edk2-ovmf') },
  ]
  const here = all.filter(({ tool }) => exists(tool))
  return [...(here.length === 0 ? all : here).map(({ remedy }) => remedy), page]
}
