import { csvField } from './commands.ts'
import { type ImageDefaults, mountsOf, wordsOf } from './inspect.ts'
import { type Fields, fieldsOf, listOf, numberOf, textMapOf, textOf, textsOf } from './json.ts'
import { quoteLine } from './quote.ts'
import { limitFlags } from './recreate-limits.ts'

/** How a container like an inspected one is made: options, what follows the image, and networks joined afterwards. */
export interface Recreation {
  readonly flags: readonly string[]
  readonly command: readonly string[]
  readonly networks: readonly { readonly name: string; readonly flags: readonly string[] }[]
}

export interface RecreateOptions {
  /** What the image brings along need not be said; null says everything. */
  readonly image: ImageDefaults | null
  /**
   * `copy`: the same volumes, also those without a name, and every default said. `line`: for a person to read and run; volumes
   * without a name are made anew.
   */
  readonly purpose: 'copy' | 'line'
}

/** Turns `inspect` back into the options of `create`. The name and the image are the caller's. */
export function recreate(raw: Fields, options: RecreateOptions): Recreation {
  const config = fieldsOf(raw['Config'])
  const host = fieldsOf(raw['HostConfig'])
  const { entrypoint, command } = programOf(config, options.image)
  const network = networkOf(raw, config, host)
  return {
    flags: [
      ...identityFlags(raw, config, host, options),
      ...environmentFlags(config, options.image),
      ...portFlags(config, host, options.image),
      ...volumeFlags(raw, config, host, options),
      ...network.flags,
      ...restartFlags(host),
      ...securityFlags(host),
      ...limitFlags(host),
      ...logFlags(host, options.purpose),
      ...healthFlags(config, options.image),
      ...(entrypoint === null ? [] : ['--entrypoint', entrypoint]),
    ],
    command,
    networks: network.others,
  }
}

/** `--flag value` when there is a value. */
function option(flag: string, value: string): readonly string[] {
  return value === '' ? [] : [flag, value]
}

function each(flag: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [flag, value])
}

function identityFlags(
  raw: Fields,
  config: Fields,
  host: Fields,
  { image, purpose }: RecreateOptions,
): readonly string[] {
  const hostname = textOf(config['Hostname'])
  const isOwnHostname = textOf(raw['Id']).startsWith(hostname) || textOf(host['NetworkMode']) === 'host'
  const changed = (name: string): string => {
    const value = textOf(config[name])
    return value === textOf(image?.config[name]) ? '' : value
  }
  const stopTimeout = config['StopTimeout']
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
    ...option('--stop-signal', changed('StopSignal').replace(/^(?:SIGTERM|15)$/, '')),
    ...(typeof stopTimeout === 'number' ? ['--stop-timeout', String(stopTimeout)] : []),
    ...(host['Init'] === true ? ['--init'] : []),
    ...(purpose === 'copy' ? option('--cgroupns', textOf(host['CgroupnsMode'])) : []),
  ]
}

