import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { guessOsType } from '../../../app/domain/guess-os.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { CreateSpec, VmSpec } from '../../../app/domain/spec.ts'
import { commandLine } from '../../exec/mask.ts'
import { agreedPaths } from '../../images/agreed.ts'
import { checkImage } from '../../images/check.ts'
import { checkForwards, checkIso, checkPath } from '../common/checks.ts'
import { diskUse } from '../common/files.ts'
import { checkSpace } from '../common/space.ts'
import type { CreateOps, Op } from '../provider.ts'
import { createOptions, hostArch } from './create-options.ts'
import { slotsIn } from './disks.ts'
import type { Known } from './entry.ts'
import { idOf } from './inventory.ts'
import * as commands from './machine-commands.ts'
import { defaultMachineFolder } from './machine-folder.ts'
import { folderName, makeWhole } from './making.ts'
import { checkName } from './naming.ts'
import { type ProviderContext, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { prepareSerialFolder, serialPathOf } from './serial-path.ts'
import { diskWorkMs } from './snapshots.ts'

/** An empty disk is small, but a file system without any room makes no machine. */
const emptyBytes = 4 * 1024 * 1024

export function createCreate(context: ProviderContext): CreateOps {
  return {
    options: (_endpointId, op) => createOptions(context, op),
    preview: (spec, op) => preview(context, vmOnly(spec), op),
    create: (spec, op) => create(context, vmOnly(spec), op),
  }
}

function vmOnly(spec: CreateSpec): VmSpec {
  if (spec.kind === 'vm') return spec
  throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'kind' } }, { field: 'kind' })
}

/** Looks first whether all that it needs is there; then makes it step by step, and takes it all back if one fails. */
async function create(context: ProviderContext, spec: VmSpec, op: Op): Promise<MachineId> {
  checkName(spec.name)
  checkForwards(spec.network)
  if (spec.arch !== hostArch()) {
    const params = { arch: spec.arch }
    throw failure('unsupported', { key: 'virtualbox.error.arch', params }, { field: 'arch' })
  }
  await checkIso(spec.isoPath)
  const isoPath = spec.isoPath === null ? null : await checkPath(spec.isoPath, 'isoPath')
  const imagePath = spec.disk.from === 'image' ? await checkPath(spec.disk.path, 'disk.path') : null
  if (spec.disk.from === 'image' && imagePath !== null) {
    const { format, use, allowedFiles } = spec.disk
    const allowed = await agreedPaths(allowedFiles)
    await checkImage({ path: imagePath, format, use, allowed }, 'disk.path')
  }
  const osType = await osTypeOf(context, spec, op)
  const machines = await defaultMachineFolder(context)
  const copied = spec.disk.from === 'image' && spec.disk.use === 'copy' ? await diskUse(imagePath ?? '') : emptyBytes
  await checkSpace(machines, copied)
  throwIfCancelled(op)

  const uuid = randomUUID()
  const folder = join(machines, folderName(spec.name))
  return makeWhole(context, { key: uuid, uuid, folder }, async () => {
    op.progress({ text: null, fraction: null })
    await context.manage.run(commands.createMachine({ uuid, name: spec.name, osType, arch: spec.arch }), op)
    const known = await context.inventory.get(idOf(uuid))
    await prepareSerialFolder(context.host, uuid)
    const run = (args: readonly string[]): Promise<string> => runOnMachine(context, known.entry, args, op)
    for (const args of settingsOf(context, uuid, spec)) await run(args)
    await fillDrives(context, known, { ...spec, isoPath }, imagePath, op)
    const made = await context.inventory.get(idOf(uuid))
    checkMade(made, spec)
    throwIfCancelled(op)
    context.inventory.publish(made.entry)
    return idOf(uuid)
  })
}

async function osTypeOf(context: ProviderContext, spec: VmSpec, op: Op): Promise<string> {
  if (spec.osType !== undefined) return spec.osType
  const files = [spec.isoPath, spec.disk.from === 'image' ? spec.disk.path : null]
  const names = [spec.name, ...files.flatMap((path) => (path === null ? [] : [path.split(/[\\/]/).at(-1) ?? '']))]
  return guessOsType(names, spec.arch, await context.osTypes(op))?.id ?? 'Other'
}

/** Everything of it but its disks. */
function settingsOf(context: ProviderContext, uuid: string, spec: VmSpec): readonly (readonly string[])[] {
  const hasConsole = spec.serialConsole ?? true
  const { cpus, memoryBytes, firmware, graphics, network } = spec
  return [
    commands.modify(uuid, {
      cpus,
      memoryBytes,
      firmware,
      ...(graphics === undefined ? {} : { graphics }),
      ...(hasConsole ? { serialPath: serialPathOf(context.host, uuid) } : {}),
    }),
    commands.bootOrder(uuid),
    commands.network(uuid, network.mode),
    ...(network.mode === 'none' ? [] : network.forwards.map((forward) => commands.addForward(uuid, forward, false))),
  ]
}

