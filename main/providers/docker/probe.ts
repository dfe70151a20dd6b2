import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type AppError, errorOf, failure } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Endpoint, HostInfo } from '../../../app/domain/provider.ts'
import type { RunResult } from '../../exec/command.ts'
import type { Host, Op } from '../provider.ts'
import * as commands from './commands.ts'
import { dockerConfigFolder, placeOf, usableContexts } from './contexts.ts'
import { attempt, type Engine } from './engine.ts'
import { engineFailure } from './errors.ts'
import { type Context, parseContexts, parseVersion } from './parse.ts'
import { podmanContext } from './podman.ts'
import { remediesFor } from './remedies.ts'
import { isSystemSocket } from './start-remedies.ts'
import { readStoredContexts } from './stored-contexts.ts'

/** The oldest engine Berth is tested with the words of: Docker 19.03. */
const oldestApi = [1, 40] as const
const answerMs = { local: 8_000, remote: 9_000 } as const

/** An endpoint as it was found, and how to command it when it answers. */
export interface Found {
  readonly endpoint: Endpoint
  readonly host: HostInfo
  /** null when it does not answer. */
  readonly engine: Engine | null
  /** Its socket, so that its coming and going can be watched; null when it has none on this computer. */
  readonly socketPath: string | null
}

/**
 * Asks docker and podman, every context at once, whether they answer. `onAsk` is called as each of docker's is asked, so that
 * its first list need not wait for the answer.
 */
export async function findEndpoints(host: Host, op: Op, onAsk: (engine: Engine) => void): Promise<readonly Found[]> {
  const [docker, podman] = await Promise.all([host.findTool('docker'), host.findTool('podman')])
  const [ofDocker, ofPodman] = await Promise.all([
    docker === null ? [] : probeDocker(host, docker, op, onAsk),
    podman === null ? [] : probePodman(host, podman, op).then((found) => [found]),
  ])
  if (ofDocker.length > 0 || ofPodman.length > 0) return [...ofDocker, ...ofPodman]
  const missing = failure(
    'tool-missing',
    { key: 'error.toolMissing', params: { tool: 'Docker' } },
    { hint: { key: 'error.toolMissing.hint' } },
  )
  const nowhere: Context = { name: 'default', endpoint: '', isCurrent: true, error: '' }
  return [{ ...unanswered(host, nowhere, missing), socketPath: null }]
}

async function probeDocker(
  host: Host,
  file: string,
  op: Op,
  onAsk: (engine: Engine) => void,
): Promise<readonly Found[]> {
  const bare = { ...draft(file), prefix: [] }
  const listed = await attempt(host, bare, commands.contextList(), op, { timeoutMs: answerMs.local })
  // A podman that answers to docker's name has no contexts, and is found under its own.
  if (listed.exitCode !== 0 && /unrecognized command/.test(listed.stderr)) return []
  const listedContexts = parseContexts(listed.stdout)
  // One file that cannot be read and docker lists no context at all.
  const contexts =
    listed.exitCode === 0 || listed.reason !== 'exit'
      ? listedContexts
      : await readStoredContexts(dockerConfigFolder(), { env: process.env, platform: host.platform })
  if (!contexts.some(({ brokenFile }) => brokenFile !== undefined) && listedContexts.length === 0) {
    const nowhere: Context = { name: 'default', endpoint: '', isCurrent: true, error: '' }
    return [unanswered(host, nowhere, engineFailure(listed, 'Docker'))]
  }
  const usable = usableContexts(contexts, existsSync)
  return Promise.all(
    usable.map((context) => probeContext(host, file, context, { isOneOfMany: usable.length > 1, onAsk }, op)),
  )
}

async function probeContext(
  host: Host,
  file: string,
  context: Context,
  { isOneOfMany, onAsk }: { readonly isOneOfMany: boolean; readonly onAsk: (engine: Engine) => void },
  op: Op,
): Promise<Found> {
  const place = placeOf(context)
  const engine: Engine = {
    ...draft(file),
    endpointId: endpointIdOf(context),
    prefix: ['--context', context.name],
    isLocal: place.isLocal,
    socketPath: place.socketPath,
    hostName: place.hostName,
  }
  const label = isOneOfMany && context.name !== 'default' ? `Docker (${context.name})` : 'Docker'
  try {
    if (context.brokenFile !== undefined) {
      throw failure(
        'tool-failed',
        { key: 'docker.error.contextFile', params: { path: context.brokenFile } },
        { hint: { key: 'docker.error.contextFile.hint', params: { folder: dirname(context.brokenFile) } } },
      )
    }
    if (context.error !== '')
      throw failure(
        'tool-failed',
        { key: 'docker.error.contextBroken', params: { context: context.name } },
        { detail: context.error },
      )
    const timeoutMs = place.isLocal ? answerMs.local : answerMs.remote
    if (place.socketPath !== null && existsSync(place.socketPath)) onAsk(engine)
    const result = await attempt(host, engine, commands.version(), op, { timeoutMs })
    return { ...answered(host, engine, context, label, result), host: place.host, socketPath: place.socketPath }
  } catch (thrown) {
    if (op.signal.aborted) throw thrown
    return { ...unanswered(host, context, thrown, label), host: place.host, socketPath: place.socketPath }
  }
}

