import { failure } from '../../../app/domain/errors.ts'
import type { ConfigureField, ConfigureSpec, Forward, MachineConfiguration } from '../../../app/domain/spec.ts'
import { checkForwards, checkPath } from '../common/checks.ts'
import { freeBytes } from '../common/files.ts'
import type { ConfigureOps, Op } from '../provider.ts'
import { cpuLimit, diskLimit, memoryLimit } from './create-options.ts'
import { disksOf } from './dependants.ts'
import { driveOf } from './disks.ts'
import type { Entry, Known } from './entry.ts'
import { idOf } from './inventory.ts'
import * as commands from './machine-commands.ts'
import { knownMedia } from './media-registry.ts'
import { prepareSerialFolder, serialPathOf } from './serial-path.ts'
import type { Settings } from './settings-file.ts'
import type { PortForward } from './settings-hardware.ts'
import type { Medium } from './settings-media.ts'
import { diskWorkMs, unstoppable } from './snapshots.ts'
import { isResting } from './states.ts'
import { vdiBytes } from './vdi.ts'
import { act, throwIfCancelled, type World } from './world.ts'

/** Changed while it runs too, where it has what they need. */
const alwaysOpen: readonly ConfigureField[] = ['isoPath', 'network']

export function createConfigure(world: World): ConfigureOps {
  return {
    async read(id, op) {
      const { settings, path } = await world.inventory.get(id)
      const [free, media] = await Promise.all([freeBytes(path), knownMedia(world)])
      throwIfCancelled(op)
      const disk = growingDisk(settings)
      const diskBytes = disk === null ? null : await vdiBytes(disk.path)
      return configurationOf(world, { ...settings, media }, { free, diskBytes })
    },
    configure: async (id, changes, op) => configure(world, await world.inventory.get(id), changes, op),
  }
}

function configurationOf(
  world: World,
  settings: Settings,
  { free, diskBytes }: { readonly free: number | null; readonly diskBytes: number | null },
): MachineConfiguration {
  const { hardware } = settings
  const network = networkOf(settings)
  const hasDrive = driveOf(settings) !== null
  const fields: readonly ConfigureField[] = [
    'cpus',
    'memoryBytes',
    ...(diskBytes === null ? [] : (['diskBytes'] as const)),
    ...(hasDrive ? (['isoPath'] as const) : []),
    ...(network === null ? [] : (['network'] as const)),
    'serialConsole',
  ]
  return {
    fields,
    whileStopped: fields.filter((field) => !alwaysOpen.includes(field)),
    values: {
      cpus: hardware.cpus,
      ...(hardware.memoryBytes === null ? {} : { memoryBytes: hardware.memoryBytes }),
      ...(diskBytes === null ? {} : { diskBytes }),
      ...(hasDrive ? { isoPath: discOf(settings) } : {}),
      ...(network === null ? {} : { network }),
      serialConsole: hasOwnSerial(world, settings),
    },
    limits: {
      cpus: cpuLimit(),
      memoryBytes: memoryLimit(),
      ...(diskBytes === null ? {} : { diskBytes: { ...diskLimit(free), min: diskBytes } }),
    },
  }
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

/** The one disk of a machine without snapshots, in a format that VirtualBox makes larger; null otherwise. */
function growingDisk({ hardware, snapshots, media }: Settings): Medium | null {
  const [only, ...others] = disksOf(hardware)
  const medium = media.find(({ uuid }) => uuid === only)
  if (medium === undefined || others.length > 0 || snapshots.length > 0 || medium.parentId !== null) return null
  return /^VDI$/i.test(medium.format ?? '') ? medium : null
}

export function hasOwnSerial(
  { host }: Pick<World, 'host'>,
  { uuid, hardware }: Pick<Settings, 'uuid' | 'hardware'>,
): boolean {
  const path = serialPathOf(host, uuid)
  return hardware.serialPorts.some((port) => port.mode === 'pipe' && port.isServer && port.path === path)
}

async function configure(world: World, known: Known, changes: ConfigureSpec, op: Op): Promise<void> {
  const { inventory } = world
  const { entry } = known
  const settings = { ...known.settings, media: await knownMedia(world) }
  const isOn = !isResting(inventory.sight(entry).word)
  const stopped = { cpus: changes.cpus, memoryBytes: changes.memoryBytes, serialConsole: changes.serialConsole }
  const needsStop = Object.values(stopped).some((value) => value !== undefined) || changes.diskBytes !== undefined
  if (isOn && needsStop) throw failure('wrong-state', { key: 'virtualbox.why.configureRunning' })
  if (!isOn && settings.stateFile !== null) throw failure('wrong-state', { key: 'virtualbox.why.configureSuspended' })
  if (changes.network !== undefined) checkForwards(changes.network)
  const iso = changes.isoPath == null ? changes.isoPath : await checkPath(changes.isoPath, 'isoPath')
  throwIfCancelled(op)

  const { cpus, memoryBytes, serialConsole } = stopped
  if (cpus !== undefined || memoryBytes !== undefined || serialConsole !== undefined) {
    const basics = {
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(serialConsole === undefined
        ? {}
        : { serialPath: serialConsole ? serialPathOf(world.host, entry.uuid) : null }),
    }
    if (serialConsole === true) await prepareSerialFolder(world.host, entry.uuid)
    await act(world, entry, commands.modify(entry.uuid, basics), op)
  }
  if (iso !== undefined) await changeDisc(world, entry, settings, iso, op)
  if (changes.network !== undefined) await changeNetwork(world, entry, settings, changes.network, isOn, op)
  if (changes.diskBytes !== undefined) await growDisk(world, entry, settings, changes.diskBytes, op)
  await checkChanged(world, entry, { ...changes, ...(iso === undefined ? {} : { isoPath: iso }) })
  inventory.publish(entry)
}

async function changeDisc(world: World, entry: Entry, settings: Settings, iso: string | null, op: Op): Promise<void> {
  if (discOf(settings) === iso) return
  const drive = driveOf(settings)
  if (drive === null) throw failure('unsupported', { key: 'virtualbox.error.noDrive' }, { field: 'isoPath' })
  await act(world, entry, commands.attach(entry.uuid, drive, 'dvddrive', iso ?? 'emptydrive'), op)
}

async function changeNetwork(
  world: World,
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
    await act(world, entry, commands.network(entry.uuid, wanted.mode), op)
  }
  if (wanted.mode === 'none') return
  const card = settings.hardware.networks.find(({ slot }) => slot === 0)
  const rules = now.mode === 'user' ? (card?.forwards ?? []) : []
  const keyOf = (forward: Forward): string => JSON.stringify(asForward({ ...forward, name: '', guestAddress: '' }))
  const kept = new Set(wanted.forwards.map(keyOf))
  const had = new Set(rules.map((rule) => keyOf(asForward(rule))))
  for (const rule of rules) {
    if (!kept.has(keyOf(asForward(rule))))
      await act(world, entry, commands.removeForward(entry.uuid, rule.name, isOn), op)
  }
  for (const forward of wanted.forwards) {
    if (!had.has(keyOf(forward))) await act(world, entry, commands.addForward(entry.uuid, forward, isOn), op)
  }
}

