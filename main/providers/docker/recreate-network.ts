import type { Engine } from './engine.ts'
import { type Fields, fieldsOf, textMapOf, textOf, textsOf } from './json.ts'
import { each, option } from './option-words.ts'

/** A network that is joined once the container is made, and how. */
export interface Connection {
  readonly name: string
  readonly flags: readonly string[]
}

/** Networks that are joined without being asked for. */
const defaultNames = ['bridge', 'podman', 'nat'] as const
const defaultModes: ReadonlySet<string> = new Set(['', 'default', ...defaultNames])

/**
 * The networks a container is in, as options. `NetworkMode` says how it was made, and may hold a network's id; where the container
 * is now is `NetworkSettings.Networks`. One that was taken off every network, perhaps to isolate it, is made without any.
 */
export function networkFlags(
  raw: Fields,
  flavour: Engine['flavour'],
): { readonly flags: readonly string[]; readonly others: readonly Connection[] } {
  const host = fieldsOf(raw['HostConfig'])
  const mode = textOf(host['NetworkMode'])
  const joined = networksOf(raw)
  const isPlace = /^(?:host$|none$|container:)/.test(mode)
  // Podman lists none for its own user-mode networks.
  const isUnlisted = joined === null || (flavour === 'podman' && Object.keys(joined).length === 0)
  if (isPlace || isUnlisted) {
    const flags = defaultModes.has(mode) ? [] : ['--network', mode]
    return { flags: [...flags, ...nameFlags(raw)], others: [] }
  }
  const first = firstOf(mode, joined)
  const others = Object.entries(joined)
    .filter(([name]) => name !== first)
    .map(([name, network]) => ({
      name,
      flags: [...addressFlags(raw, network, '--alias'), ...each('--driver-opt', driverOptions(network))],
    }))
  if (first === null) return { flags: ['--network', 'none', ...nameFlags(raw)], others: [] }
  const options = driverOptions(joined[first])
  // Options of a network's driver can be given only in the long form.
  const long = [`name=${first}`, ...options.map((text) => `driver-opt=${text}`)].join(',')
  const isDefault = defaultModes.has(mode) && defaultNames.some((name) => name === first)
  return {
    flags: [
      ...(isDefault ? [] : ['--network', options.length === 0 ? first : long]),
      ...(isDefault ? [] : addressFlags(raw, joined[first], '--network-alias')),
      ...nameFlags(raw),
    ],
    others,
  }
}

/** What of a container's place in its networks was chosen, for comparing two of them. */
export function chosenNetworks(raw: Fields): readonly string[] {
  return Object.entries(networksOf(raw) ?? {})
    .filter(([name]) => name !== 'none')
    .map(([name, network]) => [name, ...[...addressFlags(raw, network, '--alias')].sort()].join(' '))
    .sort()
}

function networksOf(raw: Fields): Fields | null {
  const networks = fieldsOf(raw['NetworkSettings'])['Networks']
  return networks === undefined ? null : fieldsOf(networks)
}

/** The network it is made in; null where it is in none. */
function firstOf(mode: string, joined: Fields): string | null {
  const names = Object.keys(joined)
  const own = defaultModes.has(mode)
    ? names.find((name) => defaultNames.some((known) => known === name))
    : (names.find((name) => name === mode) ??
      names.find((name) => textOf(fieldsOf(joined[name])['NetworkID']).startsWith(mode)))
  return own ?? names[0] ?? null
}

function addressFlags(raw: Fields, network: unknown, aliasFlag: string): readonly string[] {
  const endpoint = fieldsOf(network)
  const addresses = fieldsOf(endpoint['IPAMConfig'])
  const name = textOf(raw['Name']).replace(/^\//, '')
  // The engine adds the container's short id and name to the aliases by itself.
  const isOwn = (alias: string): boolean =>
    alias === name || (alias.length >= 12 && textOf(raw['Id']).startsWith(alias))
  return [
    ...option('--ip', textOf(addresses['IPv4Address'])),
    ...option('--ip6', textOf(addresses['IPv6Address'])),
    ...each('--link-local-ip', textsOf(addresses['LinkLocalIPs'])),
    ...each(
      aliasFlag,
      textsOf(endpoint['Aliases']).filter((alias) => !isOwn(alias)),
    ),
  ]
}

function driverOptions(network: unknown): readonly string[] {
  return Object.entries(textMapOf(fieldsOf(network)['DriverOpts'])).map(([name, value]) => `${name}=${value}`)
}

/** How it is found, and finds others. */
function nameFlags(raw: Fields): readonly string[] {
  const host = fieldsOf(raw['HostConfig'])
  return [
    ...option('--mac-address', textOf(fieldsOf(raw['Config'])['MacAddress'])),
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
  ]
}