async function probePodman(host: Host, file: string, op: Op): Promise<Found> {
  const context: Context = { name: podmanContext, endpoint: '', isCurrent: true, error: '' }
  const engine: Engine = { ...draft(file), flavour: 'podman', product: 'Podman', endpointId: endpointIdOf(context) }
  try {
    const result = await attempt(host, engine, commands.version(), op, { timeoutMs: answerMs.local })
    const found = answered(host, engine, context, 'Podman', result)
    return { ...found, host: placeOf(context).host, socketPath: null }
  } catch (thrown) {
    if (op.signal.aborted) throw thrown
    return unanswered(host, context, thrown, 'Podman')
  }
}

function draft(file: string): Engine {
  return {
    endpointId: 'docker:default',
    flavour: 'docker',
    product: 'Docker',
    file,
    prefix: [],
    isLocal: true,
    socketPath: null,
    hostName: null,
    clientVersion: '',
  }
}

function endpointIdOf(context: Context): EndpointId {
  return `docker:${context.name}`
}

/** Throws when what was said is not the answer of an engine that can be used. */
function answered(
  host: Host,
  engine: Engine,
  context: Context,
  label: string,
  result: RunResult,
): Pick<Found, 'endpoint' | 'engine'> {
  const version = parseVersion(result.stdout)
  // The client prints its own half even when no server answers: the exit code says which.
  if (result.exitCode !== 0 || version === null) throw engineFailure(result, engine.product)
  if (engine.flavour === 'docker' && isOlder(version.serverApi)) {
    throw failure(
      'tool-too-old',
      { key: 'docker.error.engineTooOld', params: { version: version.server ?? '?' } },
      { hint: { key: 'docker.error.serverTooOld.hint' }, detail: result.stdout.slice(0, 2000) },
    )
  }
  return {
    engine: { ...engine, clientVersion: version.client },
    endpoint: {
      ...outline(host, context, label),
      state: 'ready',
      version: version.server ?? version.client,
    },
  }
}

function unanswered(host: Host, context: Context, thrown: unknown, label = 'Docker'): Found {
  const error = withHintFor(context.endpoint, errorOf(thrown))
  const place = placeOf(context)
  const states: Partial<Record<typeof error.code, Endpoint['state']>> = {
    'tool-missing': 'missing',
    'tool-too-old': 'too-old',
    permission: 'refused',
    timeout: 'unreachable',
    // A daemon of this computer that is not there is something to be started; elsewhere it may be the way that is broken.
    unreachable: place.isLocal ? 'not-running' : 'unreachable',
  }
  return {
    engine: null,
    host: place.host,
    socketPath: place.socketPath,
    endpoint: {
      ...outline(host, context, label),
      state: states[error.code] ?? 'broken',
      error,
      remedies: remediesFor(error.code, {
        platform: host.platform,
        flavour: context.name === podmanContext && context.endpoint === '' ? 'podman' : 'docker',
        isLocal: place.isLocal,
        endpoint: context.endpoint,
      }),
    },
  }
}

/** The group `docker` opens the system's own socket alone. */
function withHintFor(endpoint: string, error: AppError): AppError {
  if (error.code !== 'permission' || endpoint === '' || isSystemSocket(endpoint)) return error
  return { ...error, hint: { key: 'docker.error.permission.socketHint', params: { endpoint } } }
}

function outline(host: Host, context: Context, label: string): Endpoint {
  return {
    id: endpointIdOf(context),
    providerId: 'docker',
    hostId: placeOf(context).host.id,
    label,
    state: 'checking',
    version: null,
    place: context.endpoint === '' ? context.name : context.endpoint,
    error: null,
    remedies: [],
    notices: [],
    since: host.now().toISOString(),
  }
}

function isOlder(api: string | null): boolean {
  const [major = 0, minor = 0] = (api ?? '').split('.').map(Number)
  return major < oldestApi[0] || (major === oldestApi[0] && minor < oldestApi[1])
}
