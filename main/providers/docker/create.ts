import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ContainerSpec, CreateSpec } from '../../../app/domain/spec.ts'
import { parseBytes } from '../../../app/domain/units.ts'
import { quoteLine } from '../../exec/quote.ts'
import type { CreateOps, Op } from '../provider.ts'
import { withClientInput } from './client-input.ts'
import * as commands from './commands.ts'
import { attempt, type Engine, run } from './engine.ts'
import { engineFailure } from './errors.ts'
import { parseImages } from './inspect.ts'
import { readRows, textOf, textsOf } from './json.ts'
import { snapshotRepository } from './naming.ts'
import type { ProviderContext } from './provider-context.ts'
import { pullImage } from './pull.ts'
import { wantsTerminal } from './wants-terminal.ts'

/** A volume nobody named has 64 hex digits for a name: nothing to offer. */
const namelessVolume = /^[0-9a-f]{64}$/

export function createCreate(context: ProviderContext): CreateOps {
  const { host, endpoints } = context

  return {
    async options(endpointId, op) {
      const { engine } = endpoints.follower(endpointId)
      const [images, volumes, networks] = await Promise.all([
        run(host, engine, commands.imageList(), op),
        run(host, engine, commands.volumeNames(), op),
        run(host, engine, commands.networkNames(), op),
      ])
      return {
        kind: 'container',
        endpointId,
        images: parseImageList(images),
        volumes: volumes.split('\n').filter((name) => name !== '' && !namelessVolume.test(name)),
        networks: networks.split('\n').filter((name) => name !== '' && name !== 'bridge' && name !== 'podman'),
      }
    },

    async preview(spec, op) {
      const container = containerSpec(spec)
      const { engine } = endpoints.follower(container.endpointId)
      const verb = container.startAfter ? 'run' : 'create'
      const prefix = engine.prefix[1] === 'default' ? [] : engine.prefix
      const args = commands.createFrom(container, {
        verb,
        pull: container.pull,
        hasTerminal: await hasTerminal(engine, container, op),
      })
      return [quoteLine([engine.flavour, ...prefix, ...args])]
    },

    async create(spec, op): Promise<MachineId> {
      const container = containerSpec(spec)
      const { engine, look } = endpoints.follower(container.endpointId)
      await bringImage(engine, container, op)
      if (op.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
      // Short, and not to be left half done: it is finished, and taken back if it was cancelled meanwhile.
      const whole: Op = { ...op, signal: new AbortController().signal }
      op.progress({ text: null, fraction: null, cancellable: false })
      const isInteractive = await hasTerminal(engine, container, whole)
      const environment = container.environment.map(({ name, value }) => `${name}=${value}`)
      const said = await withClientInput(host, { environment, seccompProfile: null }, ({ flags, env, secrets }) => {
        const args = commands.createFrom(container, {
          verb: 'create',
          pull: 'never',
          environment: flags,
          hasTerminal: isInteractive,
        })
        return run(host, engine, args, whole, { env, secrets })
      })
      const containerId = said.trim().split('\n').at(-1) ?? ''
      if (op.signal.aborted) {
        await run(host, engine, commands.remove(containerId), whole)
        throw failure('cancelled', { key: 'error.cancelled' })
      }
      if ((await look(containerId, whole)) === null) {
        throw failure(
          'output-unreadable',
          { key: 'error.unreadable', params: { tool: engine.product } },
          { detail: said },
        )
      }
      return `${container.endpointId}/${containerId}`
    },
  }

  /** A shell without a terminal ends at once. An image that is not here yet is asked when it is. */
  async function hasTerminal(engine: Engine, { terminal, image, command }: ContainerSpec, op: Op): Promise<boolean> {
    if (terminal !== 'auto') return terminal === 'yes'
    const found = await attempt(host, engine, commands.imageInspect([image]), { ...op, record: () => {} })
    const [defaults] = parseImages(found.stdout)
    return wantsTerminal(defaults?.entrypoint ?? [], command.length > 0 ? command : (defaults?.command ?? []))
  }

  async function bringImage(engine: Engine, { image, pull }: ContainerSpec, op: Op): Promise<void> {
    // To the engine it would be a way to something else than an image, and its answer none about a name.
    if (image.split('/').some((part) => /^\.*$/.test(part))) {
      throw failure(
        'invalid-input',
        { key: 'docker.error.reference' },
        { hint: { key: 'docker.error.reference.hint' }, field: 'image' },
      )
    }
    if (pull !== 'always') {
      const found = await attempt(host, engine, commands.imageInspect([image]), op)
      if (found.exitCode === 0) return
      if (pull === 'never') throw engineFailure(found, engine.product)
      const { error } = engineFailure(found, engine.product)
      if (error.code !== 'not-found') throw engineFailure(found, engine.product)
    }
    await pullImage(host, engine, image, op)
  }
}

function containerSpec(spec: CreateSpec): ContainerSpec {
  if (spec.kind === 'container') return spec
  throw failure('unsupported', { key: 'why.unsupported', params: { provider: 'Docker' } })
}

/** Images as they can be named, most recent first as the tool lists them; snapshots of ours are not for new containers. */
export function parseImageList(
  text: string,
): readonly { readonly reference: string; readonly sizeBytes: number | null }[] {
  return readRows(text).rows.flatMap((row) => {
    const size = row['Size']
    const sizeBytes = typeof size === 'number' ? size : parseBytes(textOf(size))
    const named = `${textOf(row['Repository'])}:${textOf(row['Tag'])}`
    // Podman lists all names of an image with it; docker a line for each.
    const references = Array.isArray(row['Names']) ? textsOf(row['Names']) : [named]
    return references
      .filter((reference) => !reference.includes('<none>') && !reference.includes(`${snapshotRepository}:`))
      .map((reference) => ({ reference, sizeBytes }))
  })
}