async function growDisk(world: World, entry: Entry, settings: Settings, bytes: number, op: Op): Promise<void> {
  const disk = growingDisk(settings)
  if (disk === null) throw failure('unsupported', { key: 'virtualbox.error.noResize' }, { field: 'diskBytes' })
  const before = (await vdiBytes(disk.path)) ?? 0
  if (bytes === before) return
  if (bytes < before) throw failure('invalid-input', { key: 'virtualbox.error.shrink' }, { field: 'diskBytes' })
  op.progress({ text: null, fraction: null, cancellable: false })
  await act(world, entry, commands.resizeDisk(disk.uuid, bytes), unstoppable(op), { timeoutMs: diskWorkMs })
  const after = await vdiBytes(disk.path)
  if (after === null || after < bytes) {
    throw failure('tool-failed', { key: 'virtualbox.error.notAsWanted' }, { field: 'diskBytes', detail: String(after) })
  }
}

/** VBoxManage ends with 0 for some values it does not take. */
async function checkChanged(world: World, entry: Entry, changes: ConfigureSpec): Promise<void> {
  const { settings } = await world.inventory.get(idOf(entry.uuid))
  const { hardware } = settings
  const disc = discOf({ ...settings, media: await knownMedia(world) })
  const wrong = [
    changes.cpus === undefined || changes.cpus === hardware.cpus ? null : 'cpus',
    changes.memoryBytes === undefined || Math.abs(changes.memoryBytes - (hardware.memoryBytes ?? 0)) < 1024 * 1024
      ? null
      : 'memoryBytes',
    changes.isoPath === undefined || changes.isoPath === disc ? null : 'isoPath',
    changes.serialConsole === undefined || changes.serialConsole === hasOwnSerial(world, settings)
      ? null
      : 'serialConsole',
  ].filter((field) => field !== null)
  if (wrong.length === 0) return
  throw failure(
    'tool-failed',
    { key: 'virtualbox.error.notAsWanted' },
    { detail: wrong.join(', '), field: wrong[0] ?? null },
  )
}
