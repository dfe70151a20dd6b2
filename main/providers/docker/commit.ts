import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { quietOp } from '../common/op.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { inspectOne } from './containers.ts'
import { attempt, run } from './engine.ts'
import { type ImageDefaults, type Inspected, parseImages } from './inspect.ts'
import { type Fields, fieldsOf, listOf, textMapOf } from './json.ts'
import { machineLabel, snapshotLabel } from './naming.ts'
import { commitFlags } from './podman.ts'
import type { ProviderContext, Target } from './provider-context.ts'
import { packLabel, type SnapshotLabel } from './snapshot-label.ts'
import type { StoredSnapshot } from './snapshots.ts'

/** Copying a large container takes as long as its writes. */
const commitMs = 2 * 3_600_000
/** Docker's longest instruction is 65,535 bytes long. */
const maxLabelCharacters = 65_000
/** Label names that the grammar of `LABEL` takes as they are. */
const plainName = /^[\w./-]+$/

export interface CommitRequest {
  /** 16 hex digits: the identity of what is made. */
  readonly handle: string
  /** The image's name, which ends in the handle. */
  readonly reference: string
  readonly name: string
  readonly description: string
  /** Nearest first. */
  readonly ancestors: readonly string[]
}

/** Makes an image of a container's files, with its settings and whose it is in labels. */
export async function commitContainer(
  context: ProviderContext,
  target: Target,
  id: MachineId,
  inspected: Inspected,
  request: CommitRequest,
  op: Op,
): Promise<void> {
  const base = await imageOf(context, target, inspected.container.imageId, op)
  const label: SnapshotLabel = {
    version: 1,
    id: request.handle,
    name: request.name,
    description: request.description,
    ancestors: [...request.ancestors],
    createdAt: context.host.now().toISOString(),
    containerId: inspected.container.id,
    image: inspected.container.image,
    baseBytes: base?.sizeBytes ?? 0,
    container: configurationOf(inspected.raw),
  }
  const packed = packLabel(label)
  if (packed.length > maxLabelCharacters) {
    throw failure(
      'unsupported',
      { key: 'docker.snapshot.settingsTooLarge', params: { name: inspected.container.name } },
      { hint: { key: 'docker.snapshot.settingsTooLarge.hint' } },
    )
  }
  try {
    await target.run(
      commands.commit(inspected.container.id, request.reference, {
        flags: commitFlags(target.engine),
        // For those who meet the image outside Berth; never read back.
        message: request.name,
        labels: {
          // Tools find what is theirs by labels, and an image hands its labels on. None can be taken away, but each can be emptied.
          ...Object.fromEntries(
            Object.keys(ownLabels(inspected.raw, base))
              .filter((name) => plainName.test(name))
              .map((name) => [name, '']),
          ),
          [machineLabel]: id.slice(id.lastIndexOf('/') + 1),
          [snapshotLabel]: packed,
        },
      }),
      op,
      { timeoutMs: commitMs },
    )
  } catch (thrown) {
    await resumeLeftPaused(context, target, inspected)
    throw thrown
  }
}

/**
 * Podman's client itself pauses the container while it is copied, and lets it go on: one that was cancelled or killed leaves it paused.
 * A daemon does that whatever becomes of its client.
 */
async function resumeLeftPaused(
  { host }: Pick<ProviderContext, 'host'>,
  { engine }: Pick<Target, 'engine'>,
  { container }: Inspected,
): Promise<void> {
  if (engine.flavour !== 'podman' || container.word !== 'running') return
  try {
    const now = await inspectOne(host, engine, container.id, quietOp)
    if (now?.container.word === 'paused') await run(host, engine, commands.unpause(container.id), quietOp)
  } catch (error) {
    host.log.warn('docker.commit.paused', { id: container.id, error: errorOf(error) })
  }
}

/** Labels of the container itself, such as compose's: neither its image's nor ours. */
export function ownLabels(raw: Fields, image: ImageDefaults | null): Readonly<Record<string, string>> {
  const labels = Object.entries(textMapOf(fieldsOf(raw['Config'])['Labels']))
  return Object.fromEntries(
    labels.filter(([name, value]) => !name.startsWith('dev.berth.') && image?.labels[name] !== value),
  )
}

/** null when it cannot be looked at. */
export async function imageOf(
  { host }: Pick<ProviderContext, 'host'>,
  { engine }: Target,
  image: string,
  op: Op,
): Promise<ImageDefaults | null> {
  const result = await attempt(host, engine, commands.imageInspect([image]), op)
  return parseImages(result.stdout)[0] ?? null
}

/** What `makeLike` reads of an inspected container, from an image of ours. The variables are the image's own. */
export function rawOf({ label, image }: Pick<StoredSnapshot, 'label' | 'image'>): Fields {
  const { Name, Config, HostConfig, Mounts, Networks } = label.container
  const settings = { Env: image.environment, ...Config }
  return { Id: label.containerId, Name, Config: settings, HostConfig, Mounts, NetworkSettings: { Networks } }
}

/** The parts of `inspect` that are settings and that the image does not repeat. */
function configurationOf(raw: Fields): SnapshotLabel['container'] {
  // The image has variables itself, without the limit of one label, and without every user's reading them on the way. Podman's
  // command that made it holds them too. Labels of ours would grow with every generation; the others are emptied in the image.
  const { Env: _env, CreateCommand: _command, ...config } = fieldsOf(raw['Config'])
  const labels = Object.entries(textMapOf(config['Labels'])).filter(([name]) => !name.startsWith('dev.berth.'))
  return {
    Name: String(raw['Name'] ?? ''),
    Config: { ...config, Labels: Object.fromEntries(labels) },
    HostConfig: { ...fieldsOf(raw['HostConfig']) },
    Mounts: [...listOf(raw['Mounts'])],
    Networks: { ...fieldsOf(fieldsOf(raw['NetworkSettings'])['Networks']) },
  }
}