async function fillDrives(
  context: ProviderContext,
  known: Known,
  spec: VmSpec,
  imagePath: string | null,
  op: Op,
): Promise<void> {
  const { entry, path, settings } = known
  const run = (args: readonly string[]): Promise<string> => runOnMachine(context, entry, args, op)
  let slots = slotsIn(settings.hardware.controllers)
  if (slots.disk === null || slots.drive === null) {
    await run(commands.addController(entry.uuid, 'SATA', 'sata'))
    slots = {
      disk: { controller: 'SATA', port: 0, device: 0 },
      drive: { controller: 'SATA', port: 1, device: 0 },
      grow: null,
    }
  }
  const { disk, drive, grow } = slots
  if (disk === null || drive === null) return
  if (grow !== null) await run(commands.growController(entry.uuid, grow, 2))
  const medium = await makeDisk(context, entry.uuid, dirname(path), spec, imagePath, op)
  if (medium !== null) await run(commands.attach(entry.uuid, disk, 'hdd', medium))
  // An empty drive too: a disc can then be put in while it runs.
  await run(commands.attach(entry.uuid, drive, 'dvddrive', spec.isoPath ?? 'emptydrive'))
}

async function makeDisk(
  context: ProviderContext,
  uuid: string,
  folder: string,
  { disk }: VmSpec,
  imagePath: string | null,
  op: Op,
): Promise<string | null> {
  const path = join(folder, 'disk.vdi')
  const long = (key: 'virtualbox.step.copy') => ({
    timeoutMs: diskWorkMs,
    onFraction: (fraction: number) => op.progress({ text: { key }, fraction }),
  })
  switch (disk.from) {
    case 'none':
      return null
    case 'guest':
      throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'disk' } }, { field: 'disk' })
    case 'blank':
      await context.manage.run(commands.createDisk(path, disk.sizeBytes), op, { timeoutMs: diskWorkMs })
      return path
    case 'image':
      if (disk.use === 'in-place') return imagePath
      op.progress({ text: { key: 'virtualbox.step.copy' }, fraction: null })
      await context.manage.run(commands.copyDisk(imagePath ?? '', disk.format, path), op, long('virtualbox.step.copy'))
      context.host.log.debug('virtualbox.copied', { uuid })
      return path
  }
}

/** An exit code of 0 proves nothing: what the settings file says does. */
function checkMade({ settings }: Known, spec: VmSpec): void {
  const { hardware } = settings
  const disks = hardware.controllers.flatMap(({ devices }) => devices.filter(({ type }) => type === 'disk'))
  const wrong = [
    hardware.cpus === spec.cpus ? null : `cpus: ${hardware.cpus}`,
    hardware.firmware === (spec.firmware === 'uefi' ? 'efi' : 'bios') ? null : `firmware: ${hardware.firmware}`,
    disks.length === (spec.disk.from === 'none' ? 0 : 1) ? null : `disks: ${disks.length}`,
    settings.name === spec.name ? null : `name: ${settings.name}`,
  ].filter((line) => line !== null)
  if (wrong.length === 0) return
  throw failure('tool-failed', { key: 'virtualbox.error.notAsWanted' }, { detail: wrong.join('\n') })
}

/** The commands in their order, with what is not decided yet (its UUID) as a word of its own. */
async function preview(context: ProviderContext, spec: VmSpec, op: Op): Promise<readonly string[]> {
  checkName(spec.name)
  const uuid = '00000000-0000-4000-8000-000000000000'
  const folder = join(await defaultMachineFolder(context), folderName(spec.name))
  const disk = join(folder, 'disk.vdi')
  const osType = await osTypeOf(context, spec, op)
  const slots = {
    disk: { controller: 'SATA', port: 0, device: 0 },
    drive: { controller: osType.startsWith('Windows') ? 'SATA' : 'IDE', port: 1, device: 0 },
  }
  const lines: (readonly string[])[] = [
    commands.createMachine({ uuid, name: spec.name, osType, arch: spec.arch }),
    ...settingsOf(context, uuid, spec),
  ]
  if (spec.disk.from === 'blank') lines.push(commands.createDisk(disk, spec.disk.sizeBytes))
  if (spec.disk.from === 'image' && spec.disk.use === 'copy') {
    lines.push(commands.copyDisk(spec.disk.path, spec.disk.format, disk))
  }
  if (spec.disk.from !== 'none') {
    const isInPlace = spec.disk.from === 'image' && spec.disk.use === 'in-place'
    lines.push(
      commands.attach(uuid, slots.disk, 'hdd', isInPlace && spec.disk.from === 'image' ? spec.disk.path : disk),
    )
  }
  lines.push(commands.attach(uuid, slots.drive, 'dvddrive', spec.isoPath ?? 'emptydrive'))
  throwIfCancelled(op)
  return lines.map((args) =>
    commandLine(
      'VBoxManage',
      args.map((word) => word.replaceAll(uuid, 'UUID')),
    ),
  )
}
