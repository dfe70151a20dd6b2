import type { ContainerSpec } from '../../../app/domain/spec.ts'

/** Argument lists, without the tool's own name and context. What a person typed comes after `--` or as an option's value. */

/** The template of one JSON object per line; the word `json` alone is understood only since docker 23. */
const asJson = ['--format', '{{json .}}'] as const

export const contextList = (): readonly string[] => ['context', 'ls', ...asJson]
export const version = (): readonly string[] => ['version', ...asJson]
export const ps = (): readonly string[] => ['ps', '--all', '--no-trunc', ...asJson]
export const psNamed = (name: string): readonly string[] => [...ps(), '--filter', `name=${name}`]
export const inspect = (ids: readonly string[]): readonly string[] => ['container', 'inspect', ...ids]
export const inspectWithSize = (ids: readonly string[]): readonly string[] => ['container', 'inspect', '--size', ...ids]
export const imageInspect = (images: readonly string[]): readonly string[] => ['image', 'inspect', '--', ...images]
export const imageIds = (filters: readonly string[]): readonly string[] => [
  'image',
  'ls',
  '--quiet',
  '--no-trunc',
  ...filters.flatMap((filter) => ['--filter', filter]),
]
export const imageList = (): readonly string[] => ['image', 'ls', ...asJson]
export const networkNames = (): readonly string[] => ['network', 'ls', '--format', '{{.Name}}']
export const volumeNames = (): readonly string[] => ['volume', 'ls', '--format', '{{.Name}}']

/** Only what changes a list: an exec for a health check, every 30 s in every container, is not even sent. */
const watchedActions = [
  'create',
  'start',
  'die',
  'pause',
  'unpause',
  'rename',
  'update',
  'destroy',
  'oom',
  'health_status',
  'connect',
  'disconnect',
  'tag',
  'untag',
  'delete',
] as const
/** Whether an event of a container changes a list. */
export const isWatched = (action: string): boolean => watchedActions.some((watched) => watched === action)
/** Podman's other words for the same. It knows no event of its images that matters here. */
const watchedByPodman = ['create', 'start', 'died', 'pause', 'unpause', 'rename', 'update', 'remove', 'health_status']

export const events = (flavour: 'docker' | 'podman', since: string | null): readonly string[] => [
  'events',
  ...asJson,
  ...(flavour === 'docker' ? ['container', 'network', 'image'] : ['container']).flatMap((type) => [
    '--filter',
    `type=${type}`,
  ]),
  ...(flavour === 'docker' ? watchedActions : watchedByPodman).flatMap((action) => ['--filter', `event=${action}`]),
  ...(since === null ? [] : ['--since', since]),
]

export const start = (id: string): readonly string[] => ['start', id]
/** Without a time it is the container's own grace. */
export const stop = (id: string, seconds: number | null = null): readonly string[] => [
  'stop',
  ...(seconds === null ? [] : ['-t', String(seconds)]),
  id,
]
export const kill = (id: string): readonly string[] => ['kill', id]
export const restart = (id: string): readonly string[] => ['restart', id]
export const pause = (id: string): readonly string[] => ['pause', id]
export const unpause = (id: string): readonly string[] => ['unpause', id]
export const rename = (id: string, name: string): readonly string[] => ['rename', '--', id, name]
export const remove = (id: string): readonly string[] => ['rm', id]
export const removeByForce = (id: string): readonly string[] => ['rm', '--force', id]
/** One of the two is `CONTAINER:PATH`, the other a path here or `-` for an archive on the standard output. */
export const copy = (flavour: 'docker' | 'podman', from: string, to: string): readonly string[] => [
  'cp',
  // Podman follows by itself.
  ...(flavour === 'docker' ? ['--follow-link'] : []),
  '--',
  from,
  to,
]
/** The engine starts nothing in a container whose own working folder is gone. */
export const execAnywhere: readonly string[] = ['exec', '--workdir', '/']
/** As root: what `cp` wrote is root's. */
export const removeInside = (id: string, program: readonly string[], path: string): readonly string[] => [
  ...[...execAnywhere, '--user', '0', id, ...program, '-rf', '--', path],
]
export const removeVolume = (name: string): readonly string[] => ['volume', 'rm', '--', name]
export const pull = (image: string): readonly string[] => ['pull', '--', image]
/** Podman always writes whole ids and has no such option. */
export const stats = (flavour: 'docker' | 'podman', ids: readonly string[]): readonly string[] => [
  'stats',
  '--no-stream',
  ...(flavour === 'docker' ? ['--no-trunc'] : []),
  ...asJson,
  ...ids,
]
export const logs = (
  id: string,
  options: { readonly follow: boolean; readonly tail: number; readonly timestamps: boolean },
): readonly string[] => [
  'logs',
  ...(options.follow ? ['--follow'] : []),
  '--tail',
  String(options.tail),
  ...(options.timestamps ? ['--timestamps'] : []),
  id,
]

