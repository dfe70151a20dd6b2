import { type Fields, fieldsOf, textOf } from './json.ts'
import { namedMounts } from './recreate-mounts.ts'
import { chosenNetworks } from './recreate-network.ts'

/** Parts of `inspect` that are settings; everything else is state or place. */
const sections = ['Config', 'HostConfig'] as const

/** What differs between two containers that are alike: their image and its labels, their own id, the terminal they were made in. */
const ownToEach: ReadonlySet<string> = new Set([
  'Config.Image',
  'Config.Labels',
  'Config.Hostname',
  'Config.AttachStdin',
  'Config.AttachStdout',
  'Config.AttachStderr',
  'Config.StdinOnce',
  'Config.Annotations',
  'Config.CreateCommand',
  'Config.MacAddress',
  'Config.Volumes',
  'HostConfig.Binds',
  'HostConfig.ContainerIDFile',
  'HostConfig.ConsoleSize',
  'HostConfig.NetworkMode',
  'HostConfig.RestartPolicy',
  'HostConfig.CgroupPath',
])

/** Names of settings that differ between two inspects, such as `HostConfig.Memory`; empty when the two are alike. */
export function differences(one: Fields, other: Fields): readonly string[] {
  const found: string[] = []
  for (const section of sections) {
    const left = settingsOf(one, section)
    const right = settingsOf(other, section)
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const path = `${section}.${name}`
      if (!ownToEach.has(path) && plain(left[name]) !== plain(right[name])) found.push(path)
    }
  }
  if (targets(one) !== targets(other)) found.push('Mounts')
  if (plain(chosenNetworks(one)) !== plain(chosenNetworks(other))) found.push('NetworkSettings.Networks')
  return found.sort()
}

function settingsOf(raw: Fields, section: (typeof sections)[number]): Fields {
  const settings = fieldsOf(raw[section])
  return 'Mounts' in settings ? { ...settings, Mounts: namedMounts(raw) } : settings
}

/** Nothing, an empty list and an empty object mean the same; the order of lists does not matter to an engine. */
function plain(value: unknown): string {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return ''
  if (Array.isArray(value)) return value.length === 0 ? '' : JSON.stringify(value.map(plain).sort())
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => plain(item) !== '')
    return entries.length === 0
      ? ''
      : JSON.stringify(
          entries.map(([name, item]) => [name, plain(item)]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
        )
  }
  return JSON.stringify(value)
}

function targets(raw: Fields): string {
  const mounts = Array.isArray(raw['Mounts']) ? raw['Mounts'].map(fieldsOf) : []
  return plain(
    mounts.map((mount) =>
      [
        textOf(mount['Type']),
        textOf(mount['Name']) || textOf(mount['Source']),
        textOf(mount['Destination']),
        String(mount['RW']),
      ].join('\n'),
    ),
  )
}
