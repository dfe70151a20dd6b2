import { failure } from '../../../app/domain/errors.ts'
import type { ConfigureField, ConfigureSpec, MachineConfiguration } from '../../../app/domain/spec.ts'
import { checkForwards, checkIso } from '../common/checks.ts'
import { freeBytes } from '../common/files.ts'
import { cpuLimit, diskLimit, memoryLimit } from '../common/limits.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConfigureOps, Op } from '../provider.ts'
import { maxCpus } from './create-options.ts'
import { type Definition, imagesOf } from './definitions.ts'
import type { Known } from './fleet.ts'
import type { World } from './world.ts'

export function createConfigure(world: World): ConfigureOps {
  return {
    async read(id, op) {
      const { definition, entry } = await world.fleet.get(id)
      throwIfCancelled(op)
      return configurationOf(definition, await freeBytes(entry.folder.path))
    },
    configure: async (id, changes, op) => configure(world, await world.fleet.get(id), changes, op),
  }
}

function configurationOf(definition: Definition, free: number | null): MachineConfiguration {
  const [disk] = definition.disks
  // qemu-img makes only these larger.
  const grows = disk !== undefined && (disk.format === 'qcow2' || disk.format === 'raw')
  const fields: readonly ConfigureField[] = [
    'cpus',
    'memoryBytes',
    'isoPath',
    'network',
    ...(grows ? (['diskBytes'] as const) : []),
  ]
  return {
    fields,
    whileStopped: fields,
    values: {
      cpus: definition.cpus,
      memoryBytes: definition.memoryBytes,
      isoPath: definition.isoPath,
      network: definition.network,
      ...(grows ? { diskBytes: disk.sizeBytes } : {}),
    },
    limits: {
      cpus: cpuLimit(maxCpus),
      memoryBytes: memoryLimit(),
      ...(grows ? { diskBytes: { ...diskLimit(free), min: disk.sizeBytes } } : {}),
    },
  }
}

async function configure(world: World, { entry, definition }: Known, changes: ConfigureSpec, op: Op): Promise<void> {
  if (entry.live !== null) throw failure('wrong-state', { key: 'kept.why.configureRunning' })
  if (entry.isSuspended) throw failure('wrong-state', { key: 'kept.why.configureSuspended' })
  if (changes.isoPath !== undefined) await checkIso(changes.isoPath)
  if (changes.network !== undefined) checkForwards(changes.network)
  throwIfCancelled(op)
  const next: Definition = {
    ...definition,
    cpus: changes.cpus ?? definition.cpus,
    memoryBytes: changes.memoryBytes ?? definition.memoryBytes,
    isoPath: changes.isoPath === undefined ? definition.isoPath : changes.isoPath,
    network: changes.network ?? definition.network,
  }
  const [disk, ...rest] = definition.disks
  if (changes.diskBytes === undefined || changes.diskBytes === disk?.sizeBytes) return world.fleet.save(entry, next)

  const [image] = imagesOf(definition, entry.folder)
  if (disk === undefined || image === undefined || changes.diskBytes < disk.sizeBytes) {
    throw failure('invalid-input', { key: 'kept.error.shrink' }, { field: 'diskBytes' })
  }
  op.progress({ text: { key: 'kept.step.grow' }, fraction: null, cancellable: false })
  // The disk first: one that is larger than its machine's file says does no harm and can be grown again.
  await world.images.resize(image, changes.diskBytes, op)
  await world.fleet.save(entry, { ...next, disks: [{ ...disk, sizeBytes: changes.diskBytes }, ...rest] })
}
