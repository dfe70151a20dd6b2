import type { Fact, MachineDetails } from '../../../app/domain/details.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import { formatMemory, MiB } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { commandLine } from '../../exec/mask.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { type Bundle, imagePath, isApple } from './bundle.ts'
import { utmctlArguments } from './commands.ts'
import { type ObservedState, reachable } from './machine.ts'
import { parseOsRelease } from './parse.ts'
import type { ProviderContext } from './provider-context.ts'
import { stateOf } from './states.ts'

const pullMs = 5_000

/** What a machine's own page shows. */
export async function details(context: ProviderContext, id: MachineId, op: Op): Promise<MachineDetails> {
  const broken = await context.machineRegistry.broken(id)
  if (broken !== null) {
    return {
      id,
      facts: [place('utm.fact.bundle', broken.path)],
      notices: [{ level: 'warning', text: { key: 'utm.notice.unreadable' } }],
      commandLine: null,
      inspect: broken.problem,
    }
  }
  const observedState = await context.machineRegistry.get(id, op)
  const { bundle } = observedState
  const { scan, registry } = await context.machineRegistry.disk()
  throwIfCancelled(op)
  const file = (await context.tool.file()) ?? 'utmctl'
  return {
    id,
    facts: [
      ...(bundle === null ? [] : connectFacts(bundle)),
      ...observedState.addresses.map((address) => copyable('connect', 'utm.fact.address', address)),
      ...(await guestFacts(context, observedState, op)),
      ...(bundle === null ? [] : hardwareFacts(bundle)),
      ...(bundle === null ? [] : placeFacts(bundle, registry?.get(observedState.uuid)?.discs ?? new Map())),
      copyable('place', 'utm.fact.uuid', observedState.uuid),
    ],
    notices: noticesOf(observedState, scan.twins.has(observedState.uuid)),
    commandLine: commandLine(file, utmctlArguments.start(observedState.uuid)),
    inspect: bundle === null ? null : JSON.stringify(bundle.config, null, 2),
  }
}

function noticesOf({ missing, bundle }: ObservedState, hasTwin: boolean): readonly Notice[] {
  return [
    ...(missing === 'gone' ? [{ level: 'warning', text: { key: 'utm.notice.gone' } } as const] : []),
    ...(missing === 'old' ? [{ level: 'info', text: { key: 'utm.notice.old' } } as const] : []),
    ...(missing === 'unseen' ? [{ level: 'warning', text: { key: 'utm.notice.unseen' } } as const] : []),
    ...unreadNotices(bundle),
    ...argumentNotices(bundle),
    ...(hasTwin ? [{ level: 'warning', text: { key: 'utm.notice.twin' } } as const] : []),
  ]
}

/** Arguments that somebody gave QEMU in UTM's settings, or in a bundle that UTM itself opened: said, since UTM starts the machine. */
function argumentNotices(bundle: Bundle | null): readonly Notice[] {
  const reaching = bundle?.config.extraArguments.reaching ?? []
  if (reaching.length === 0) return []
  return [{ level: 'warning', text: { key: 'utm.notice.arguments', params: { arguments: reaching.join(' ') } } }]
}

/** What is in its configuration and could not be read. */
function unreadNotices(bundle: Bundle | null): readonly Notice[] {
  if (bundle === null) return []
  const { unread, Network } = bundle.config
  const forwards = Network.reduce((sum, { unreadForwards }) => sum + unreadForwards, 0)
  const notice = (count: number, key: Text['key']): readonly Notice[] =>
    count === 0 ? [] : [{ level: 'warning', text: { key, params: { count } } }]
  return [
    ...notice(forwards, 'utm.notice.unreadForwards'),
    ...notice(unread.networks, 'utm.notice.unreadNetworks'),
    ...notice(unread.drives, 'utm.notice.unreadDrives'),
  ]
}

