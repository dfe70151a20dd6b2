import type { Fact, MachineDetails } from '../../../app/domain/details.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Notice } from '../../../app/domain/provider.ts'
import type { MessageKey, Text, TextParams } from '../../../app/messages/text.ts'
import { maskUrlPasswords } from '../../exec/mask.ts'
import { quoteLine } from '../../exec/quote.ts'
import { webUrl } from '../common/web-ports.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { attempt, type Engine } from './engine.ts'
import { type Container, type ImageDefaults, imageNameOf, mountsOf, parseImages } from './inspect.ts'
import { type Fields, fieldsOf, textOf, textsOf } from './json.ts'
import { exitRemark, portAddress } from './machine.ts'
import { isSnapshotImage, machineLabel, snapshotLabel } from './naming.ts'
import { each } from './option-words.ts'
import { type ProviderContext, targetOf } from './provider-context.ts'
import { recreate, seccompProfileOf } from './recreate.ts'
import { isSecretEntry, shownEntry } from './secrets.ts'

/** Variables that every image has and nobody looks for. */
const ordinaryVariables: ReadonlySet<string> = new Set(['PATH', 'HOME', 'HOSTNAME', 'TERM', 'container'])

export function createDetails(context: ProviderContext): (id: MachineId, op: Op) => Promise<MachineDetails> {
  return async (id, op) => {
    const { engine } = targetOf(context, id)
    const { container, raw } = await context.endpoints.inspect(id, op)
    // Without its image the line says more than it must, and is right all the same.
    // A restored one is made again from the image it was first made from: its snapshot is Berth's own.
    const isFromSnapshot = isSnapshotImage(textOf(fieldsOf(raw['Config'])['Image']))
    const named = isFromSnapshot ? container.image : container.imageId
    const result = await attempt(context.host, engine, commands.imageInspect([named]), { ...op, record: () => {} })
    const image = parseImages(result.stdout)[0] ?? null
    const restored = context.journal.machine(id)?.restores.find((restore) => restore.direction === 'restored')
    return {
      id,
      facts: [
        ...connectFacts(container, engine),
        ...hardwareFacts(container, raw, image),
        ...placeFacts(container, raw, engine),
      ],
      notices: noticesOf(container, restored?.differences ?? [], seccompProfileOf(raw) !== null),
      commandLine: runLine(raw, image, engine),
      inspect: maskUrlPasswords(JSON.stringify(withoutOurs(raw), null, 2)),
    }
  }
}

