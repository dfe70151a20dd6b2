import { failure } from '../../../app/domain/errors.ts'
import type {
  ConfigureField,
  ConfigureSpec,
  Forward,
  GraphicsOption,
  MachineConfiguration,
} from '../../../app/domain/spec.ts'
import type { Text } from '../../../app/messages/text.ts'
import { checkForwards, checkIso, checkPath } from '../common/checks.ts'
import { freeBytes } from '../common/files.ts'
import type { ConfigureOps, Op } from '../provider.ts'
import { graphicsCards } from './create-options.ts'
import { disksOf } from './dependants.ts'
import { driveOf } from './disks.ts'
import type { Entry, Known } from './entry.ts'
import { idOf } from './inventory.ts'
import { limitsOf } from './limits.ts'
import { setLiveScreen, withheldLiveScreen } from './live-screen.ts'
import * as commands from './machine-commands.ts'
import { knownMedia } from './media-registry.ts'
import { type ProviderContext, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { wantsLiveScreen } from './remote-display.ts'
import { prepareSerialFolder, serialPathOf } from './serial-path.ts'
import type { Settings } from './settings-file.ts'
import type { PortForward } from './settings-hardware.ts'
import type { Medium } from './settings-media.ts'
import { diskWorkMs, unstoppable } from './snapshots.ts'
import { isResting } from './states.ts'
import { vdiBytes } from './vdi.ts'
import { hasOwnWindow, withheldWindow } from './window.ts'

/** Changed while it runs too, where it has what they need. */
const alwaysOpen: readonly ConfigureField[] = ['isoPath', 'network']

export function createConfigure(context: ProviderContext): ConfigureOps {
  return {
    async read(id, op) {
      const { settings, path } = await context.inventory.get(id)
      const [free, media, noWindow, noLiveScreen] = await Promise.all([
        freeBytes(path),
        knownMedia(context),
        withheldWindow(context),
        withheldLiveScreen(context, settings),
      ])
      throwIfCancelled(op)
      const known = { ...settings, media }
      const disk = growing(known)
      const diskBytes = disk.medium === null ? null : await vdiBytes(disk.medium.path)
      return configurationOf(context, known, { free, diskBytes, disk, noWindow, noLiveScreen })
    },
    configure: async (id, changes, op) => configure(context, await context.inventory.get(id), changes, op),
  }
}

function configurationOf(
  context: ProviderContext,
  settings: Settings,
  seen: {
    readonly free: number | null
    readonly diskBytes: number | null
    readonly disk: GrowingDisk
    readonly noWindow: Text | null
    readonly noLiveScreen: Text | null
  },
): MachineConfiguration {
  const { free, diskBytes, disk } = seen
  const { hardware } = settings
  const network = networkOf(settings)
  const hasDrive = driveOf(settings) !== null
  const ownWindow = hasOwnWindow(settings)
  const limits = limitsOf(free)
  const fields: readonly ConfigureField[] = [
    'cpus',
    'memoryBytes',
    ...(diskBytes === null || disk.withheld !== null ? [] : (['diskBytes'] as const)),
    ...(hasDrive ? (['isoPath'] as const) : []),
    ...(network === null ? [] : (['network'] as const)),
    'graphics',
    'serialConsole',
    // Where no window can open any more, that it should can still be taken back.
    ...(seen.noWindow === null || ownWindow ? (['ownWindow'] as const) : []),
    ...(seen.noLiveScreen === null ? (['liveScreen'] as const) : []),
  ]
  return {
    fields,
    whileStopped: fields.filter((field) => !alwaysOpen.includes(field)),
    withheld: {
      ...(disk.withheld === null ? {} : { diskBytes: disk.withheld }),
      ...(seen.noWindow === null || ownWindow ? {} : { ownWindow: seen.noWindow }),
      ...(seen.noLiveScreen === null ? {} : { liveScreen: seen.noLiveScreen }),
    },
    values: {
      cpus: hardware.cpus,
      ...(hardware.memoryBytes === null ? {} : { memoryBytes: hardware.memoryBytes }),
      ...(diskBytes === null ? {} : { diskBytes }),
      ...(hasDrive ? { isoPath: discOf(settings) } : {}),
      ...(network === null ? {} : { network }),
      graphics: hardware.graphicsController.toLowerCase(),
      serialConsole: hasOwnSerial(context, settings),
      ownWindow,
      liveScreen: wantsLiveScreen(settings),
    },
    limits: {
      cpus: limits.cpus,
      memoryBytes: limits.memoryBytes,
      ...(diskBytes === null ? {} : { diskBytes: { ...limits.diskBytes, min: diskBytes } }),
    },
    graphics: cardsWith(hardware.graphicsController),
  }
}

/** The cards to choose from, and the one it has: a newer VirtualBox may know more. */
function cardsWith(present: string): readonly GraphicsOption[] {
  const id = present.toLowerCase()
  return graphicsCards.some((card) => card.id === id) ? graphicsCards : [...graphicsCards, { id, label: present }]
}

/** The first network card as the form knows it; null when it is attached to something the form has no word for. */
export function networkOf({ hardware }: Pick<Settings, 'hardware'>): ConfigureSpec['network'] | null {
  const card = hardware.networks.find(({ slot }) => slot === 0)
  if (card === undefined) return { mode: 'none' }
  if (card.mode !== 'nat') return null
  return { mode: 'user', forwards: card.forwards.map(asForward) }
}

function asForward({ protocol, hostAddress, hostPort, guestPort }: PortForward): Forward {
  return { protocol, hostAddress, hostPort, guestPort }
}

export function discOf(settings: Settings): string | null {
  const drives = settings.hardware.controllers.flatMap(({ devices }) => devices.filter(({ type }) => type === 'dvd'))
  const [drive] = drives
  return settings.media.find(({ uuid }) => uuid === drive?.mediumId)?.path ?? null
}

/** A machine's one disk, in a format that VirtualBox makes larger, and why it does not just now. */
interface GrowingDisk {
  readonly medium: Medium | null
  readonly withheld: Text | null
}

/**
 * A disk that snapshots stand on is not made larger: VirtualBox does it to any one of the chain that is named, the ground included
 * (seen), and leaves the others at their size.
 */
function growing({ hardware, snapshots, media }: Pick<Settings, 'hardware' | 'snapshots' | 'media'>): GrowingDisk {
  const [only, ...others] = disksOf(hardware)
  const medium = media.find(({ uuid }) => uuid === only)
  if (medium === undefined || others.length > 0 || !/^VDI$/i.test(medium.format ?? '')) {
    return { medium: null, withheld: null }
  }
  if (snapshots.length > 0) return { medium, withheld: { key: 'virtualbox.why.growSnapshots' } }
  return { medium, withheld: medium.parentId === null ? null : { key: 'virtualbox.why.growLinked' } }
}

export function hasOwnSerial(
  { host }: Pick<ProviderContext, 'host'>,
  { uuid, hardware }: Pick<Settings, 'uuid' | 'hardware'>,
): boolean {
  const path = serialPathOf(host, uuid)
  return hardware.serialPorts.some((port) => port.mode === 'pipe' && port.isServer && port.path === path)
}

async function configure(context: ProviderContext, known: Known, changes: ConfigureSpec, op: Op): Promise<void> {
  const { inventory } = context
  const { entry } = known
  const settings = { ...known.settings, media: await knownMedia(context) }
  const isOn = !isResting(inventory.observedState(entry).word)
  const { cpus, memoryBytes, graphics, serialConsole, ownWindow, liveScreen } = changes
  const stopped = { cpus, memoryBytes, graphics, serialConsole, ownWindow }
  const hasBasics = Object.values(stopped).some((value) => value !== undefined)
  const needsStop = hasBasics || liveScreen !== undefined || changes.diskBytes !== undefined
  if (isOn && needsStop) throw failure('wrong-state', { key: 'virtualbox.why.configureRunning' })
  if (!isOn && settings.stateFile !== null) throw failure('wrong-state', { key: 'virtualbox.why.configureSuspended' })
  if (graphics !== undefined && !cardsWith(settings.hardware.graphicsController).some(({ id }) => id === graphics)) {
    throw failure('invalid-input', { key: 'virtualbox.error.notAsWanted' }, { field: 'graphics', detail: graphics })
  }
  const noWindow = ownWindow === true ? await withheldWindow(context) : null
  if (noWindow !== null) throw failure('unsupported', noWindow, { field: 'ownWindow' })
  const noLiveScreen = liveScreen === true ? await withheldLiveScreen(context, settings) : null
  if (noLiveScreen !== null) throw failure('unsupported', noLiveScreen, { field: 'liveScreen' })
  if (changes.network !== undefined) checkForwards(changes.network)
  if (changes.isoPath != null) await checkIso(changes.isoPath)
  const iso = changes.isoPath == null ? changes.isoPath : await checkPath(changes.isoPath, 'isoPath')
  throwIfCancelled(op)

  if (hasBasics) {
    const basics = {
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(graphics === undefined ? {} : { graphics }),
      ...(serialConsole === undefined
        ? {}
        : { serialPath: serialConsole ? serialPathOf(context.host, entry.uuid) : null }),
      ...(ownWindow === undefined ? {} : { ownWindow }),
    }
    if (serialConsole === true) await prepareSerialFolder(context.host, entry.uuid)
    await runOnMachine(context, entry, commands.modify(entry.uuid, basics), op)
  }
  if (liveScreen !== undefined) await setLiveScreen(context, entry, liveScreen, op)
  if (iso !== undefined) await changeDisc(context, entry, settings, iso, op)
  if (changes.network !== undefined) await changeNetwork(context, entry, settings, changes.network, isOn, op)
  if (changes.diskBytes !== undefined) await growDisk(context, entry, settings, changes.diskBytes, op)
  await checkChanged(context, entry, { ...changes, ...(iso === undefined ? {} : { isoPath: iso }) })
  inventory.publish(entry)
}

async function changeDisc(
  context: ProviderContext,
  entry: Entry,
  settings: Settings,
  iso: string | null,
  op: Op,
): Promise<void> {
  if (discOf(settings) === iso) return
  const drive = driveOf(settings)
  if (drive === null) throw failure('unsupported', { key: 'virtualbox.error.noDrive' }, { field: 'isoPath' })
  await runOnMachine(context, entry, commands.attach(entry.uuid, drive, 'dvddrive', iso ?? 'emptydrive'), op)
}

async function changeNetwork(
  context: ProviderContext,
  entry: Entry,
  settings: Settings,
  wanted: NonNullable<ConfigureSpec['network']>,
  isOn: boolean,
  op: Op,
): Promise<void> {
  const now = networkOf(settings)
  if (now === null || now === undefined)
    throw failure('unsupported', { key: 'virtualbox.error.otherNetwork' }, { field: 'network' })
  if (now.mode !== wanted.mode) {
    if (isOn) throw failure('wrong-state', { key: 'virtualbox.why.configureRunning' })
    await runOnMachine(context, entry, commands.network(entry.uuid, wanted.mode), op)
  }
  if (wanted.mode === 'none') return
  const card = settings.hardware.networks.find(({ slot }) => slot === 0)
  const rules = now.mode === 'user' ? (card?.forwards ?? []) : []
  const keyOf = (forward: Forward): string => JSON.stringify(asForward({ ...forward, name: '', guestAddress: '' }))
  const kept = new Set(wanted.forwards.map(keyOf))
  const had = new Set(rules.map((rule) => keyOf(asForward(rule))))
  for (const rule of rules) {
    if (!kept.has(keyOf(asForward(rule))))
      await runOnMachine(context, entry, commands.removeForward(entry.uuid, rule.name, isOn), op)
  }
  for (const forward of wanted.forwards) {
    if (!had.has(keyOf(forward))) await runOnMachine(context, entry, commands.addForward(entry.uuid, forward, isOn), op)
  }
}

async function growDisk(
  context: ProviderContext,
  entry: Entry,
  settings: Settings,
  bytes: number,
  op: Op,
): Promise<void> {
  const { medium: disk, withheld } = growing(settings)
  if (disk === null || withheld !== null) {
    throw failure('unsupported', withheld ?? { key: 'virtualbox.error.noResize' }, { field: 'diskBytes' })
  }
  const before = (await vdiBytes(disk.path)) ?? 0
  if (bytes === before) return
  if (bytes < before) throw failure('invalid-input', { key: 'virtualbox.error.shrink' }, { field: 'diskBytes' })
  op.progress({ text: null, fraction: null, cancellable: false })
  await runOnMachine(context, entry, commands.resizeDisk(disk.uuid, bytes), unstoppable(op), { timeoutMs: diskWorkMs })
  const after = await vdiBytes(disk.path)
  if (after === null || after < bytes) {
    throw failure('tool-failed', { key: 'virtualbox.error.notAsWanted' }, { field: 'diskBytes', detail: String(after) })
  }
}

/** VBoxManage ends with 0 for some values it does not take. */
async function checkChanged(context: ProviderContext, entry: Entry, changes: ConfigureSpec): Promise<void> {
  const { settings } = await context.inventory.get(idOf(entry.uuid))
  const { hardware } = settings
  const disc = discOf({ ...settings, media: await knownMedia(context) })
  const wrong = [
    changes.cpus === undefined || changes.cpus === hardware.cpus ? null : 'cpus',
    changes.memoryBytes === undefined || Math.abs(changes.memoryBytes - (hardware.memoryBytes ?? 0)) < 1024 * 1024
      ? null
      : 'memoryBytes',
    changes.isoPath === undefined || changes.isoPath === disc ? null : 'isoPath',
    changes.graphics === undefined || changes.graphics === hardware.graphicsController.toLowerCase()
      ? null
      : 'graphics',
    changes.serialConsole === undefined || changes.serialConsole === hasOwnSerial(context, settings)
      ? null
      : 'serialConsole',
    changes.ownWindow === undefined || changes.ownWindow === hasOwnWindow(settings) ? null : 'ownWindow',
    changes.liveScreen === undefined || changes.liveScreen === wantsLiveScreen(settings) ? null : 'liveScreen',
  ].filter((field) => field !== null)
  if (wrong.length === 0) return
  throw failure(
    'tool-failed',
    { key: 'virtualbox.error.notAsWanted' },
    { detail: wrong.join(', '), field: wrong[0] ?? null },
  )
}
