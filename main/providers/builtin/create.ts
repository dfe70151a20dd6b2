import { randomUUID } from 'node:crypto'
import { open, readFile, writeFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { CreateSpec, VmSpec } from '../../../app/domain/spec.ts'
import { GiB, MiB } from '../../../app/domain/units.ts'
import { checkDisc, checkImage } from '../../images/check.ts'
import { syncFile } from '../../state/durable.ts'
import { look } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { CreateOps, Op } from '../provider.ts'
import { checkBios } from './bios-check.ts'
import { createOptions, linuxMemoryLimit } from './create-options.ts'
import type { Definition, System } from './definitions.ts'
import { copyDisk } from './emulator/disk-copy.ts'
import type { Folder } from './layout.ts'
import { architecture } from './machine.ts'
import { checkSpace } from './memory.ts'
import { checkNetwork, withChosenPorts } from './network.ts'
import { unpackDisk } from './packed-disk.ts'
import { preparedFor } from './prepared.ts'
import { type Bios, bios, linux } from './program.ts'
import type { ProviderContext } from './provider-context.ts'
import { checkSharedFolder } from './shared-folder-check.ts'
import { makeMachine } from './staging.ts'

const sectorBytes = 512
/** A new disk is almost empty, but one without any room makes no machine. */
const emptyDiskBytes = MiB
/** What the disk of a new Linux takes, and its machine's first start. */
const linuxDiskUse = 8 * MiB
/** As its guest sees it. */
const linuxDiskBytes = GiB

export function createCreate(context: ProviderContext): CreateOps {
  return {
    options: (_endpointId, op) => createOptions(context, op),
    // There is no command that would do the same.
    preview: async () => [],
    async create(spec, op) {
      const vm = vmOnly(spec)
      const planned = await plan(context, vm, op)
      throwIfCancelled(op)
      return makeMachine(context, planned.definition, (folder) => fill(vm, planned, folder, op), op)
    },
  }
}

function invalid(
  message: Parameters<typeof failure>[1]['key'],
  field: string,
  hint: Parameters<typeof failure>[1] | null = null,
) {
  return failure('invalid-input', { key: message }, { field, hint })
}

function vmOnly(spec: CreateSpec): VmSpec {
  if (spec.kind !== 'vm')
    throw failure('invalid-input', { key: 'error.invalidInput', params: { field: 'kind' } }, { field: 'kind' })
  if (spec.arch !== architecture) throw invalid('builtin.error.arch', 'arch')
  if (spec.cpus !== 1) throw invalid('builtin.error.cpus', 'cpus')
  if (spec.firmware !== 'bios') throw invalid('builtin.arch.noUefi', 'firmware')
  return spec
}

function systemOf({ guest, disk, isoPath }: VmSpec): System {
  if (guest === 'monitor' || guest === 'linux' || guest === 'pc') return guest
  if (guest !== undefined) throw invalid('builtin.error.guest', 'guest')
  // Without a word, what has something to boot boots it.
  return disk.from === 'image' || isoPath !== null ? 'pc' : 'monitor'
}

/** What a new machine is to be. `bios` is null for Berth's own guest, which is one. */
interface Plan {
  readonly definition: Definition
  readonly bios: Bios | null
}

/** Everything of a new machine but its files, after looking whether it can be. */
async function plan(context: ProviderContext, spec: VmSpec, op: Op): Promise<Plan> {
  const system = systemOf(spec)
  checkFits(system, spec)
  const network = await withChosenPorts(spec.network)
  checkNetwork(system, network)
  if (spec.isoPath !== null) {
    await checkFile(spec.isoPath, 'isoPath')
    await checkDisc(spec.isoPath, 'isoPath')
  }
  if (spec.sharedFolder !== undefined) {
    if (system !== 'linux') throw invalid('builtin.error.noSharedFolder', 'sharedFolder')
    await checkSharedFolder(spec.sharedFolder, context.host.dataDir)
  }
  throwIfCancelled(op)
  return {
    bios: system === 'monitor' ? null : await biosOf(spec),
    definition: {
      version: 1,
      uuid: randomUUID(),
      name: spec.name,
      createdAt: context.host.now().toISOString(),
      system,
      memoryBytes: spec.memoryBytes,
      diskBytes: await diskBytesOf(context, spec),
      discPath: spec.isoPath,
      sharedFolder: spec.sharedFolder ?? null,
      network,
      prepared: null,
    },
  }
}

/** A guest that comes with Berth has its own disk, and no other guest has it. */
function checkFits(system: System, { disk, isoPath, biosFiles, memoryBytes }: VmSpec): void {
  if ((system === 'linux') !== (disk.from === 'guest')) throw invalid('builtin.error.guestDisk', 'disk')
  if (system !== 'linux') return
  if (isoPath !== null) throw invalid('builtin.error.guestDisk', 'isoPath')
  if (biosFiles !== undefined) throw invalid('builtin.error.guestDisk', 'biosFiles.system')
  checkLinuxMemory(memoryBytes)
}

export function checkLinuxMemory(memoryBytes: number): void {
  const { min, max } = linuxMemoryLimit()
  if (memoryBytes < min || memoryBytes > max) throw invalid('builtin.error.linuxMemory', 'memoryBytes')
}

/** The person's own, if they chose one and it is such a file; else Berth's. */
async function biosOf({ biosFiles }: VmSpec): Promise<Bios> {
  if (biosFiles === undefined) return bios
  const chosen = { biosPath: biosFiles.system, vgaBiosPath: biosFiles.graphics }
  await checkFile(chosen.biosPath, 'biosFiles.system')
  await checkFile(chosen.vgaBiosPath, 'biosFiles.graphics')
  await checkBios(chosen)
  return chosen
}

async function diskBytesOf(context: ProviderContext, { disk }: VmSpec): Promise<number | null> {
  switch (disk.from) {
    case 'none':
      return null
    case 'guest':
      await checkSpace(context.layout.machines, linuxDiskUse)
      return linuxDiskBytes
    case 'blank':
      await checkSpace(context.layout.machines, emptyDiskBytes)
      return Math.ceil(disk.sizeBytes / sectorBytes) * sectorBytes
    case 'image': {
      if (disk.format !== 'raw') {
        throw invalid('builtin.error.diskFormat', 'disk.format', { key: 'builtin.error.diskFormat.hint' })
      }
      if (disk.use !== 'copy') throw invalid('builtin.error.diskCopy', 'disk.use')
      const sizeBytes = await checkFile(disk.path, 'disk.path')
      await checkImage({ path: disk.path, format: disk.format, use: disk.use, allowed: [] }, 'disk.path')
      if (sizeBytes === 0 || sizeBytes % sectorBytes !== 0) throw invalid('builtin.error.diskSize', 'disk.path')
      return sizeBytes
    }
  }
}

/** The size of a file that must be there. */
export async function checkFile(path: string, field: string): Promise<number> {
  const about = isAbsolute(path) ? await look(path).catch(() => null) : null
  if (about?.isFile() === true) return about.size
  throw failure(
    'not-found',
    { key: 'kept.error.file', params: { path } },
    { hint: { key: 'kept.error.file.hint' }, field },
  )
}

async function fill(spec: VmSpec, { definition, bios }: Plan, folder: Folder, op: Op): Promise<Definition | null> {
  if (bios !== null) {
    // The machine keeps its BIOS: it goes on starting as it did, whatever a later Berth brings.
    await writeFile(folder.bios, await readFile(bios.biosPath), { mode: 0o600 })
    await writeFile(folder.vgaBios, await readFile(bios.vgaBiosPath), { mode: 0o600 })
  }
  throwIfCancelled(op)
  if (spec.disk.from === 'guest') return fillLinux(definition, folder)
  if (spec.disk.from === 'image') {
    op.progress({ text: { key: 'kept.step.copy' }, fraction: null })
    await copyDisk(spec.disk.path, folder.disk)
  } else if (definition.diskBytes !== null) {
    await makeBlank(folder.disk, definition.diskBytes)
  }
  return null
}

/** The disk as Linux is started from it, or as it was when the memory was kept that comes with Berth, where that fits. */
async function fillLinux(definition: Definition, { disk }: Folder): Promise<Definition> {
  const prepared = await preparedFor(definition)
  const diskBytes = await unpackDisk(linux.disk, disk, 'wx')
  if (prepared !== null) await unpackDisk(linux.stateDisk, disk, 'r+')
  await syncFile(disk)
  return { ...definition, diskBytes, prepared }
}

/** A disk of nothing, which takes no space. */
async function makeBlank(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.truncate(sizeBytes)
  } finally {
    await file.close()
  }
}
