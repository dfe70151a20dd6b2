import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { CreateSpec, VmSpec } from '../../../app/domain/spec.ts'
import { commandLine } from '../../exec/mask.ts'
import { agreedPaths } from '../../images/agreed.ts'
import { checkImage } from '../../images/check.ts'
import { checkForwards, checkIso, checkPath } from '../common/checks.ts'
import { imageArguments } from '../common/images/commands.ts'
import { throwIfCancelled } from '../common/op.ts'
import { checkSpace } from '../common/space.ts'
import type { CreateOps, Op } from '../provider.ts'
import { architectureOf } from './architectures.ts'
import { qemuArguments } from './commands.ts'
import { createOptions } from './create-options.ts'
import { type Definition, type Disk, macOf } from './definitions.ts'
import { aloneImage, shownChains } from './disk-chains.ts'
import { type Firmware, findFirmware } from './firmware.ts'
import { type Folder, varsFile } from './layout.ts'
import type { ProviderContext } from './provider-context.ts'
import { makeMachine } from './staging.ts'

const diskFile = 'disk0.qcow2'
/** A new qcow2 is almost empty, but a disk without any room makes no machine. */
const emptyDiskBytes = 1024 * 1024

export function createCreate(context: ProviderContext): CreateOps {
  return {
    options: (_endpointId, op) => createOptions(context, op),
    preview: (spec, op) => preview(context, vmOnly(spec), op),
    async create(spec, op) {
      const vm = vmOnly(spec)
      checkForwards(vm.network)
      const { definition, firmware } = await plan(context, vm, randomUUID(), op)
      throwIfCancelled(op)
      return makeMachine(
        context,
        definition.uuid,
        async (folder) => ({ ...definition, disks: await makeDisks(context, vm, folder, firmware, op) }),
        op,
      )
    },
  }
}

function vmOnly(spec: CreateSpec): VmSpec {
  if (spec.kind === 'vm') return spec
  throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'kind' } }, { field: 'kind' })
}

/** Everything of a new machine but its disks, after looking whether it can be. */
async function plan(
  context: ProviderContext,
  spec: VmSpec,
  uuid: string,
  op: Op,
): Promise<{ definition: Definition; firmware: Firmware | null }> {
  const system = await context.tools.system(spec.arch)
  const wanted = architectureOf(spec.arch).machine
  const machine = wanted === null ? null : await context.tools.machineType(system, wanted, op)
  const firmware = spec.firmware === 'bios' ? null : await findFirmware(spec.arch, machine ?? '', system)
  if (spec.firmware === 'uefi' && firmware === null) {
    throw failure(
      'unsupported',
      { key: 'qemu.error.noFirmware', params: { arch: spec.arch } },
      { hint: { key: 'qemu.error.noFirmware.hint' }, field: 'firmware' },
    )
  }
  await checkIso(spec.isoPath)
  const definition: Definition = {
    version: 1,
    uuid,
    name: spec.name,
    createdAt: context.host.now().toISOString(),
    arch: spec.arch,
    machine: machine ?? wanted,
    cpus: spec.cpus,
    memoryBytes: spec.memoryBytes,
    disks: [],
    isoPath: spec.isoPath,
    network: spec.network,
    mac: macOf(uuid),
    firmware:
      firmware === null
        ? { kind: 'bios' }
        : { kind: 'uefi', codePath: firmware.codePath, codeFormat: firmware.codeFormat },
    graphics: graphicsOf(spec),
    bases: [],
  }
  return { definition, firmware }
}

/** The card that was chosen. An architecture without a display has none to choose. */
function graphicsOf({ arch, graphics }: VmSpec): Definition['graphics'] {
  const usual = architectureOf(arch).graphics
  if (graphics === undefined || graphics === usual) return usual
  if (usual === 'vga' && graphics === 'virtio') return graphics
  throw failure('unsupported', { key: 'qemu.error.graphics', params: { graphics, arch } }, { field: 'graphics' })
}