/** What its own system calls itself, where a guest agent answers. */
async function guestFacts(
  context: ProviderContext,
  { uuid, status, bundle }: ObservedState,
  op: Op,
): Promise<readonly Fact[]> {
  if (stateOf(status) !== 'running' || bundle === null || isApple(bundle)) return []
  // A guest that gave no address has no agent: asking it for a file would only cost time.
  if (context.addresses.of(uuid).length === 0) return []
  const text = await context.tool.ask(utmctlArguments.pull(uuid, '/etc/os-release'), pullMs, op).catch(() => '')
  throwIfCancelled(op)
  const name = parseOsRelease(text)
  return name === null ? [] : [fact('hardware', 'utm.fact.system', name)]
}

function fact(group: Fact['group'], label: Text['key'], value: Fact['value'], more: Partial<Fact> = {}): Fact {
  return { group, label: { key: label }, value, mono: false, copyable: false, revealPath: null, openUrl: null, ...more }
}

function copyable(group: Fact['group'], label: Text['key'], value: string): Fact {
  return fact(group, label, value, { mono: true, copyable: true })
}

function place(label: Text['key'], path: string): Fact {
  return fact('place', label, path, { mono: true, copyable: true, revealPath: path })
}

function connectFacts({ config }: Bundle): readonly Fact[] {
  return config.Network.filter(({ Mode }) => Mode === 'Emulated')
    .flatMap(({ PortForward }) => PortForward)
    .flatMap(({ Protocol, HostAddress, HostPort, GuestPort }) => {
      const protocol = Protocol.toLowerCase()
      const address = reachable(HostAddress)
      const facts = [copyable('connect', 'qemu.fact.forward', `${address}:${HostPort} → ${GuestPort}/${protocol}`)]
      if (protocol === 'tcp' && GuestPort === 22) {
        facts.push(copyable('connect', 'qemu.fact.ssh', `ssh -p ${HostPort} ${address}`))
      }
      return facts
    })
}

function hardwareFacts(bundle: Bundle): readonly Fact[] {
  const { System, QEMU, Network } = bundle.config
  const { Architecture, Target } = System
  return [
    fact('hardware', 'utm.fact.kind', isApple(bundle) ? 'Apple Virtualization' : 'QEMU'),
    ...(Architecture === undefined
      ? []
      : [
          fact(
            'hardware',
            'qemu.fact.architecture',
            Target === undefined ? Architecture : `${Architecture} (${Target})`,
          ),
        ]),
    ...(isApple(bundle) || QEMU.Hypervisor
      ? []
      : [fact('hardware', 'qemu.fact.accelerator', { key: 'qemu.fact.emulated' })]),
    fact(
      'hardware',
      'kept.fact.cpus',
      System.CPUCount === 0 ? { key: 'utm.fact.cpusDefault' } : String(System.CPUCount),
    ),
    fact('hardware', 'kept.fact.memory', formatMemory(System.MemorySize * MiB, 'en')),
    ...bundle.config.extraArguments.all.map((one) => fact('hardware', 'utm.fact.argument', one, { mono: true })),
    ...(isApple(bundle) ? [] : [fact('hardware', 'qemu.fact.firmware', QEMU.UEFIBoot ? 'UEFI' : 'BIOS')]),
    ...Network.map(({ Mode, MacAddress }) =>
      fact('hardware', 'qemu.fact.network', MacAddress === '' ? Mode : `${Mode} (${MacAddress})`),
    ),
  ]
}

function placeFacts(bundle: Bundle, discs: ReadonlyMap<string, string>): readonly Fact[] {
  return [
    place('utm.fact.bundle', bundle.path),
    ...bundle.config.Drive.flatMap((drive) => {
      const path = imagePath(bundle, drive)
      if (path !== null) return [place('kept.fact.diskFile', path)]
      const disc = discs.get(drive.Identifier)
      return disc === undefined ? [] : [place('kept.fact.iso', disc)]
    }),
  ]
}
