import { type Fields, fieldsOf, listOf, numberOf, readJson, textMapOf, textOf, textsOf } from './json.ts'
import { isSnapshotImage, snapshotLabel } from './naming.ts'
import { unpackLabel } from './snapshot-label.ts'

export interface PublishedPort {
  readonly containerPort: number
  readonly protocol: string
  /** `0.0.0.0`, `::`, an address, or empty for all. */
  readonly hostAddress: string
  readonly hostPort: number
}

export interface Mount {
  readonly type: string
  /** A volume's name, else the folder on the host. */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** What every list and button needs of a container. Small on purpose: one is kept for each of a thousand. */
export interface Container {
  readonly id: string
  readonly name: string
  /** As it was asked for: `postgres:16`. */
  readonly image: string
  readonly imageId: string
  /** The tool's own word: `running`, `exited`, … */
  readonly word: string
  readonly createdAt: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly exitCode: number
  /** Why it could not be started, in the tool's words; empty when it could. */
  readonly startError: string
  readonly outOfMemory: boolean
  /** Of the main process, on the engine's computer; 0 when it does not run. */
  readonly pid: number
  /** `healthy`, `unhealthy`, `starting`; empty without a health check. */
  readonly health: string
  readonly autoRemove: boolean
  readonly tty: boolean
  readonly openStdin: boolean
  readonly stdinOnce: boolean
  /** null means the tool's default; -1 means for ever. */
  readonly stopTimeoutSeconds: number | null
  /** As `--restart` takes it: `no`, `always`, `on-failure:3`. */
  readonly restart: string
  readonly cpus: number | null
  readonly memoryBytes: number | null
  readonly logDriver: string
  readonly addresses: readonly string[]
  readonly ports: readonly PublishedPort[]
  /** Belongs to a task of a swarm service, which replaces it whatever is done to it. */
  readonly isSwarmTask: boolean
  /** The compose project it belongs to; empty for none. */
  readonly composeProject: string
}

/** A container with the whole of what `inspect` said. */
export interface Inspected {
  readonly container: Container
  readonly raw: Fields
}

/**
 * Reads `docker inspect` or `podman inspect`: a JSON array, found ones only. What is not a container is left out.
 * Source: docker 20.10 to 28, podman 4.3.
 */
export function parseInspect(text: string): readonly Inspected[] {
  return listOf(readJson(text))
    .map(fieldsOf)
    .filter((raw) => textOf(raw['Id']) !== '')
    .map((raw) => ({ container: readContainer(raw), raw }))
}

function readContainer(raw: Fields): Container {
  const state = fieldsOf(raw['State'])
  const config = fieldsOf(raw['Config'])
  const host = fieldsOf(raw['HostConfig'])
  const network = fieldsOf(raw['NetworkSettings'])
  const stopTimeout = config['StopTimeout']
  return {
    id: textOf(raw['Id']),
    name: textOf(raw['Name']).replace(/^\//, ''),
    image: imageNameOf(textOf(config['Image']) || textOf(raw['ImageName']), config),
    imageId: textOf(raw['Image']).replace(/^sha256:/, ''),
    word: textOf(state['Status']),
    createdAt: timeOf(raw['Created']),
    startedAt: timeOf(state['StartedAt']),
    finishedAt: timeOf(state['FinishedAt']),
    exitCode: numberOf(state['ExitCode']),
    startError: textOf(state['Error']),
    outOfMemory: state['OOMKilled'] === true,
    pid: numberOf(state['Pid']),
    health: healthOf(textOf(fieldsOf(state['Health'])['Status'])),
    autoRemove: host['AutoRemove'] === true,
    tty: config['Tty'] === true,
    openStdin: config['OpenStdin'] === true,
    stdinOnce: config['StdinOnce'] === true,
    stopTimeoutSeconds: typeof stopTimeout === 'number' ? stopTimeout : null,
    restart: restartOf(fieldsOf(host['RestartPolicy'])),
    cpus: cpusOf(host),
    memoryBytes: numberOf(host['Memory']) || null,
    logDriver: textOf(fieldsOf(host['LogConfig'])['Type']),
    addresses: addressesOf(network),
    ports: portsOf(network['Ports']),
    isSwarmTask: isSwarmTask(config),
    composeProject: textMapOf(config['Labels'])['com.docker.compose.project'] ?? '',
  }
}

/** A container made from a snapshot of a task inherits the task's labels, but no service looks after it. */
function isSwarmTask(config: Fields): boolean {
  const taskId = textMapOf(config['Labels'])['com.docker.swarm.task.id'] ?? ''
  return taskId !== '' && !isSnapshotImage(textOf(config['Image']))
}

/** One made from a snapshot of ours still runs what it ran before: its label says what. */
export function imageNameOf(image: string, config: Fields): string {
  if (!isSnapshotImage(image)) return image
  return unpackLabel(textMapOf(config['Labels'])[snapshotLabel] ?? '')?.image ?? image
}

/** Docker says year 1 for "never"; podman the same, or the Unix epoch's start. */
export function timeOf(value: unknown): string | null {
  const time = Date.parse(textOf(value))
  return Number.isFinite(time) && time > 0 ? new Date(time).toISOString() : null
}

function healthOf(word: string): string {
  return word === 'none' ? '' : word
}

function restartOf(policy: Fields): string {
  const name = textOf(policy['Name']) || 'no'
  const tries = numberOf(policy['MaximumRetryCount'])
  return name === 'on-failure' && tries > 0 ? `${name}:${tries}` : name
}

function cpusOf(host: Fields): number | null {
  const nano = numberOf(host['NanoCpus'])
  if (nano > 0) return nano / 1e9
  const quota = numberOf(host['CpuQuota'])
  return quota > 0 ? quota / (numberOf(host['CpuPeriod']) || 100_000) : null
}

function addressesOf(network: Fields): readonly string[] {
  const own = Object.values(fieldsOf(network['Networks'])).flatMap((endpoint) => {
    const fields = fieldsOf(endpoint)
    return [textOf(fields['IPAddress']), textOf(fields['GlobalIPv6Address'])]
  })
  return [...new Set([textOf(network['IPAddress']), ...own].filter((address) => address !== ''))]
}

/** `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "18080"}], "443/tcp": null}`: only what is published. */
export function portsOf(value: unknown): readonly PublishedPort[] {
  return Object.entries(fieldsOf(value)).flatMap(([key, bindings]) => {
    const [port = '', protocol = 'tcp'] = key.split('/')
    return listOf(bindings).map((binding) => ({
      containerPort: Number(port) || 0,
      protocol,
      hostAddress: textOf(fieldsOf(binding)['HostIp']),
      hostPort: Number(textOf(fieldsOf(binding)['HostPort'])) || 0,
    }))
  })
}

export function mountsOf(raw: Fields): readonly Mount[] {
  return listOf(raw['Mounts']).map((item) => {
    const mount = fieldsOf(item)
    return {
      type: textOf(mount['Type']),
      source: textOf(mount['Name']) || textOf(mount['Source']),
      target: textOf(mount['Destination']),
      readOnly: mount['RW'] === false,
    }
  })
}

/** What an image brings along, so that only what differs from it need be said. */
export interface ImageDefaults {
  readonly id: string
  readonly sizeBytes: number
  readonly createdAt: string | null
  readonly architecture: string
  readonly tags: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly environment: readonly string[]
  readonly command: readonly string[]
  readonly entrypoint: readonly string[]
  readonly config: Fields
  readonly layerCount: number
  /** What keeps its layers; empty where the engine does not say. */
  readonly storageDriver: string
}

/** Reads `image inspect`: a JSON array, found ones only. */
export function parseImages(text: string): readonly ImageDefaults[] {
  return listOf(readJson(text))
    .map(fieldsOf)
    .filter((raw) => textOf(raw['Id']) !== '')
    .map((raw) => {
      const config = fieldsOf(raw['Config'])
      return {
        id: textOf(raw['Id']).replace(/^sha256:/, ''),
        sizeBytes: numberOf(raw['Size']),
        createdAt: timeOf(raw['Created']),
        architecture: textOf(raw['Architecture']),
        tags: textsOf(raw['RepoTags']),
        labels: textMapOf(config['Labels']),
        environment: textsOf(config['Env']),
        command: textsOf(config['Cmd']),
        entrypoint: wordsOf(config['Entrypoint']),
        config,
        layerCount: listOf(fieldsOf(raw['RootFS'])['Layers']).length,
        storageDriver: textOf(fieldsOf(raw['GraphDriver'])['Name']),
      }
    })
}

/** An image's entrypoint. Podman writes one of a single word as text. */
export function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : value.split(' ')
  return textsOf(value)
}

/**
 * A container's entrypoint. Podman 4 joins its words with blanks, which splitting does not invert; `Path` and `Args` hold the
 * words of entrypoint and command one by one.
 */
export function entrypointOf(raw: Fields): readonly string[] {
  const config = fieldsOf(raw['Config'])
  const joined = config['Entrypoint']
  if (typeof joined !== 'string') return textsOf(joined)
  const words = [textOf(raw['Path']), ...textsOf(raw['Args'])]
  const entrypoint = words.slice(0, Math.max(0, words.length - textsOf(config['Cmd']).length))
  return entrypoint.join(' ') === joined ? entrypoint : wordsOf(joined)
}

/** Whether podman wrote this answer: docker has no such field. */
export function isPodman(raw: Fields): boolean {
  return typeof raw['ImageName'] === 'string'
}

/** A signal by its name or number. Podman 4 writes the number, docker and later podman the name. */
export function signalOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value)
}

/** The test of a health check. Podman 4 puts a test given as a list into one word, as JSON. */
export function healthTestOf(value: unknown): readonly string[] {
  const words = textsOf(value)
  const [only = ''] = words
  const list = words.length === 1 && only.startsWith('[') ? textsOf(readJson(only)) : []
  return list.length > 0 ? list : words
}