async function makeDisks(
  context: ProviderContext,
  spec: VmSpec,
  folder: Folder,
  firmware: Firmware | null,
  op: Op,
): Promise<Disk[]> {
  if (firmware !== null) {
    const { varsPath: path, varsFormat: format } = firmware
    await context.images.copy(
      { path, format, allowed: [] },
      folder.file(varsFile),
      null,
      { key: 'qemu.step.firmware' },
      op,
    )
  }
  const { disk } = spec
  switch (disk.from) {
    case 'none':
      return []
    case 'guest':
      throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'disk' } }, { field: 'disk' })
    case 'blank': {
      await checkSpace(folder.path, emptyDiskBytes)
      await context.images.createBlank(folder.file(diskFile), disk.sizeBytes, op)
      return [{ file: diskFile, format: 'qcow2', sizeBytes: disk.sizeBytes, allowed: null }]
    }
    case 'image': {
      const path = await checkPath(disk.path, 'disk.path')
      const allowed = await agreedPaths(disk.allowedFiles)
      await checkImage({ path, format: disk.format, use: disk.use, allowed }, 'disk.path')
      const image = { path, format: disk.format, allowed }
      const { virtualBytes: sizeBytes } = await context.images.info(image, false, op)
      if (disk.use === 'in-place') return [{ file: path, format: disk.format, sizeBytes, allowed: [...allowed] }]
      await context.images.copy(image, folder.file(diskFile), null, { key: 'kept.step.copy' }, op)
      return [{ file: diskFile, format: 'qcow2', sizeBytes, allowed: null }]
    }
  }
}

/** The lines that make and start it, with what is not decided yet (its folder's name) as a word of its own. */
async function preview(context: ProviderContext, spec: VmSpec, op: Op): Promise<readonly string[]> {
  const uuid = '00000000-0000-4000-8000-000000000000'
  const folder = context.layout.machine(uuid)
  const readable = (file: string, args: readonly string[]): string =>
    commandLine(
      file,
      args.map((word) => word.replaceAll(uuid, 'UUID')),
    )
  const lines: string[] = []
  const disk = folder.file(diskFile)
  if (spec.disk.from === 'blank')
    lines.push(readable('qemu-img', imageArguments.createBlank(disk, spec.disk.sizeBytes)))
  if (spec.disk.from === 'image' && spec.disk.use === 'copy') {
    lines.push(readable('qemu-img', imageArguments.convert([aloneImage(spec.disk.path, spec.disk.format)], disk, null)))
  }
  const file = await context.host.findTool(`qemu-system-${spec.arch}`)
  const machine = architectureOf(spec.arch).machine
  const firmware =
    spec.firmware === 'bios' || file === null
      ? null
      : await findFirmware(
          spec.arch,
          (machine === null ? null : await context.tools.machineType(file, machine, op)) ?? '',
          file,
        )
  if (firmware !== null) {
    const vars = folder.file(varsFile)
    lines.push(
      readable('qemu-img', imageArguments.convert([aloneImage(firmware.varsPath, firmware.varsFormat)], vars, null)),
    )
  }
  const choice = context.accelerators.known(spec.arch)?.choice ?? {
    name: 'tcg',
    cpu: architectureOf(spec.arch).emulatedCpu,
  }
  const definition: Definition = {
    version: 1,
    uuid,
    name: spec.name,
    createdAt: '',
    arch: spec.arch,
    machine,
    cpus: spec.cpus,
    memoryBytes: spec.memoryBytes,
    disks:
      spec.disk.from === 'none'
        ? []
        : spec.disk.from === 'image' && spec.disk.use === 'in-place'
          ? [{ file: spec.disk.path, format: spec.disk.format, sizeBytes: 0, allowed: null }]
          : [{ file: diskFile, format: 'qcow2', sizeBytes: 0, allowed: null }],
    isoPath: spec.isoPath,
    network: spec.network,
    mac: macOf(uuid),
    firmware:
      firmware === null
        ? { kind: 'bios' }
        : { kind: 'uefi', codePath: firmware.codePath, codeFormat: firmware.codeFormat },
    graphics: graphicsOf(spec),
    bases: [],
  }
  const socket = (line: string): string => join(context.host.runtimeDir, `UUID.${line}`)
  const sockets = { qmp: socket('qmp'), serial: socket('serial'), vnc: socket('vnc') }
  const chains = shownChains(definition, folder)
  const args = qemuArguments({ definition, chains, folder, sockets, accelerator: choice, incoming: false })
  throwIfCancelled(op)
  return [...lines, readable(`qemu-system-${spec.arch}`, args)]
}
