import { dirname } from 'node:path'
import type { Fact, MachineDetails } from '../../../app/domain/details.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import { formatMemory } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { commandLine } from '../../exec/mask.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import type { Known } from './entry.ts'
import { reachable } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'
import type { NetworkAdapter } from './settings-hardware.ts'

/** What a machine's own page shows. Starts no program. */
export async function details(context: ProviderContext, id: MachineId, op: Op): Promise<MachineDetails> {
  const known = await context.inventory.get(id)
  throwIfCancelled(op)
  const lost = context.inventory.observedState(known.entry).lostPorts
  const file = (await context.manage.file()) ?? 'VBoxManage'
  return {
    id,
    facts: [...connectFacts(known), ...hardwareFacts(known), ...placeFacts(context, known)],
    notices: [
      ...lost.map((port) => warning({ key: 'virtualbox.remark.lostPort', params: { port: String(port) } })),
      ...unreadNotices(known),
    ],
    commandLine: commandLine(file, commands.start(known.entry.uuid, 'headless')),
    inspect: null,
  }
}

function warning(text: Text): Notice {
  return { level: 'warning', text }
}

/** What is in its settings and could not be read. */
function unreadNotices({ settings }: Known): readonly Notice[] {
  const count = settings.hardware.networks.reduce((sum, { unreadForwards }) => sum + unreadForwards, 0)
  return count === 0 ? [] : [warning({ key: 'virtualbox.notice.unreadForwards', params: { count } })]
}

function fact(group: Fact['group'], label: Text['key'], value: Fact['value'], more: Partial<Fact> = {}): Fact {
  return { group, label: { key: label }, value, mono: false, copyable: false, revealPath: null, openUrl: null, ...more }
}

function connectFacts({ settings }: Known): readonly Fact[] {
  return settings.hardware.networks.flatMap(({ forwards }) =>
    forwards.flatMap(({ protocol, hostAddress, hostPort, guestPort }) => {
      const address = reachable(hostAddress)
      const mono = { mono: true, copyable: true } as const
      const rule = `${address}:${hostPort} → ${guestPort}/${protocol}`
      const ssh = `ssh -p ${hostPort} ${address}`
      return [
        fact('connect', 'virtualbox.fact.forward', rule, mono),
        ...(protocol === 'tcp' && guestPort === 22 ? [fact('connect', 'virtualbox.fact.ssh', ssh, mono)] : []),
      ]
    }),
  )
}

function hardwareFacts({ settings }: Known): readonly Fact[] {
  const { hardware } = settings
  const media = new Map(settings.media.map((medium) => [medium.uuid, medium]))
  const devices = hardware.controllers.flatMap(({ devices: attached }) => attached)
  const disks = devices.filter(({ type, mediumId }) => type === 'disk' && mediumId !== null)
  return [
    fact('hardware', 'virtualbox.fact.cpus', String(hardware.cpus)),
    ...(hardware.memoryBytes === null
      ? []
      : [fact('hardware', 'virtualbox.fact.memory', formatMemory(hardware.memoryBytes, 'en'))]),
    fact('hardware', 'virtualbox.fact.firmware', hardware.firmware === 'efi' ? 'UEFI' : 'BIOS'),
    fact('hardware', 'virtualbox.fact.graphics', hardware.graphicsController),
    ...disks.map(({ mediumId }) =>
      fact('hardware', 'virtualbox.fact.disk', media.get(mediumId ?? '')?.format ?? mediumId ?? ''),
    ),
    ...hardware.networks.map((adapter) => fact('hardware', 'virtualbox.fact.network', networkText(adapter))),
    ...hardware.serialPorts.map(({ slot, mode, path }) =>
      fact('hardware', 'virtualbox.fact.serial', `${slot + 1}: ${mode}${path === null ? '' : ` ${path}`}`, {
        mono: true,
      }),
    ),
  ]
}

function networkText({ mode, network }: NetworkAdapter): Fact['value'] {
  if (mode === 'nat') return { key: 'virtualbox.fact.nat' }
  if (mode === 'none') return { key: 'virtualbox.fact.unplugged' }
  return { key: `virtualbox.fact.${mode}`, params: { network: network ?? '' } }
}

function placeFacts({ inventory }: ProviderContext, { entry, settings, path }: Known): readonly Fact[] {
  const place = (label: Text['key'], value: string): Fact =>
    fact('place', label, value, { mono: true, copyable: true, revealPath: value })
  const { pid } = inventory.observedState(entry)
  const groups = settings.groups.filter((group) => group !== '/')
  return [
    place('virtualbox.fact.folder', dirname(path)),
    place('virtualbox.fact.settingsFile', path),
    ...settings.media
      .filter(({ parentId }) => parentId === null)
      .map(({ kind, path }) => place(kind === 'disk' ? 'virtualbox.fact.diskFile' : 'virtualbox.fact.discFile', path)),
    ...(groups.length === 0 ? [] : [fact('place', 'virtualbox.fact.groups', groups.join(', '))]),
    fact('place', 'virtualbox.fact.uuid', settings.uuid, { mono: true, copyable: true }),
    ...(pid === null ? [] : [fact('place', 'virtualbox.fact.process', String(pid), { mono: true })]),
  ]
}
