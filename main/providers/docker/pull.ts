import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProgressPart } from '../../../app/domain/task.ts'
import type { Host, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { dockerConfigFolder } from './contexts.ts'
import { type Engine, run } from './engine.ts'
import { postStream } from './engine-api.ts'
import { answerFailure } from './errors.ts'
import { fieldsOf, numberOf, readJson, textOf } from './json.ts'

const longestMs = 6 * 3_600_000
/** A layer's bytes are most of its work; unpacking is the rest. */
const downloadShare = 0.7

/** One step of one layer, from either way of pulling. Bytes are null where the tool does not say them. */
export interface PullStep {
  readonly layer: string
  readonly status: string
  readonly doneBytes: number | null
  readonly totalBytes: number | null
}

/**
 * Pulls an image and tells each layer's progress. Without a terminal `docker pull` says no bytes, so a local engine is asked
 * through its socket; where that cannot be (another computer, podman, a registry one has logged in to) the command does it.
 */
export async function pullImage(host: Host, engine: Engine, image: string, op: Op): Promise<void> {
  const layers = createLayers()
  const tell = (step: PullStep | null): void => {
    if (step === null) return
    layers.take(step)
    op.progress({
      text: { key: 'docker.pull.progress', params: { image } },
      fraction: layers.fraction(),
      parts: layers.parts(),
    })
  }
  op.progress({ text: { key: 'docker.pull.progress', params: { image } }, fraction: null })
  const registry = registryOf(image)
  if (engine.socketPath !== null && engine.flavour === 'docker' && !(await hasLogin(registry))) {
    return pullThroughSocket(engine.socketPath, image, op, tell)
  }
  await run(host, engine, commands.pull(image), op, {
    timeoutMs: longestMs,
    known: { image },
    onLine: (line) => tell(parsePullLine(line)),
  })
}

async function pullThroughSocket(
  socketPath: string,
  image: string,
  op: Op,
  tell: (step: PullStep | null) => void,
): Promise<void> {
  const { name, tag } = splitReference(image)
  const query = new URLSearchParams({ fromImage: name, tag })
  let problem: string | null = null
  const asked = { socketPath, path: `/images/create?${query}`, timeoutMs: longestMs, known: { image } }
  await postStream(asked, op, (line) => {
    const message = fieldsOf(readJson(line))
    const error = textOf(fieldsOf(message['errorDetail'])['message']) || textOf(message['error'])
    if (error !== '') problem = error
    tell(parsePullMessage(message))
  })
  if (problem !== null) throw answerFailure(problem, 'Docker', { image })
}

/** One line of `docker pull` or `podman pull` without a terminal; null when it is not about a layer. */
export function parsePullLine(line: string): PullStep | null {
  const docker = /^(?<layer>[0-9a-f]{12}): (?<status>.+)$/.exec(line)?.groups
  if (docker !== undefined) {
    return { layer: docker['layer'] ?? '', status: docker['status'] ?? '', doneBytes: null, totalBytes: null }
  }
  const podman = /^Copying (?:blob|config) (?:sha256:)?(?<layer>[0-9a-f]{12})\S*\s*(?<status>.*)$/.exec(line)?.groups
  if (podman === undefined) return null
  const isDone = /\b(?:done|skipped)\b/.test(podman['status'] ?? '')
  return {
    layer: podman['layer'] ?? '',
    status: isDone ? 'Pull complete' : 'Downloading',
    doneBytes: null,
    totalBytes: null,
  }
}

/** One message of the engine's own stream; null when it is not about a layer. */
export function parsePullMessage(message: Readonly<Record<string, unknown>>): PullStep | null {
  const layer = textOf(message['id'])
  const status = textOf(message['status'])
  if (layer === '' || status === '' || status.startsWith('Pulling from')) return null
  const detail = fieldsOf(message['progressDetail'])
  const total = numberOf(detail['total'])
  return {
    layer,
    status,
    doneBytes: total > 0 ? numberOf(detail['current']) : null,
    totalBytes: total > 0 ? total : null,
  }
}

/** Collects the steps of all layers. */
export function createLayers(): {
  take(step: PullStep): void
  fraction(): number | null
  parts(): readonly ProgressPart[]
} {
  const layers = new Map<string, PullStep>()
  return {
    take(step) {
      const before = layers.get(step.layer)
      // Unpacking counts from nothing again: the size that was said stays.
      layers.set(step.layer, { ...step, totalBytes: step.totalBytes ?? before?.totalBytes ?? null })
    },
    fraction() {
      if (layers.size === 0) return null
      let sum = 0
      for (const step of layers.values()) sum += fractionOf(step)
      return Math.min(1, sum / layers.size)
    },
    parts: () =>
      [...layers.values()].map((step) => ({
        id: step.layer,
        label: step.status,
        doneBytes: isDone(step.status) ? step.totalBytes : step.doneBytes,
        totalBytes: step.totalBytes,
      })),
  }
}

function fractionOf({ status, doneBytes, totalBytes }: PullStep): number {
  if (status === 'Pull complete' || status === 'Already exists') return 1
  const share = doneBytes !== null && totalBytes !== null && totalBytes > 0 ? doneBytes / totalBytes : 0
  if (status === 'Downloading') return downloadShare * share
  if (status === 'Extracting') return downloadShare + (1 - downloadShare) * share
  return isDone(status) ? downloadShare : 0
}

function isDone(status: string): boolean {
  return ['Verifying Checksum', 'Download complete', 'Pull complete', 'Already exists'].includes(status)
}

/** The tag or digest apart from the name; `latest` when none is said, as the command does it. */
export function splitReference(image: string): { readonly name: string; readonly tag: string } {
  const at = image.indexOf('@')
  if (at >= 0) return { name: image.slice(0, at), tag: image.slice(at + 1) }
  const colon = image.lastIndexOf(':')
  if (colon > image.lastIndexOf('/')) return { name: image.slice(0, colon), tag: image.slice(colon + 1) }
  return { name: image, tag: 'latest' }
}

const hubLogin = 'https://index.docker.io/v1/'

/** As the client's configuration names it: the part before the first slash when it looks like a host, else Docker Hub. */
export function registryOf(image: string): string {
  const first = image.split('/')[0] ?? ''
  const isHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost')
  return isHost && first !== 'docker.io' ? first : hubLogin
}

async function hasLogin(registry: string): Promise<boolean> {
  const text = await readFile(join(dockerConfigFolder(), 'config.json'), 'utf8').catch(() => '{}')
  const config = fieldsOf(readJson(text))
  return registry in fieldsOf(config['auths']) || registry in fieldsOf(config['credHelpers'])
}