export const update = (
  id: string,
  changes: { readonly restart?: string; readonly cpus?: number; readonly memoryBytes?: number },
): readonly string[] => [
  'update',
  ...(changes.restart === undefined ? [] : ['--restart', changes.restart]),
  ...(changes.cpus === undefined ? [] : ['--cpus', String(changes.cpus)]),
  // Swap goes with it: a limit above the present swap limit is refused otherwise.
  ...(changes.memoryBytes === undefined
    ? []
    : ['--memory', String(changes.memoryBytes), '--memory-swap', String(changes.memoryBytes * 2)]),
  id,
]

export const commit = (
  id: string,
  image: string,
  options: {
    readonly flags: readonly string[]
    readonly message: string
    readonly labels: Readonly<Record<string, string>>
  },
): readonly string[] => [
  'commit',
  ...options.flags,
  ...(options.message === '' ? [] : ['--message', options.message]),
  // The values are base64url: nothing in them means anything to the instruction's own grammar.
  ...Object.entries(options.labels).flatMap(([name, value]) => ['--change', `LABEL ${name}=${value}`]),
  id,
  image,
]
export const createLike = (
  name: string,
  image: string,
  flags: readonly string[],
  command: readonly string[],
): readonly string[] => ['create', '--pull=never', '--name', name, ...flags, '--', image, ...command]
export const tag = (image: string, name: string): readonly string[] => ['tag', image, name]
/** A container that only holds volumes and an image: it has no program, so that nobody can start it. */
export const createHolder = (name: string, image: string, mounts: readonly string[]): readonly string[] => [
  ...['create', '--pull=never', '--name', name, '--network', 'none', '--no-healthcheck'],
  ...['--entrypoint', '/berth-kept-copy-cannot-be-started', ...mounts, '--', image],
]
export const untag = (image: string): readonly string[] => ['image', 'rm', image]
/** Of an image that a container uses. By force podman would remove the containers too. */
export const untagUsed = (flavour: 'docker' | 'podman', image: string): readonly string[] =>
  flavour === 'podman' ? ['untag', image, image] : ['image', 'rm', '--force', image]
export const networkConnect = (network: string, id: string, flags: readonly string[]): readonly string[] => [
  'network',
  'connect',
  ...flags,
  network,
  id,
]

/**
 * `docker create` of what the form says. `run` is what a person would type for one that is started as well. `pull` is left out
 * where it is the tool's own default.
 */
export function createFrom(
  spec: ContainerSpec,
  how: {
    readonly verb: 'create' | 'run'
    readonly pull: ContainerSpec['pull']
    /** In place of the spec's own variables, so that their values are no arguments. */
    readonly environment?: readonly string[]
    readonly hasTerminal?: boolean
  },
): readonly string[] {
  return [
    how.verb,
    ...(how.verb === 'run' ? ['--detach'] : []),
    ...(how.pull === 'missing' ? [] : [`--pull=${how.pull}`]),
    ...(spec.name === null ? [] : ['--name', spec.name]),
    ...(how.hasTerminal === true ? ['--interactive', '--tty'] : []),
    ...(spec.restart === 'no' ? [] : ['--restart', spec.restart]),
    ...(spec.cpus === undefined ? [] : ['--cpus', String(spec.cpus)]),
    ...(spec.memoryBytes === undefined ? [] : ['--memory', String(spec.memoryBytes)]),
    ...(spec.network === undefined ? [] : ['--network', spec.network]),
    ...(spec.user === undefined ? [] : ['--user', spec.user]),
    ...(spec.workingFolder === undefined ? [] : ['--workdir', spec.workingFolder]),
    ...spec.ports.flatMap((port) => ['--publish', publish(port)]),
    ...spec.mounts.flatMap((mount) => ['--mount', mountOption(mount)]),
    ...(how.environment ?? spec.environment.flatMap(({ name, value }) => ['--env', `${name}=${value}`])),
    '--',
    spec.image,
    ...spec.command,
  ]
}

/** `[address:][hostPort]:containerPort/protocol`; without a host port the tool chooses one. */
export function publish(port: ContainerSpec['ports'][number]): string {
  const address = port.hostAddress === null || port.hostAddress === '' ? '' : `${bracketed(port.hostAddress)}:`
  const host = port.hostPort === null ? '' : String(port.hostPort)
  const protocol = port.protocol === 'tcp' ? '' : `/${port.protocol}`
  return address === '' && host === ''
    ? `${port.containerPort}${protocol}`
    : `${address}${host}:${port.containerPort}${protocol}`
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
}

/** `--mount` reads its value as one line of CSV: a field with a comma or a quote is quoted, quotes doubled. */
export function mountOption(mount: ContainerSpec['mounts'][number]): string {
  return [
    `type=${mount.type}`,
    `source=${mount.source}`,
    `target=${mount.target}`,
    ...(mount.readOnly ? ['readonly'] : []),
  ]
    .map(csvField)
    .join(',')
}

export function csvField(field: string): string {
  return /[",\n\r]/.test(field) || field.startsWith(' ') ? `"${field.replaceAll('"', '""')}"` : field
}