/** The line that makes a container like this one. */
export function runLine(
  raw: Fields,
  image: ImageDefaults | null,
  engine: Pick<Engine, 'flavour' | 'prefix' | 'clientVersion'>,
): string {
  const { command, networks, environment, seccompProfile, ...rest } = recreate(raw, { image, purpose: 'line', engine })
  const flags = [
    ...rest.flags,
    // Secret values come from the environment of whoever runs the line.
    ...each(
      '--env',
      environment.map((entry) => (isSecretEntry(entry) ? (entry.split('=')[0] ?? '') : entry)),
    ),
    ...(seccompProfile === null ? [] : ['--security-opt', 'seccomp=seccomp.json']),
  ]
  const name = textOf(raw['Name']).replace(/^\//, '')
  const reference = referenceOf(raw)
  const tool = [engine.flavour, ...(engine.prefix[1] === 'default' ? [] : engine.prefix)]
  const join = networks.map((network) =>
    quoteLine([...tool, ...commands.networkConnect(network.name, name, network.flags)]),
  )
  // More than one network needs more than one command: it is joined to the others before it runs, as it was.
  if (join.length === 0)
    return quoteLine([...tool, 'run', '--detach', '--name', name, ...flags, '--', reference, ...command])
  const create = quoteLine([...tool, 'create', '--name', name, ...flags, '--', reference, ...command])
  return [create, ...join, quoteLine([...tool, 'start', name])].join(' && ')
}

function referenceOf(raw: Fields): string {
  const config = fieldsOf(raw['Config'])
  return imageNameOf(textOf(config['Image']) || textOf(raw['ImageName']), config)
}

function fact(
  group: Fact['group'],
  key: MessageKey,
  value: string | Text,
  more: Partial<Fact> = {},
  params?: TextParams,
): Fact {
  const label = params === undefined ? { key } : { key, params }
  return { group, label, value, mono: false, copyable: false, revealPath: null, openUrl: null, ...more }
}

function connectFacts(container: Container, engine: Engine): readonly Fact[] {
  const seen = new Set<string>()
  const ports = container.ports.flatMap((port) => {
    const address = portAddress(port, engine)
    const key = `${address} ${port.containerPort}/${port.protocol}`
    if (address === null || seen.has(key)) return []
    seen.add(key)
    return [
      fact(
        'connect',
        'docker.fact.port',
        address,
        {
          mono: true,
          copyable: true,
          openUrl: webUrl({ protocol: port.protocol, inside: port.containerPort }, address),
        },
        {
          port: `${port.containerPort}/${port.protocol}`,
        },
      ),
    ]
  })
  const addresses = container.addresses.map((address) =>
    fact('connect', 'docker.fact.address', address, { mono: true, copyable: true }),
  )
  return [...ports, ...addresses]
}

function hardwareFacts(container: Container, raw: Fields, image: ImageDefaults | null): readonly Fact[] {
  const config = fieldsOf(raw['Config'])
  const command = quoteLine([textOf(raw['Path']), ...textsOf(raw['Args'])].filter((word) => word !== ''))
  const architecture = image?.architecture ?? ''
  const user = textOf(config['User'])
  return [
    fact('hardware', 'docker.fact.image', container.image, { mono: true, copyable: true }),
    ...(architecture === '' ? [] : [fact('hardware', 'docker.fact.architecture', architecture)]),
    ...(command === '' ? [] : [fact('hardware', 'docker.fact.command', command, { mono: true, copyable: true })]),
    ...(user === '' ? [] : [fact('hardware', 'docker.fact.user', user, { mono: true })]),
    fact('hardware', 'docker.fact.restart', restartText(container.restart)),
    ...exitFacts(container),
    ...environmentFacts(textsOf(config['Env'])),
  ]
}

function restartText(policy: string): Text {
  const [name = 'no', tries] = policy.split(':')
  if (name === 'always') return { key: 'docker.restart.always' }
  if (name === 'unless-stopped') return { key: 'docker.restart.unlessStopped' }
  if (name !== 'on-failure') return { key: 'docker.restart.no' }
  if (tries === undefined) return { key: 'docker.restart.onFailure' }
  return { key: 'docker.restart.onFailureTimes', params: { count: Number(tries) } }
}

function exitFacts(container: Container): readonly Fact[] {
  if (container.pid !== 0 || container.finishedAt === null) return []
  const words: Text = exitRemark(container) ?? {
    key: 'docker.exit.ordinary',
    params: { code: String(container.exitCode) },
  }
  return [fact('hardware', 'docker.fact.ended', words)]
}

function environmentFacts(environment: readonly string[]): readonly Fact[] {
  return environment.flatMap((entry) => {
    const name = entry.split('=', 1)[0] ?? ''
    if (ordinaryVariables.has(name)) return []
    const value = shownEntry(entry).slice(name.length + 1)
    return [fact('hardware', 'docker.fact.variable', value, { mono: true, copyable: !isSecretEntry(entry) }, { name })]
  })
}

function placeFacts(container: Container, raw: Fields, engine: Engine): readonly Fact[] {
  const mounts = mountsOf(raw).map((mount) => {
    const isFolder = mount.type === 'bind'
    return fact(
      'place',
      mount.readOnly ? 'docker.fact.mountReadOnly' : 'docker.fact.mount',
      mount.source === '' ? mount.type : mount.source,
      { mono: true, copyable: true, revealPath: isFolder && engine.isLocal ? mount.source : null },
      { target: mount.target },
    )
  })
  return [fact('place', 'docker.fact.id', container.id, { mono: true, copyable: true }), ...mounts]
}

function noticesOf(container: Container, differences: readonly string[], needsProfile: boolean): readonly Notice[] {
  return [
    ...(container.autoRemove ? [{ level: 'info', text: { key: 'docker.notice.autoRemove' } } as const] : []),
    ...(needsProfile ? [{ level: 'info', text: { key: 'docker.notice.seccomp' } } as const] : []),
    ...(differences.length === 0
      ? []
      : [
          {
            level: 'warning',
            text: { key: 'docker.notice.differences', params: { settings: differences.join(', ') } },
          } as const,
        ]),
  ]
}

/** Secrets are masked in the page as they are in the facts; labels of ours say nothing to a person. */
function withoutOurs(raw: Fields): Fields {
  const config = fieldsOf(raw['Config'])
  const { [machineLabel]: _machine, [snapshotLabel]: _snapshot, ...labels } = fieldsOf(config['Labels'])
  const environment = textsOf(config['Env']).map(shownEntry)
  return { ...raw, Config: { ...config, Env: environment, Labels: labels } }
}
