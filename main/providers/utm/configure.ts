import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ConfigureField, ConfigureSpec, MachineConfiguration, VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { checkForwards, checkIso } from '../common/checks.ts'
import { freeBytes } from '../common/files.ts'
import { cpuLimit, diskLimit, memoryLimit } from '../common/limits.ts'
import { throwIfCancelled, unstoppable } from '../common/op.ts'
import type { ConfigureOps, Op, RenameOps } from '../provider.ts'
import { type Bundle, discDrive, imagePath, isApple, ownImage, writableDisks } from './bundle.ts'
import { networkArguments } from './create.ts'
import { maxCpus } from './create-options.ts'
import { takesDisc } from './machine.ts'
import type { Known } from './machine-registry.ts'
import { checkName } from './names.ts'
import type { ProviderContext } from './provider-context.ts'
import { configureScript } from './scripts.ts'
import { stateOf } from './states.ts'

const changeMs = 60_000

export function createConfigure(context: ProviderContext): ConfigureOps & { readonly rename: RenameOps['rename'] } {
  return {
    async read(id, op) {
      const { bundle, observedState } = await context.machineRegistry.known(id, op)
      const { registry } = await context.machineRegistry.disk()
      const discs = registry?.get(observedState.uuid)?.discs ?? null
      return configurationOf(context, bundle, discs, observedState.abilities.images, op)
    },
    async configure(id, changes, op) {
      await configure(context, await context.machineRegistry.known(id, op), changes, op)
      await context.machineRegistry.publish((await context.machineRegistry.get(id, op)).uuid, op)
    },
    async rename(id, name, op) {
      checkName(name)
      const observedState = await context.machineRegistry.get(id, op)
      if (stateOf(observedState.status) !== 'stopped') throw failure('wrong-state', { key: 'utm.why.renameRunning' })
      throwIfCancelled(op)
      await context.tool.script(configureScript, [observedState.uuid, name, ...unchanged], changeMs, unstoppable(op))
      await verify(context, id, ({ Information }) => Information.Name === name, op)
      await context.machineRegistry.publish(observedState.uuid, op)
    },
  }
}

/** After the name: memory, cores, network, whether there is one, the disc's drive and path, the other drives. */
const unchanged = ['', '', '', 'no', '', '', '0'] as const

/** The network as Berth's form has it; null when it is one that the form does not know. */
export function networkOf({ config }: Bundle): VmSpec['network'] | null {
  const [network, ...more] = config.Network
  if (config.unread.networks > 0) return null
  if (network === undefined) return { mode: 'none' }
  if (more.length > 0) return null
  if (network.Mode === 'Shared') return { mode: 'user', forwards: [] }
  if (network.Mode !== 'Emulated') return null
  const forwards = network.PortForward.map(({ Protocol, HostAddress, HostPort, GuestPort }) => ({
    protocol: Protocol.toUpperCase() === 'UDP' ? ('udp' as const) : ('tcp' as const),
    hostAddress: HostAddress ?? '',
    hostPort: HostPort,
    guestPort: GuestPort,
  }))
  return { mode: 'user', forwards }
}

/** Why Berth may not write its network: UTM replaces the list, and what Berth does not hold would be gone. */
function networkObstacle({ config }: Bundle): Text | null {
  const isWhole =
    config.unread.networks === 0 &&
    config.Network.every(
      ({ unreadForwards, PortForward }) =>
        unreadForwards === 0 && PortForward.every(({ GuestAddress }) => (GuestAddress ?? '') === ''),
    )
  return isWhole ? null : { key: 'utm.why.networkUnread' }
}

async function configurationOf(
  context: ProviderContext,
  bundle: Bundle,
  discs: ReadonlyMap<string, string> | null,
  hasImages: boolean,
  op: Op,
): Promise<MachineConfiguration> {
  const { System } = bundle.config
  const network = isApple(bundle) ? null : networkOf(bundle)
  const networkWithheld = networkObstacle(bundle)
  const drive = discDrive(bundle)
  const disk = hasImages ? growable(bundle) : null
  const size =
    disk === null
      ? null
      : await context.images.info(ownImage(disk), true, op).then(
          ({ virtualBytes }) => virtualBytes,
          () => null,
        )
  throwIfCancelled(op)
  const fields: readonly ConfigureField[] = [
    'cpus',
    'memoryBytes',
    // Which disc is in is in UTM's registry only.
    ...(takesDisc(bundle) && discs !== null ? (['isoPath'] as const) : []),
    ...(network === null || networkWithheld !== null ? [] : (['network'] as const)),
    ...(size === null ? [] : (['diskBytes'] as const)),
  ]
  return {
    fields,
    whileStopped: fields,
    ...(networkWithheld === null ? {} : { withheld: { network: networkWithheld } }),
    values: {
      ...(System.CPUCount === 0 ? {} : { cpus: System.CPUCount }),
      memoryBytes: System.MemorySize * MiB,
      ...(fields.includes('isoPath') ? { isoPath: discs?.get(drive?.Identifier ?? '') ?? null } : {}),
      ...(network === null ? {} : { network }),
      ...(size === null ? {} : { diskBytes: size }),
    },
    limits: {
      cpus: cpuLimit(maxCpus),
      memoryBytes: memoryLimit(),
      ...(size === null ? {} : { diskBytes: { ...diskLimit(await freeBytes(bundle.path)), min: size } }),
    },
  }
}

