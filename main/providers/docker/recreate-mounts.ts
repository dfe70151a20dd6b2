import { csvField } from './commands.ts'
import { mountsOf } from './inspect.ts'
import { type Fields, fieldsOf, listOf, numberOf, textMapOf, textOf, textsOf } from './json.ts'
import { each, option } from './option-words.ts'
import { majorOf } from './podman.ts'
import type { RecreateOptions } from './recreate.ts'

/** Volumes, folders of the host and tmpfs as options. */
export function volumeFlags(raw: Fields, { image, purpose, engine }: RecreateOptions): readonly string[] {
  const config = fieldsOf(raw['Config'])
  const host = fieldsOf(raw['HostConfig'])
  const binds = textsOf(host['Binds'])
  const mounts = purpose === 'copy' ? namedMounts(raw) : listOf(host['Mounts']).map(fieldsOf)
  const said = new Set([
    ...binds.map((bind) => bind.split(':')[1] ?? bind),
    ...mounts.map((mount) => textOf(mount['Target'])),
  ])
  const unsaid = mountsOf(raw).filter((mount) => mount.type === 'volume' && !said.has(mount.target))
  const declared = Object.keys(fieldsOf(config['Volumes'])).filter(
    (target) => !said.has(target) && !(target in fieldsOf(image?.config['Volumes'])),
  )
  return [
    ...each('--volume', binds),
    ...each(
      '--mount',
      mounts.map((mount) => mountText(mount, engine)),
    ),
    ...each(
      '--volume',
      // The very same data goes on in a copy: of a volume without a name, and of one that came from another container, which
      // may be read-only here.
      purpose === 'copy'
        ? unsaid.map((mount) => `${mount.source}:${mount.target}${mount.readOnly ? ':ro' : ''}`)
        : declared,
    ),
    ...each(
      '--tmpfs',
      Object.entries(textMapOf(host['Tmpfs'])).map(([path, how]) => (how === '' ? path : `${path}:${how}`)),
    ),
    ...each('--volumes-from', textsOf(host['VolumesFrom'])),
    ...option('--volume-driver', textOf(host['VolumeDriver'])),
  ]
}

/** `HostConfig.Mounts`, where a volume that was asked for without a name has the one that it got: compose 2 asks so. */
export function namedMounts(raw: Fields): readonly Fields[] {
  const names = new Map(mountsOf(raw).map((mount) => [mount.target, mount.source]))
  return listOf(fieldsOf(raw['HostConfig'])['Mounts'])
    .map(fieldsOf)
    .map((mount) =>
      textOf(mount['Type']) === 'volume' && textOf(mount['Source']) === ''
        ? { ...mount, Source: names.get(textOf(mount['Target'])) ?? '' }
        : mount,
    )
}

/** One entry of `HostConfig.Mounts` as `--mount` takes it. */
function mountText(mount: Fields, engine: RecreateOptions['engine']): string {
  const volume = fieldsOf(mount['VolumeOptions'])
  const image = fieldsOf(mount['ImageOptions'])
  const driver = fieldsOf(volume['DriverConfig'])
  const tmpfs = fieldsOf(mount['TmpfsOptions'])
  const setting = (name: string, value: string): readonly string[] => (value === '' ? [] : [`${name}=${value}`])
  return [
    `type=${textOf(mount['Type'])}`,
    ...setting('source', textOf(mount['Source'])),
    `target=${textOf(mount['Target'])}`,
    ...(mount['ReadOnly'] === true ? ['readonly'] : []),
    ...setting('consistency', textOf(mount['Consistency']).replace(/^default$/, '')),
    ...bindFields(fieldsOf(mount['BindOptions']), engine),
    ...(volume['NoCopy'] === true ? ['volume-nocopy'] : []),
    ...setting('volume-subpath', textOf(volume['Subpath'])),
    ...setting('image-subpath', textOf(image['Subpath'])),
    ...setting('volume-driver', textOf(driver['Name'])),
    ...Object.entries(textMapOf(driver['Options'])).map(([name, value]) => `volume-opt=${name}=${value}`),
    ...Object.entries(textMapOf(volume['Labels'])).map(([name, value]) => `volume-label=${name}=${value}`),
    ...(numberOf(tmpfs['SizeBytes']) > 0 ? [`tmpfs-size=${numberOf(tmpfs['SizeBytes'])}`] : []),
    ...(numberOf(tmpfs['Mode']) > 0 ? [`tmpfs-mode=${numberOf(tmpfs['Mode']).toString(8)}`] : []),
  ]
    .map(csvField)
    .join(',')
}

/** Since client 25 one word says how far a bind goes down; before, and with podman, only that it does not. */
function bindFields(bind: Fields, engine: RecreateOptions['engine']): readonly string[] {
  const knowsWords = engine.flavour === 'docker' && majorOf(engine.clientVersion) >= 25
  const propagation = textOf(bind['Propagation'])
  const recursive =
    bind['NonRecursive'] === true
      ? [knowsWords ? 'bind-recursive=disabled' : 'bind-nonrecursive']
      : knowsWords && bind['ReadOnlyNonRecursive'] === true
        ? ['bind-recursive=writable']
        : knowsWords && bind['ReadOnlyForceRecursive'] === true
          ? ['bind-recursive=readonly']
          : []
  return [
    ...(propagation === '' ? [] : [`bind-propagation=${propagation}`]),
    ...recursive,
    ...(bind['CreateMountpoint'] === true && majorOf(engine.clientVersion) >= 29 ? ['bind-create-src'] : []),
  ]
}