function environmentFlags(config: Fields, image: ImageDefaults | null): readonly string[] {
  const inherited = new Set(image?.environment ?? [])
  return each(
    '--env',
    textsOf(config['Env']).filter((entry) => !inherited.has(entry)),
  )
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

function volumeFlags(
  raw: Fields,
  config: Fields,
  host: Fields,
  { image, purpose }: RecreateOptions,
): readonly string[] {
  const binds = textsOf(host['Binds'])
  const mounts = listOf(host['Mounts']).map(fieldsOf)
  const said = new Set([
    ...binds.map((bind) => bind.split(':')[1] ?? bind),
    ...mounts.map((mount) => textOf(mount['Target'])),
  ])
  const nameless = mountsOf(raw).filter((mount) => mount.type === 'volume' && !said.has(mount.target))
  const declared = Object.keys(fieldsOf(config['Volumes'])).filter(
    (target) => !said.has(target) && !(target in fieldsOf(image?.config['Volumes'])),
  )
  return [
    ...each('--volume', binds),
    ...each('--mount', mounts.map(mountText)),
    ...each(
      '--volume',
      // The very same data goes on in a copy, though its volume has only a number for a name.
      purpose === 'copy' ? nameless.map((mount) => `${mount.source}:${mount.target}`) : declared,
    ),
    ...each(
      '--tmpfs',
      Object.entries(textMapOf(host['Tmpfs'])).map(([path, how]) => (how === '' ? path : `${path}:${how}`)),
    ),
    ...each('--volumes-from', textsOf(host['VolumesFrom'])),
    ...option('--volume-driver', textOf(host['VolumeDriver'])),
  ]
}

/** One entry of `HostConfig.Mounts` as `--mount` takes it. */
function mountText(mount: Fields): string {
  const bind = fieldsOf(mount['BindOptions'])
  const volume = fieldsOf(mount['VolumeOptions'])
  const driver = fieldsOf(volume['DriverConfig'])
  const tmpfs = fieldsOf(mount['TmpfsOptions'])
  return [
    `type=${textOf(mount['Type'])}`,
    ...(textOf(mount['Source']) === '' ? [] : [`source=${textOf(mount['Source'])}`]),
    `target=${textOf(mount['Target'])}`,
    ...(mount['ReadOnly'] === true ? ['readonly'] : []),
    ...(textOf(bind['Propagation']) === '' ? [] : [`bind-propagation=${textOf(bind['Propagation'])}`]),
    ...(volume['NoCopy'] === true ? ['volume-nocopy'] : []),
    ...(textOf(driver['Name']) === '' ? [] : [`volume-driver=${textOf(driver['Name'])}`]),
    ...Object.entries(textMapOf(driver['Options'])).map(([name, value]) => `volume-opt=${name}=${value}`),
    ...Object.entries(textMapOf(volume['Labels'])).map(([name, value]) => `volume-label=${name}=${value}`),
    ...(numberOf(tmpfs['SizeBytes']) > 0 ? [`tmpfs-size=${numberOf(tmpfs['SizeBytes'])}`] : []),
    ...(numberOf(tmpfs['Mode']) > 0 ? [`tmpfs-mode=${numberOf(tmpfs['Mode']).toString(8)}`] : []),
  ]
    .map(csvField)
    .join(',')
}

function networkOf(
  raw: Fields,
  config: Fields,
  host: Fields,
): { readonly flags: readonly string[]; readonly others: Recreation['networks'] } {
  const mode = textOf(host['NetworkMode'])
  const isDefault = mode === '' || mode === 'default' || mode === 'bridge' || mode === 'podman'
  const shortId = textOf(raw['Id']).slice(0, 12)
  const name = textOf(raw['Name']).replace(/^\//, '')
  const networks = fieldsOf(fieldsOf(raw['NetworkSettings'])['Networks'])
  const flagsFor = (network: unknown, aliasFlag: string): readonly string[] => {
    const endpoint = fieldsOf(network)
    const ipam = fieldsOf(endpoint['IPAMConfig'])
    // The engine adds the container's short id and name to the aliases by itself.
    const aliases = textsOf(endpoint['Aliases']).filter((alias) => alias !== shortId && alias !== name)
    return [
      ...option('--ip', textOf(ipam['IPv4Address'])),
      ...option('--ip6', textOf(ipam['IPv6Address'])),
      ...each(aliasFlag, aliases),
    ]
  }
  const primary = isDefault ? ['bridge', 'default', 'podman'] : [mode]
  const others = Object.entries(networks)
    .filter(([network]) => !primary.includes(network) && !mode.startsWith('container:'))
    .map(([network, endpoint]) => ({ name: network, flags: flagsFor(endpoint, '--alias') }))
  const own = isDefault ? [] : flagsFor(networks[mode], '--network-alias')
  return {
    others,
    flags: [
      ...(isDefault ? [] : ['--network', mode]),
      ...own,
      ...option('--mac-address', textOf(config['MacAddress'])),
      // `/db:/web/alias` is the other's name and the alias it has here.
      ...each(
        '--link',
        textsOf(host['Links']).map((link) => {
          const [other = '', alias = ''] = link.split(':')
          return `${other.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`
        }),
      ),
      ...each('--dns', textsOf(host['Dns'])),
      ...each('--dns-option', textsOf(host['DnsOptions'])),
      ...each('--dns-search', textsOf(host['DnsSearch'])),
      ...each('--add-host', textsOf(host['ExtraHosts'])),
    ],
  }
}

function restartFlags(host: Fields): readonly string[] {
  const policy = fieldsOf(host['RestartPolicy'])
  const name = textOf(policy['Name'])
  if (name === '' || name === 'no') return []
  const tries = numberOf(policy['MaximumRetryCount'])
  return ['--restart', name === 'on-failure' && tries > 0 ? `${name}:${tries}` : name]
}

function securityFlags(host: Fields): readonly string[] {
  const isPrivileged = host['Privileged'] === true
  const ipc = textOf(host['IpcMode'])
  return [
    ...(isPrivileged ? ['--privileged'] : []),
    ...(host['ReadonlyRootfs'] === true ? ['--read-only'] : []),
    ...each('--cap-add', textsOf(host['CapAdd'])),
    ...each('--cap-drop', textsOf(host['CapDrop'])),
    // `--privileged` adds this one by itself.
    ...each(
      '--security-opt',
      textsOf(host['SecurityOpt']).filter((value) => !(isPrivileged && value === 'label=disable')),
    ),
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

function healthFlags(config: Fields, image: ImageDefaults | null): readonly string[] {
  const health = fieldsOf(config['Healthcheck'])
  if (JSON.stringify(health) === JSON.stringify(fieldsOf(image?.config['Healthcheck']))) return []
  const [kind, ...words] = textsOf(health['Test'])
  if (kind === 'NONE') return ['--no-healthcheck']
  const time = (flag: string, name: string): readonly string[] =>
    numberOf(health[name]) > 0 ? [flag, `${numberOf(health[name])}ns`] : []
  return [
    // The option always goes through a shell, so separate words are quoted for one.
    ...option('--health-cmd', kind === 'CMD-SHELL' ? (words[0] ?? '') : quoteLine(words)),
    ...time('--health-interval', 'Interval'),
    ...time('--health-timeout', 'Timeout'),
    ...time('--health-start-period', 'StartPeriod'),
    ...(numberOf(health['Retries']) > 0 ? ['--health-retries', String(numberOf(health['Retries']))] : []),
  ]
}

/** `--entrypoint` takes one word; the rest of an entrypoint goes before the command. null leaves the image's own. */
function programOf(
  config: Fields,
  image: ImageDefaults | null,
): { readonly entrypoint: string | null; readonly command: readonly string[] } {
  const entrypoint = wordsOf(config['Entrypoint'])
  const command = textsOf(config['Cmd'])
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    JSON.stringify(one) === JSON.stringify(other)
  if (same(entrypoint, image?.entrypoint ?? [])) {
    return { entrypoint: null, command: image !== null && same(command, image.command) ? [] : command }
  }
  return { entrypoint: entrypoint[0] ?? '', command: [...entrypoint.slice(1), ...command] }
}
