import type { Fact, MachineDetails } from '../../../app/domain/details.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import { formatBytes, formatMemory } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { throwIfCancelled } from '../common/op.ts'
import { webUrl } from '../common/web-ports.ts'
import type { Op } from '../provider.ts'
import type { Definition } from './definitions.ts'
import { lostFileOf } from './machine.ts'
import { forwardAddress } from './network.ts'
import { emulator } from './program.ts'
import type { ProviderContext } from './provider-context.ts'
import { withPresentSize } from './sizes.ts'

/** What a machine's own page shows. Its limits are said first: nobody should find them out. */
export async function details(context: ProviderContext, id: MachineId, op: Op): Promise<MachineDetails> {
  const { entry, definition } = await context.registry.get(id)
  const { folder } = entry
  const present = await withPresentSize(definition, folder)
  throwIfCancelled(op)
  const { system, memoryBytes, diskBytes, discPath, sharedFolder, network } = present
  const notices: Notice[] = [
    { level: 'info', text: { key: 'builtin.limit.ends' } },
    ...(system === 'monitor' ? [] : [{ level: 'info', text: { key: 'builtin.limit.slow' } } as const]),
  ]
  // What can be found elsewhere is said where that is offered.
  if (entry.missingPath !== null && lostFileOf(entry) === null) {
    notices.push({ level: 'warning', text: { key: 'kept.notice.missing', params: { path: entry.missingPath } } })
  }
  const path = (label: Text['key'], value: string): Fact =>
    fact('place', label, value, { mono: true, copyable: true, revealPath: value })
  return {
    id,
    facts: [
      fact('hardware', 'builtin.fact.runs', { key: `builtin.fact.${system}` }),
      fact('hardware', 'builtin.fact.emulator', `v86 ${emulator.replace(/\+.*/, '')}`),
      fact('hardware', 'kept.fact.cpus', '1'),
      fact('hardware', 'kept.fact.memory', formatMemory(memoryBytes, 'en')),
      ...(diskBytes === null ? [] : [fact('hardware', 'kept.fact.disk', formatBytes(diskBytes, 'en'))]),
      fact('hardware', 'builtin.fact.network', {
        key: network.mode === 'none' ? 'builtin.fact.network.none' : 'builtin.fact.network.user',
      }),
      ...connectFacts(network, entry.live !== null),
      path('kept.fact.folder', folder.path),
      ...(diskBytes === null ? [] : [path('kept.fact.diskFile', folder.disk)]),
      ...(discPath === null ? [] : [path('kept.fact.iso', discPath)]),
      ...(sharedFolder === null
        ? []
        : [
            path(
              sharedFolder.readOnly ? 'builtin.fact.sharedReadOnly' : 'builtin.fact.sharedFolder',
              sharedFolder.path,
            ),
          ]),
      fact('place', 'kept.fact.uuid', definition.uuid, { mono: true, copyable: true }),
    ],
    notices,
    commandLine: null,
    inspect: null,
  }
}

/** Where its forwarded ports are reached; opened in the browser while somebody answers there. */
function connectFacts(network: Definition['network'], isOn: boolean): readonly Fact[] {
  if (network.mode === 'none') return []
  return network.forwards.map((forward) => {
    const address = forwardAddress(forward)
    const openUrl = isOn ? webUrl({ protocol: forward.protocol, inside: forward.guestPort }, address) : null
    return fact('connect', 'builtin.fact.forward', `${address} → ${forward.guestPort}`, {
      mono: true,
      copyable: true,
      openUrl,
    })
  })
}

function fact(group: Fact['group'], label: Text['key'], value: Fact['value'], more: Partial<Fact> = {}): Fact {
  return { group, label: { key: label }, value, mono: false, copyable: false, revealPath: null, openUrl: null, ...more }
}
