import { relative, sep } from 'node:path'
import { allDisksOf } from './dependants.ts'
import type { ProviderContext } from './provider-context.ts'
import type { Settings } from './settings-file.ts'
import type { Medium } from './settings-media.ts'

/**
 * Media that a machine uses and that stand in another machine's registry or in VirtualBox's own: a linked clone's disks, a disc that
 * two machines share. VirtualBox forgets them when the machine is unregistered, and then cannot register it again.
 */
export function borrowedMedia(
  settings: Pick<Settings, 'hardware' | 'snapshots' | 'media' | 'stateFile'>,
  known: readonly Medium[],
): readonly Medium[] {
  const own = new Set(settings.media.map(({ uuid }) => uuid))
  const byUuid = new Map(known.map((medium) => [medium.uuid, medium]))
  const discs = [settings.hardware, ...settings.snapshots.map(({ hardware }) => hardware)].flatMap(({ controllers }) =>
    controllers.flatMap(({ devices }) => devices.flatMap(({ mediumId }) => mediumId ?? [])),
  )
  const found = new Map<string, Medium>()
  for (const wanted of new Set([...allDisksOf({ settings }), ...discs])) {
    for (let at = byUuid.get(wanted); at !== undefined; at = byUuid.get(at.parentId ?? '')) {
      if (!own.has(at.uuid)) found.set(at.uuid, at)
    }
  }
  return [...found.values()]
}

/** All media that VirtualBox knows, each once, whichever machine's file they stand in. */
export async function knownMedia({ inventory }: Pick<ProviderContext, 'inventory'>): Promise<readonly Medium[]> {
  const { media } = await inventory.registry()
  const all = [...inventory.loaded().flatMap(({ settings }) => settings?.media ?? []), ...media]
  return [...new Map(all.map((medium) => [medium.uuid, medium])).values()]
}

/** The text of a settings file in `folder` with these media in its registry, as VirtualBox itself writes them there. */
export function withMedia(text: string, media: readonly Medium[], folder: string): string {
  const disks = media.filter(({ kind }) => kind === 'disk')
  const isHere = (uuid: string | null): boolean => disks.some((disk) => disk.uuid === uuid)
  const roots = disks.filter(({ parentId }) => !isHere(parentId))
  const sections = [
    ['HardDisks', roots.map((root) => diskXml(root, disks, folder)).join('')],
    ['DVDImages', imagesXml(media, 'dvd', folder)],
    ['FloppyImages', imagesXml(media, 'floppy', folder)],
  ] as const
  return sections.reduce((so, [name, content]) => (content === '' ? so : withSection(so, name, content)), text)
}

function withSection(text: string, name: string, content: string): string {
  const registry = /<MediaRegistry\s*(\/?)>/.exec(text)
  if (registry === null) {
    // Attributes are read as such: a machine's name may hold anything but a quote.
    const machine = /<Machine(?:\s+[\w:]+="[^"]*")*\s*>/.exec(text)
    if (machine === null) return text
    const at = machine.index + machine[0].length
    return `${text.slice(0, at)}<MediaRegistry><${name}>${content}</${name}></MediaRegistry>${text.slice(at)}`
  }
  const end =
    registry[1] === '/' ? registry.index + registry[0].length : text.indexOf('</MediaRegistry>', registry.index)
  const inside = registry[1] === '/' ? '' : text.slice(registry.index + registry[0].length, end)
  const after = registry[1] === '/' ? text.slice(end) : text.slice(end + '</MediaRegistry>'.length)
  const close = inside.indexOf(`</${name}>`)
  const next =
    close < 0
      ? `${inside.replace(new RegExp(`<${name}\\s*/>`), '')}<${name}>${content}</${name}>`
      : `${inside.slice(0, close)}${content}${inside.slice(close)}`
  return `${text.slice(0, registry.index)}<MediaRegistry>${next}</MediaRegistry>${after}`
}

function diskXml(disk: Medium, all: readonly Medium[], folder: string): string {
  const children = all.filter(({ parentId }) => parentId === disk.uuid).map((child) => diskXml(child, all, folder))
  const format = disk.format === null ? '' : ` format="${escaped(disk.format)}"`
  const type = disk.type === null ? '' : ` type="${escaped(disk.type)}"`
  return `<HardDisk uuid="{${disk.uuid}}" location="${locationOf(disk, folder)}"${format}${type}>${children.join('')}</HardDisk>`
}

function imagesXml(media: readonly Medium[], kind: 'dvd' | 'floppy', folder: string): string {
  return media
    .filter((medium) => medium.kind === kind)
    .map((medium) => `<Image uuid="{${medium.uuid}}" location="${locationOf(medium, folder)}"/>`)
    .join('')
}

function locationOf({ path }: Medium, folder: string): string {
  return escaped(path.startsWith(folder + sep) ? relative(folder, path) : path)
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
