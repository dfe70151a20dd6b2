import type { Fact, MachineDetails } from '../../../app/domain/details.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import { formatBytes, formatMemory } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { commandLine } from '../../exec/mask.ts'
import { throwIfCancelled } from '../common/op.ts'
import { webUrl } from '../common/web-ports.ts'
import type { Op } from '../provider.ts'
import type { AcceleratorChoice, Verdict } from './accelerator.ts'
import { architectureOf } from './architectures.ts'
import { qemuArguments } from './commands.ts'
import { type Definition, diskPath } from './definitions.ts'
import { diskChains, shownChains } from './disk-chains.ts'
import type { Entry } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { withPresentSizes } from './sizes.ts'

/** What a machine's own page shows. Starts no program. */
export async function details(context: ProviderContext, id: MachineId, op: Op): Promise<MachineDetails> {
  const known = await context.registry.get(id)
  const { entry } = known
  const definition = await withPresentSizes(known.definition, entry.folder)
  throwIfCancelled(op)
  const verdict = context.accelerators.known(definition.arch)
  const isOn = entry.live !== null && entry.run !== null
  const accelerator = (isOn ? entry.run?.accelerator : null) ??
    verdict?.choice ?? { name: 'tcg', cpu: architectureOf(definition.arch).emulatedCpu }
  const notices: Notice[] = []
  if (accelerator.name === 'tcg' && verdict?.slow != null) {
    const level = verdict.slow.key === 'qemu.slow.foreign' ? 'info' : 'warning'
    notices.push({ level, text: verdict.slow })
  }
  return {
    id,
    facts: [
      ...connectFacts(definition, isOn),
      ...hardwareFacts(definition, accelerator, verdict),
      ...placeFacts(entry, definition),
    ],
    notices,
    commandLine: await commandLineOf(context, entry, definition, accelerator),
    inspect: null,
  }
}

async function commandLineOf(
  context: ProviderContext,
  { folder, sockets }: Entry,
  definition: Definition,
  accelerator: AcceleratorChoice,
): Promise<string> {
  const tool = `qemu-system-${definition.arch}`
  const file = (await context.host.findTool(tool)) ?? tool
  const chains = await diskChains(definition, folder).catch(() => shownChains(definition, folder))
  return commandLine(file, qemuArguments({ definition, chains, folder, sockets, accelerator, incoming: false }))
}

function fact(group: Fact['group'], label: Text['key'], value: Fact['value'], more: Partial<Fact> = {}): Fact {
  return { group, label: { key: label }, value, mono: false, copyable: false, revealPath: null, openUrl: null, ...more }
}

function connectFacts({ network }: Definition, isOn: boolean): readonly Fact[] {
  if (network.mode === 'none') return []
  return network.forwards.flatMap(({ protocol, hostAddress, hostPort, guestPort }) => {
    const address = hostAddress === '' || hostAddress === '0.0.0.0' ? '127.0.0.1' : hostAddress
    const facts = [
      fact('connect', 'qemu.fact.forward', `${address}:${hostPort} → ${guestPort}/${protocol}`, {
        mono: true,
        copyable: true,
        openUrl: isOn ? webUrl({ protocol, inside: guestPort }, `${address}:${hostPort}`) : null,
      }),
    ]
    if (protocol === 'tcp' && guestPort === 22) {
      facts.push(fact('connect', 'qemu.fact.ssh', `ssh -p ${hostPort} ${address}`, { mono: true, copyable: true }))
    }
    return facts
  })
}

function hardwareFacts(
  definition: Definition,
  accelerator: AcceleratorChoice,
  verdict: Verdict | null,
): readonly Fact[] {
  return [
    fact('hardware', 'qemu.fact.architecture', `${definition.arch} (${definition.machine ?? 'QEMU'})`),
    fact(
      'hardware',
      'qemu.fact.accelerator',
      accelerator.name === 'tcg' ? { key: 'qemu.fact.emulated' } : accelerator.name.toUpperCase(),
    ),
    ...(verdict?.measured == null ? [] : [fact('hardware', 'qemu.fact.speedTest', verdict.measured)]),
    fact('hardware', 'kept.fact.cpus', String(definition.cpus)),
    fact('hardware', 'kept.fact.memory', formatMemory(definition.memoryBytes, 'en')),
    fact('hardware', 'qemu.fact.firmware', definition.firmware.kind.toUpperCase()),
    ...definition.disks.map(({ format, sizeBytes }) =>
      fact('hardware', 'kept.fact.disk', `${formatBytes(sizeBytes, 'en')}, ${format}`),
    ),
    fact(
      'hardware',
      'qemu.fact.network',
      definition.network.mode === 'none' ? { key: 'qemu.fact.noNetwork' } : { key: 'qemu.fact.userNetwork' },
    ),
  ]
}

function placeFacts({ folder, live }: Entry, definition: Definition): readonly Fact[] {
  const path = (label: Text['key'], value: string): Fact =>
    fact('place', label, value, { mono: true, copyable: true, revealPath: value })
  return [
    path('kept.fact.folder', folder.path),
    ...definition.disks.map((disk) => path('kept.fact.diskFile', diskPath(disk, folder))),
    ...(definition.isoPath === null ? [] : [path('kept.fact.iso', definition.isoPath)]),
    fact('place', 'kept.fact.uuid', definition.uuid, { mono: true, copyable: true }),
    ...(live === null ? [] : [fact('place', 'qemu.fact.process', String(live.identity.pid), { mono: true })]),
  ]
}
