import { failure } from '../../../app/domain/errors.ts'
import type { ConfigureField, ConfigureSpec, GraphicsOption, MachineConfiguration } from '../../../app/domain/spec.ts'
import { checkForwards, checkIso } from '../common/checks.ts'
import { freeBytes } from '../common/files.ts'
import { cpuLimit, diskLimit, memoryLimit } from '../common/limits.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConfigureOps, Op } from '../provider.ts'
import { graphicsCards, maxCpus } from './create-options.ts'
import { type Definition, imagesOf } from './definitions.ts'
import type { Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { withPresentSizes } from './sizes.ts'

export function createConfigure(context: ProviderContext): ConfigureOps {
  return {
    async read(id, op) {
      const { definition, entry } = await context.registry.get(id)
      throwIfCancelled(op)
      const cards = await graphicsCards(context, definition.arch, op).catch(() => [])
      return configurationOf(
        await withPresentSizes(definition, entry.folder),
        await freeBytes(entry.folder.path),
        cards,
      )
    },
    async configure(id, changes, op) {
      const { entry, definition } = await context.registry.get(id)
      await configure(context, { entry, definition: await withPresentSizes(definition, entry.folder) }, changes, op)
    },
  }
}

/** A machine that was made before there were displays, and has none. */
const noCard = { id: 'none', label: '—' } as const

function configurationOf(
  definition: Definition,
  free: number | null,
  cards: readonly GraphicsOption[],
): MachineConfiguration {
  const hasNone = definition.graphics === 'none'
  const graphics = hasNone && cards.length > 0 ? [noCard, ...cards] : cards
  const [disk] = definition.disks
  // qemu-img makes only these larger.
  const grows = disk !== undefined && (disk.format === 'qcow2' || disk.format === 'raw')
  const fields: readonly ConfigureField[] = [
    'cpus',
    'memoryBytes',
    'isoPath',
    'network',
    ...(graphics.length > 1 ? (['graphics'] as const) : []),
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
      ...(graphics.length > 1 ? { graphics: definition.graphics } : {}),
      ...(grows ? { diskBytes: disk.sizeBytes } : {}),
    },
    limits: {
      cpus: cpuLimit(maxCpus),
      memoryBytes: memoryLimit(),
      ...(grows ? { diskBytes: { ...diskLimit(free), min: disk.sizeBytes } } : {}),
    },
    ...(graphics.length > 1 ? { graphics } : {}),
  }
}

async function configure(
  context: ProviderContext,
  { entry, definition }: Known,
  changes: ConfigureSpec,
  op: Op,
): Promise<void> {
  if (entry.live !== null) throw failure('wrong-state', { key: 'kept.why.configureRunning' })
  if (entry.isSuspended) throw failure('wrong-state', { key: 'kept.why.configureSuspended' })
  if (changes.isoPath !== undefined) await checkIso(changes.isoPath)
  if (changes.network !== undefined) checkForwards(changes.network)
  const card = await cardOf(context, definition, changes, op)
  throwIfCancelled(op)
  const next: Definition = {
    ...definition,
    cpus: changes.cpus ?? definition.cpus,
    memoryBytes: changes.memoryBytes ?? definition.memoryBytes,
    isoPath: changes.isoPath === undefined ? definition.isoPath : changes.isoPath,
    network: changes.network ?? definition.network,
    graphics: card,
  }
  const [disk, ...rest] = definition.disks
  if (changes.diskBytes === undefined || changes.diskBytes === disk?.sizeBytes)
    return context.registry.save(entry, next)

  const [image] = imagesOf(definition, entry.folder)
  if (disk === undefined || image === undefined || changes.diskBytes < disk.sizeBytes) {
    throw failure('invalid-input', { key: 'kept.error.shrink' }, { field: 'diskBytes' })
  }
  op.progress({ text: { key: 'kept.step.grow' }, fraction: null, cancellable: false })
  // The disk first: one that is larger than its machine's file says does no harm and can be grown again.
  await context.images.resize(image, changes.diskBytes, op)
  await context.registry.save(entry, { ...next, disks: [{ ...disk, sizeBytes: changes.diskBytes }, ...rest] })
}

async function cardOf(
  context: ProviderContext,
  { arch, graphics }: Definition,
  changes: ConfigureSpec,
  op: Op,
): Promise<Definition['graphics']> {
  if (changes.graphics === undefined || changes.graphics === graphics) return graphics
  const found = (await graphicsCards(context, arch, op)).find(({ id }) => id === changes.graphics)
  if (found?.id === 'vga' || found?.id === 'virtio') return found.id
  const params = { graphics: changes.graphics, arch }
  throw failure('unsupported', { key: 'qemu.error.graphics', params }, { field: 'graphics' })
}