/** Its one qcow2 disk: which of several is meant could not be said. */
function growable(bundle: Bundle): string | null {
  const [disk, ...more] = writableDisks(bundle)
  const isUnsure = more.length > 0 || bundle.config.unread.drives > 0 || isApple(bundle)
  const path = disk === undefined || isUnsure ? null : imagePath(bundle, disk)
  return path !== null && /\.qcow2$/i.test(path) ? path : null
}

async function configure(
  context: ProviderContext,
  { observedState, bundle }: Known,
  changes: ConfigureSpec,
  op: Op,
): Promise<void> {
  if (stateOf(observedState.status) !== 'stopped') throw failure('wrong-state', { key: 'utm.why.configureRunning' })
  if (observedState.isSuspended) throw failure('wrong-state', { key: 'utm.why.configureSuspended' })
  if (changes.isoPath !== undefined) await checkIso(changes.isoPath)
  if (changes.network !== undefined) {
    const obstacle = networkObstacle(bundle)
    if (obstacle !== null) throw failure('unsupported', obstacle, { field: 'network' })
    checkForwards(changes.network)
  }
  const disk = changes.diskBytes === undefined ? null : await diskToGrow(context, bundle, changes.diskBytes, op)
  throwIfCancelled(op)
  const { cpus, memoryBytes, isoPath, network } = changes
  if ([cpus, memoryBytes, isoPath, network].some((value) => value !== undefined)) {
    await context.tool.script(configureScript, configureArguments(bundle, changes), changeMs, unstoppable(op))
    const fits = ({ System }: Bundle['config']): boolean =>
      (cpus === undefined || System.CPUCount === cpus) &&
      (memoryBytes === undefined || System.MemorySize === Math.ceil(memoryBytes / MiB))
    await verify(context, `utm:${observedState.uuid}`, fits, op)
  }
  if (disk === null || changes.diskBytes === undefined) return
  op.progress({ text: { key: 'kept.step.grow' }, fraction: null, cancellable: false })
  await context.images.resize(ownImage(disk), changes.diskBytes, unstoppable(op))
}

/** What `configureScript` takes. */
export function configureArguments(bundle: Bundle, changes: ConfigureSpec): readonly string[] {
  const { config } = bundle
  const [mode, ...forwards] = changes.network === undefined ? [''] : networkArguments(changes.network)
  const disc = changes.isoPath === undefined ? null : discDrive(bundle)
  const others = disc === null ? [] : config.Drive.filter(({ Identifier }) => Identifier !== disc.Identifier)
  return [
    config.Information.UUID,
    config.Information.Name,
    changes.memoryBytes === undefined ? '' : String(Math.ceil(changes.memoryBytes / MiB)),
    changes.cpus === undefined ? '' : String(changes.cpus),
    mode,
    config.Network.length > 0 ? 'yes' : 'no',
    disc?.Identifier ?? '',
    changes.isoPath ?? '',
    String(others.length),
    ...others.map(({ Identifier }) => Identifier),
    ...forwards,
  ]
}

async function diskToGrow(context: ProviderContext, bundle: Bundle, wanted: number, op: Op): Promise<string | null> {
  const path = growable(bundle)
  if (path === null) throw failure('unsupported', { key: 'qemu.error.noResize' }, { field: 'diskBytes' })
  const { virtualBytes } = await context.images.info(ownImage(path), false, op)
  if (wanted < virtualBytes) throw failure('invalid-input', { key: 'kept.error.shrink' }, { field: 'diskBytes' })
  return wanted === virtualBytes ? null : path
}

/** The bundle must say so too: an event that was answered proves nothing. */
async function verify(
  context: ProviderContext,
  id: MachineId,
  fits: (config: Bundle['config']) => boolean,
  op: Op,
): Promise<void> {
  const { bundle } = await context.machineRegistry.get(id, unstoppable(op))
  if (bundle === null || fits(bundle.config)) return
  throw failure('wrong-state', { key: 'utm.error.noEffect' }, { hint: { key: 'utm.error.noEffect.hint' } })
}
