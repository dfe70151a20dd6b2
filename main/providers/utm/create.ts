import { failure } from '../../../app/domain/errors.ts'
import type { CreateSpec, VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { commandLine } from '../../exec/mask.ts'
import { agreedPaths } from '../../images/agreed.ts'
import { checkImage } from '../../images/check.ts'
import { hostArchitecture } from '../common/architectures.ts'
import { checkForwards, checkIso, checkPath } from '../common/checks.ts'
import { look } from '../common/files.ts'
import { checkSpace } from '../common/space.ts'
import type { CreateOps } from '../provider.ts'
import { createOptions } from './create-options.ts'
import { makeMachine } from './making.ts'
import { checkName } from './names.ts'
import type { ProviderContext } from './provider-context.ts'
import { createScript, scriptArguments } from './scripts.ts'

/** A day: a disk that is brought along is copied and converted by UTM. */
const makeMs = 24 * 60 * 60_000

export function createCreate(context: ProviderContext, documents: string): CreateOps {
  return {
    options: (_endpointId, op) => createOptions(context.tool, documents, op),
    async preview(spec) {
      const file = (await context.host.findTool('osascript')) ?? 'osascript'
      return [commandLine(file, scriptArguments(createScript, createArguments(vmOnly(spec))))]
    },
    async create(spec, op) {
      const vm = vmOnly(spec)
      checkName(vm.name)
      checkForwards(vm.network)
      await checkIso(vm.isoPath)
      await checkDisk(vm, documents)
      return makeMachine(
        context,
        vm.name,
        async (calm) =>
          (await context.tool.script(createScript, createArguments(vm), makeMs, calm)).trim().toUpperCase(),
        op,
      )
    },
  }
}

function vmOnly(spec: CreateSpec): VmSpec {
  if (spec.kind === 'vm') return spec
  throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'kind' } }, { field: 'kind' })
}

async function checkDisk({ disk }: VmSpec, documents: string): Promise<void> {
  if (disk.from === 'guest')
    throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'disk' } }, { field: 'disk' })
  if (disk.from !== 'image') return
  if (disk.use === 'in-place') throw failure('unsupported', { key: 'utm.error.inPlace' }, { field: 'disk.use' })
  const path = await checkPath(disk.path, 'disk.path')
  const { format, use, allowedFiles } = disk
  const allowed = await agreedPaths(allowedFiles)
  await checkImage({ path, format, use, allowed }, 'disk.path')
  await checkSpace(documents, (await look(disk.path))?.size ?? 0)
}

/** What `createScript` takes. */
export function createArguments(vm: VmSpec): readonly string[] {
  const { disk } = vm
  return [
    vm.name,
    vm.arch,
    String(Math.ceil(vm.memoryBytes / MiB)),
    String(vm.cpus),
    vm.firmware,
    vm.arch === hostArchitecture(process.arch) ? 'yes' : 'no',
    displayOf(vm.arch),
    disk.from,
    disk.from === 'blank' ? String(Math.ceil(disk.sizeBytes / MiB)) : disk.from === 'image' ? disk.path : '',
    vm.isoPath ?? '',
    ...networkArguments(vm.network),
  ]
}

/**
 * The mode and the forwards. Without forwards the guest joins UTM's shared network, where the Mac reaches it by its address;
 * ports are forwarded only into a network that QEMU itself makes up.
 */
export function networkArguments(network: VmSpec['network']): readonly [mode: string, ...forwards: string[]] {
  if (network.mode === 'none') return ['none']
  if (network.forwards.length === 0) return ['shared']
  return [
    'emulated',
    ...network.forwards.flatMap(({ protocol, hostAddress, hostPort, guestPort }) => [
      protocol,
      hostAddress,
      String(hostPort),
      String(guestPort),
    ]),
  ]
}

/** A display that needs no driver to show an installer; UTM takes its own for what it does not know. */
function displayOf(arch: string): string {
  if (arch === 'x86_64' || arch === 'i386') return 'virtio-vga'
  return arch === 'aarch64' || arch === 'arm' ? 'virtio-ramfb' : 'virtio-gpu-pci'
}
