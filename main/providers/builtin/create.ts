import { randomUUID } from 'node:crypto'
import { copyFile, open } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { CreateSpec, VmSpec } from '../../../app/domain/spec.ts'
import { checkDisc, checkImage } from '../../images/check.ts'
import { look } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { CreateOps, Op } from '../provider.ts'
import { type Bios, findBios } from './bios.ts'
import { checkBios } from './bios-check.ts'
import { createOptions } from './create-options.ts'
import type { Definition, System } from './definitions.ts'
import { copyDisk } from './emulator/disk-copy.ts'
import type { Folder } from './layout.ts'
import { architecture } from './machine.ts'
import { checkSpace } from './memory.ts'
import { makeMachine } from './staging.ts'
import type { World } from './world.ts'

const sectorBytes = 512
/** A new disk is almost empty, but one without any room makes no machine. */
const emptyDiskBytes = 1024 * 1024

export function createCreate(world: World): CreateOps {
  return {
    options: (_endpointId, op) => createOptions(world, op),
    // There is no command that would do the same.
    preview: async () => [],
    async create(spec, op) {
      const vm = vmOnly(spec)
      const { definition, bios } = await plan(world, vm, op)
      throwIfCancelled(op)
      const filled = (folder: Folder) => fill(vm, definition, bios, folder, op).then(() => null)
      return makeMachine(world, definition, filled, op)
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
  if (spec.network.mode !== 'none') throw invalid('builtin.error.network', 'network')
  return spec
}

function systemOf({ guest, disk, isoPath }: VmSpec): System {
  if (guest === 'monitor' || guest === 'pc') return guest
  if (guest !== undefined) throw invalid('builtin.error.guest', 'guest')
  // Without a word, what has something to boot boots it.
  return disk.from === 'image' || isoPath !== null ? 'pc' : 'monitor'
}

/** Everything of a new machine but its files, after looking whether it can be. */
async function plan(world: World, spec: VmSpec, op: Op): Promise<{ definition: Definition; bios: Bios | null }> {
  const system = systemOf(spec)
  const bios = system === 'pc' ? await biosOf(world, spec) : null
  if (system === 'pc' && bios === null) {
    throw failure(
      'unsupported',
      { key: 'builtin.error.noBios' },
      { hint: { key: 'builtin.error.noBios.hint' }, field: 'biosFiles.system' },
    )
  }
  if (spec.isoPath !== null) {
    await checkFile(spec.isoPath, 'isoPath')
    await checkDisc(spec.isoPath, 'isoPath')
  }
  throwIfCancelled(op)
  return {
    bios,
    definition: {
      version: 1,
      uuid: randomUUID(),
      name: spec.name,
      createdAt: world.host.now().toISOString(),
      system,
      memoryBytes: spec.memoryBytes,
      diskBytes: await diskBytesOf(world, spec),
      discPath: spec.isoPath,
      sharedFolder: null,
    },
  }
}

/** The person's own, if they chose one and it is such a file; else the one that is found. */
async function biosOf(world: World, { biosFiles }: VmSpec): Promise<Bios | null> {
  if (biosFiles === undefined) return findBios(world.host)
  const bios = { biosPath: biosFiles.system, vgaBiosPath: biosFiles.graphics }
  await checkFile(bios.biosPath, 'biosFiles.system')
  await checkFile(bios.vgaBiosPath, 'biosFiles.graphics')
  await checkBios(bios)
  return bios
}

async function diskBytesOf(world: World, { disk }: VmSpec): Promise<number | null> {
  switch (disk.from) {
    case 'none':
      return null
    case 'blank':
      await checkSpace(world.layout.machines, emptyDiskBytes)
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

async function fill(spec: VmSpec, definition: Definition, bios: Bios | null, folder: Folder, op: Op): Promise<void> {
  if (bios !== null) {
    // The machine keeps its BIOS: it goes on starting when QEMU is taken away or brings another.
    await copyFile(bios.biosPath, folder.bios)
    await copyFile(bios.vgaBiosPath, folder.vgaBios)
  }
  throwIfCancelled(op)
  if (spec.disk.from === 'image') {
    op.progress({ text: { key: 'kept.step.copy' }, fraction: null })
    await copyDisk(spec.disk.path, folder.disk)
  } else if (definition.diskBytes !== null) {
    await makeBlank(folder.disk, definition.diskBytes)
  }
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
