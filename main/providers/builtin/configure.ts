import { truncate } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { ConfigureField, ConfigureSpec, MachineConfiguration, SharedFolder } from '../../../app/domain/spec.ts'
import { checkDisc } from '../../images/check.ts'
import { syncFile } from '../../state/durable.ts'
import { freeBytes } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { ConfigureOps, Op } from '../provider.ts'
import { checkFile, checkLinuxMemory } from './create.ts'
import { diskLimit, linuxMemoryLimit, memoryLimit } from './create-options.ts'
import type { Definition } from './definitions.ts'
import { fileFailure } from './errors.ts'
import { shareNow } from './live.ts'
import type { Entry, Known } from './machine-registry.ts'
import { checkNetwork, hasNetworkCard, networkSettings, withChosenPorts } from './network.ts'
import type { ProviderContext } from './provider-context.ts'
import { checkSharedFolder } from './shared-folder-check.ts'
import { withPresentSize } from './sizes.ts'

export function createConfigure(context: ProviderContext): ConfigureOps {
  return {
    async read(id, op) {
      const { definition, entry } = await context.registry.get(id)
      throwIfCancelled(op)
      return configurationOf(await withPresentSize(definition, entry.folder), await freeBytes(entry.folder.path))
    },
    async configure(id, changes, op) {
      const { entry, definition } = await context.registry.get(id)
      await configure(context, { entry, definition: await withPresentSize(definition, entry.folder) }, changes, op)
    },
  }
}

function configurationOf(
  { system, memoryBytes, diskBytes, discPath, sharedFolder, network }: Definition,
  free: number | null,
): MachineConfiguration {
  const fields: readonly ConfigureField[] = [
    'memoryBytes',
    ...(system === 'pc' ? (['isoPath'] as const) : []),
    // What fills its disk knows the disk's size: there is no program in it that could grow that.
    ...(diskBytes === null || system === 'linux' ? [] : (['diskBytes'] as const)),
  ]
  const hasNetwork = hasNetworkCard(system)
  return {
    // The guest has the devices for them from the beginning.
    fields: [
      ...fields,
      ...(hasNetwork ? (['network'] as const) : []),
      ...(system === 'linux' ? (['sharedFolder'] as const) : []),
    ],
    whileStopped: fields,
    ...(hasNetwork ? { ownNetwork: true } : {}),
    values: {
      memoryBytes,
      ...(hasNetwork ? { network } : {}),
      ...(system === 'pc' ? { isoPath: discPath } : {}),
      ...(diskBytes === null ? {} : { diskBytes }),
      ...(system === 'linux' ? { sharedFolder } : {}),
    },
    limits: {
      memoryBytes: system === 'linux' ? linuxMemoryLimit() : memoryLimit(),
      ...(diskBytes === null ? {} : { diskBytes: { ...diskLimit(free), min: diskBytes } }),
    },
  }
}

async function configure(
  context: ProviderContext,
  { entry, definition }: Known,
  changes: ConfigureSpec,
  op: Op,
): Promise<void> {
  const { sharedFolder, network: wanted, ...others } = changes
  const needsOff = Object.keys(others).length > 0
  if (needsOff && entry.live !== null) throw failure('wrong-state', { key: 'kept.why.configureRunning' })
  if (needsOff && entry.isSuspended) throw failure('wrong-state', { key: 'kept.why.configureSuspended' })
  const { isoPath, memoryBytes, diskBytes } = others
  if (sharedFolder !== undefined) await checkShared(context, definition, sharedFolder)
  const network = wanted === undefined ? undefined : await withChosenPorts(wanted)
  if (network !== undefined) checkNetwork(definition.system, network)
  if (isoPath !== undefined && isoPath !== null) {
    await checkFile(isoPath, 'isoPath')
    await checkDisc(isoPath, 'isoPath')
  }
  if (definition.system === 'linux' && memoryBytes !== undefined) checkLinuxMemory(memoryBytes)
  throwIfCancelled(op)
  const next: Definition = {
    ...definition,
    memoryBytes: memoryBytes ?? definition.memoryBytes,
    discPath: isoPath === undefined ? definition.discPath : isoPath,
    sharedFolder: sharedFolder === undefined ? definition.sharedFolder : sharedFolder,
    network: network ?? definition.network,
  }
  if (diskBytes === undefined || diskBytes === definition.diskBytes) {
    await withNetwork(entry, definition.network, network, () => context.registry.save(entry, next))
    if (sharedFolder !== undefined) await shareNow(context, { entry, definition: next })
    return
  }
  if (definition.diskBytes === null || diskBytes < definition.diskBytes) {
    throw failure('invalid-input', { key: 'kept.error.shrink' }, { field: 'diskBytes' })
  }
  op.progress({ text: { key: 'kept.step.grow' }, fraction: null, cancellable: false })
  // The disk first: one that is larger than its machine's file says does no harm and can be grown again.
  const grown = Math.ceil(diskBytes / 512) * 512
  await truncate(entry.folder.disk, grown).catch((error: unknown) => {
    throw fileFailure(error)
  })
  await syncFile(entry.folder.disk)
  await context.registry.save(entry, { ...next, diskBytes: grown })
}

async function checkShared(
  context: ProviderContext,
  { system }: Definition,
  wanted: SharedFolder | null,
): Promise<void> {
  if (system !== 'linux')
    throw failure('invalid-input', { key: 'builtin.error.noSharedFolder' }, { field: 'sharedFolder' })
  if (wanted !== null) await checkSharedFolder(wanted, context.host.dataDir)
}

/**
 * Connects the card of a machine that is on otherwise, and then saves. A port that cannot be had is known before anything is
 * saved, and what cannot be saved leaves the card as it was.
 */
async function withNetwork(
  { live }: Pick<Entry, 'live'>,
  before: Definition['network'],
  network: Definition['network'] | undefined,
  save: () => Promise<void>,
): Promise<void> {
  if (live === null || network === undefined) return save()
  const connect = (wanted: Definition['network']) =>
    live.thread.ask({ kind: 'network', settings: networkSettings(wanted) })
  await connect(network)
  try {
    await save()
  } catch (error) {
    await connect(before).catch(() => {})
    throw error
  }
}
