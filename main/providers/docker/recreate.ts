import { quoteLine } from '../../exec/quote.ts'
import type { Engine } from './engine.ts'
import { entrypointOf, healthTestOf, type ImageDefaults, isPodman, signalOf } from './inspect.ts'
import { type Fields, fieldsOf, listOf, numberOf, textMapOf, textOf, textsOf } from './json.ts'
import { each, option } from './option-words.ts'
import { limitFlags } from './recreate-limits.ts'
import { volumeFlags } from './recreate-mounts.ts'
import { type Connection, networkFlags } from './recreate-network.ts'

/** How a container like an inspected one is made: options, what follows the image, and networks joined afterwards. */
export interface Recreation {
  readonly flags: readonly string[]
  /** `NAME=value`, apart from the options: values may be secret, and a process's arguments are public. */
  readonly environment: readonly string[]
  /** The seccomp profile's content, which the client wants as a file; null without one. */
  readonly seccompProfile: string | null
  readonly command: readonly string[]
  readonly networks: readonly Connection[]
}

export interface RecreateOptions {
  /** What the image brings along need not be said; null says everything. */
  readonly image: ImageDefaults | null
  /**
   * `copy`: the same volumes, also those without a name, and every default said. `line`: for a person to read and run; volumes
   * without a name are made anew.
   */
  readonly purpose: 'copy' | 'line'
  /** Decides which options its client knows. */
  readonly engine: Pick<Engine, 'flavour' | 'clientVersion'>
}

/** Turns `inspect` back into the options of `create`. The name and the image are the caller's. */
export function recreate(raw: Fields, options: RecreateOptions): Recreation {
  const config = fieldsOf(raw['Config'])
  const host = fieldsOf(raw['HostConfig'])
  const { entrypoint, command } = programOf(raw, config, options.image)
  const network = networkFlags(raw, options.engine.flavour)
  return {
    flags: [
      ...identityFlags(raw, config, host, options),
      ...portFlags(config, host, options.image),
      ...volumeFlags(raw, options),
      ...network.flags,
      ...restartFlags(host),
      ...securityFlags(host),
      ...limitFlags(host),
      ...logFlags(host, options.purpose),
      ...healthFlags(raw, config, options.image),
      ...(entrypoint === null ? [] : ['--entrypoint', entrypoint]),
    ],
    environment: environmentOf(config, options.image),
    seccompProfile: seccompProfileOf(raw),
    command,
    networks: network.others,
  }
}

function identityFlags(
  raw: Fields,
  config: Fields,
  host: Fields,
  { image, purpose }: RecreateOptions,
): readonly string[] {
  const hostname = textOf(config['Hostname'])
  const isOwnHostname =
    textOf(raw['Id']).startsWith(hostname) ||
    // It is the name of the computer, or of the other container; the engine takes none beside these.
    /^(?:host$|container:)/.test(textOf(host['NetworkMode'])) ||
    textOf(host['UTSMode']) === 'host'
  const changed = (name: string): string => {
    const value = textOf(config[name])
    return value === textOf(image?.config[name]) ? '' : value
  }
  const stopTimeout = config['StopTimeout']
  const stopSignal = signalOf(config['StopSignal']).replace(/^(?:SIGTERM|15)$/, '')
  const labels = Object.entries(textMapOf(config['Labels'])).filter(
    ([name, value]) => image?.labels[name] !== value && !name.startsWith('dev.berth.'),
  )
  return [
    ...(config['Tty'] === true ? ['--tty'] : []),
    ...(config['OpenStdin'] === true ? ['--interactive'] : []),
    ...(host['AutoRemove'] === true ? ['--rm'] : []),
    ...(isOwnHostname ? [] : option('--hostname', hostname)),
    ...option('--domainname', textOf(config['Domainname'])),
    ...option('--user', changed('User')),
    ...option('--workdir', changed('WorkingDir')),
    ...each(
      '--label',
      labels.map(([name, value]) => `${name}=${value}`),
    ),
    ...option('--stop-signal', stopSignal === signalOf(image?.config['StopSignal']) ? '' : stopSignal),
    ...(typeof stopTimeout === 'number' ? ['--stop-timeout', String(stopTimeout)] : []),
    ...(host['Init'] === true ? ['--init'] : []),
    ...(purpose === 'copy' ? option('--cgroupns', textOf(host['CgroupnsMode'])) : []),
  ]
}

function environmentOf(config: Fields, image: ImageDefaults | null): readonly string[] {
  const inherited = new Set(image?.environment ?? [])
  return textsOf(config['Env']).filter((entry) => !inherited.has(entry))
}

function portFlags(config: Fields, host: Fields, image: ImageDefaults | null): readonly string[] {
  const bindings = fieldsOf(host['PortBindings'])
  const published = Object.entries(bindings).flatMap(([key, value]) => {
    const [port = '', protocol = 'tcp'] = key.split('/')
    const suffix = protocol === 'tcp' ? '' : `/${protocol}`
    const items = listOf(value).map(fieldsOf)
    return (items.length === 0 ? [{}] : items).map((item) => {
      const address = textOf((item as Fields)['HostIp'])
      const hostPort = textOf((item as Fields)['HostPort'])
      const inBrackets = address.includes(':') ? `[${address}]` : address
      if (inBrackets !== '') return `${inBrackets}:${hostPort}:${port}${suffix}`
      return hostPort === '' || hostPort === '0' ? `${port}${suffix}` : `${hostPort}:${port}${suffix}`
    })
  })
  const known = new Set([...Object.keys(bindings), ...Object.keys(fieldsOf(image?.config['ExposedPorts']))])
  return [
    ...each('--publish', published),
    ...(host['PublishAllPorts'] === true ? ['--publish-all'] : []),
    ...each(
      '--expose',
      Object.keys(fieldsOf(config['ExposedPorts'])).filter((key) => !known.has(key)),
    ),
  ]
}

function restartFlags(host: Fields): readonly string[] {
  const policy = fieldsOf(host['RestartPolicy'])
  const name = textOf(policy['Name'])
  if (name === '' || name === 'no') return []
  const tries = numberOf(policy['MaximumRetryCount'])
  return ['--restart', name === 'on-failure' && tries > 0 ? `${name}:${tries}` : name]
}

/** Docker answers with a seccomp profile's content where the client was given a file's name. */
export function seccompProfileOf(raw: Fields): string | null {
  const given = textsOf(fieldsOf(raw['HostConfig'])['SecurityOpt']).find(isSeccompProfile)
  return given?.slice(seccompOption.length) ?? null
}

const seccompOption = 'seccomp='
const isSeccompProfile = (value: string): boolean => /^seccomp=\s*\{/.test(value)

function securityOptions(host: Fields): readonly string[] {
  const isPrivileged = host['Privileged'] === true
  // `inspect` repeats this option only by what came of it.
  const isUnmasked = [host['MaskedPaths'], host['ReadonlyPaths']].every(
    (paths) => Array.isArray(paths) && paths.length === 0,
  )
  return [
    ...textsOf(host['SecurityOpt'])
      .filter((value) => !isSeccompProfile(value))
      // `--privileged` adds this one by itself.
      .filter((value) => !(isPrivileged && value === 'label=disable')),
    ...(isUnmasked && !isPrivileged ? ['systempaths=unconfined'] : []),
  ]
}

function securityFlags(host: Fields): readonly string[] {
  const isPrivileged = host['Privileged'] === true
  const ipc = textOf(host['IpcMode'])
  return [
    ...(isPrivileged ? ['--privileged'] : []),
    ...each(
      '--annotation',
      Object.entries(textMapOf(host['Annotations'])).map(([name, value]) => `${name}=${value}`),
    ),
    ...(host['ReadonlyRootfs'] === true ? ['--read-only'] : []),
    ...each('--cap-add', textsOf(host['CapAdd'])),
    ...each('--cap-drop', textsOf(host['CapDrop'])),
    ...each('--security-opt', securityOptions(host)),
    ...each('--group-add', textsOf(host['GroupAdd'])),
    ...(ipc === 'private' || ipc === 'shareable' ? [] : option('--ipc', ipc)),
    ...option('--pid', textOf(host['PidMode']).replace(/^private$/, '')),
    ...option('--uts', textOf(host['UTSMode']).replace(/^private$/, '')),
    ...option('--userns', textOf(host['UsernsMode'])),
    ...each(
      '--sysctl',
      Object.entries(textMapOf(host['Sysctls'])).map(([name, value]) => `${name}=${value}`),
    ),
  ]
}

function logFlags(host: Fields, purpose: RecreateOptions['purpose']): readonly string[] {
  const log = fieldsOf(host['LogConfig'])
  const driver = textOf(log['Type'])
  const settings = Object.entries(textMapOf(log['Config'])).filter(([name]) => name !== 'path' && name !== 'size')
  const isPlain = driver === 'json-file' && settings.length === 0
  if (driver === '' || (isPlain && purpose === 'line')) return []
  return [
    '--log-driver',
    driver,
    ...each(
      '--log-opt',
      settings.map(([name, value]) => `${name}=${value}`),
    ),
  ]
}

function healthFlags(raw: Fields, config: Fields, image: ImageDefaults | null): readonly string[] {
  const health = fieldsOf(config['Healthcheck'])
  if (JSON.stringify(health) === JSON.stringify(fieldsOf(image?.config['Healthcheck']))) return []
  const [kind, ...words] = healthTestOf(health['Test'])
  if (kind === 'NONE') return ['--no-healthcheck']
  const time = (flag: string, name: string): readonly string[] =>
    numberOf(health[name]) > 0 ? [flag, `${numberOf(health[name])}ns`] : []
  return [
    ...option('--health-cmd', healthCommand(kind, words, isPodman(raw))),
    ...time('--health-interval', 'Interval'),
    ...time('--health-timeout', 'Timeout'),
    ...time('--health-start-period', 'StartPeriod'),
    ...time('--health-start-interval', 'StartInterval'),
    ...(numberOf(health['Retries']) > 0 ? ['--health-retries', String(numberOf(health['Retries']))] : []),
  ]
}

/** Docker's option always goes through a shell, so separate words are quoted for one; podman's takes a list as JSON. */
function healthCommand(kind: string | undefined, words: readonly string[], asJson: boolean): string {
  if (kind === 'CMD-SHELL') return words[0] ?? ''
  if (!asJson || words.length === 0) return quoteLine(words)
  return JSON.stringify([kind, ...words])
}

/** `--entrypoint` takes one word; the rest of an entrypoint goes before the command. null leaves the image's own. */
function programOf(
  raw: Fields,
  config: Fields,
  image: ImageDefaults | null,
): { readonly entrypoint: string | null; readonly command: readonly string[] } {
  const entrypoint = entrypointOf(raw)
  const command = textsOf(config['Cmd'])
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    JSON.stringify(one) === JSON.stringify(other)
  if (same(entrypoint, image?.entrypoint ?? [])) {
    return { entrypoint: null, command: image !== null && same(command, image.command) ? [] : command }
  }
  return { entrypoint: entrypoint[0] ?? '', command: [...entrypoint.slice(1), ...command] }
}
