import { dirname } from 'node:path'
import type { ImageFormat } from '../../images/first-bytes.ts'
import type { MachineFiles } from '../provider.ts'
import { attachedTo, disksOf } from './dependants.ts'
import { idOf } from './inventory.ts'
import { knownMedia } from './media-registry.ts'
import { ownFolder } from './own-folder.ts'
import type { ProviderContext } from './provider-context.ts'
import type { Settings } from './settings-file.ts'
import type { Medium } from './settings-media.ts'
import { presentPath, type TrashStore } from './trash-store.ts'

/**
 * The files of all machines. A machine's description has the UUIDs of what is attached; where those files are stands in the
 * registry of whichever machine knew them first, or in VirtualBox's own, so that all registries are read together.
 */
export async function usedFiles(context: ProviderContext, trash: TrashStore): Promise<readonly MachineFiles[]> {
  const { inventory } = context
  await inventory.refreshRegistry()
  await Promise.all(inventory.loaded().map(inventory.refresh))
  const [known, removed] = await Promise.all([knownMedia(context), trash.contents()])
  const media = new Map(
    [...removed.flatMap(({ settings }) => settings?.media ?? []), ...known].map((medium) => [medium.uuid, medium]),
  )
  const registered = inventory.loaded().map(async ({ uuid, path, settings, listedName }): Promise<MachineFiles> => {
    const about = { machineId: idOf(uuid), name: settings?.name ?? listedName ?? uuid, isInTrash: false }
    if (settings === null || path === null) return { ...about, folder: null, files: [], isComplete: false }
    return { ...about, folder: await ownFolder(context, uuid, path), ...filesOf(settings, media) }
  })
  const inTrash = removed.map(({ uuid, name, item, settings }): MachineFiles => {
    const about = { machineId: idOf(uuid), name, isInTrash: true }
    const folder = item?.moved == null ? null : dirname(presentPath(item))
    if (settings === null) return { ...about, folder, files: [], isComplete: false }
    return { ...about, folder, ...filesOf(settings, media) }
  })
  return [...(await Promise.all(registered)), ...inTrash]
}

type UsedSettings = Pick<Settings, 'hardware' | 'snapshots' | 'media' | 'stateFile'>

/** Disks of these types stay as they are, or are changed by several machines on purpose. */
const readTypes = /^(?:Immutable|Readonly|MultiAttach)$/i

function filesOf(
  settings: UsedSettings,
  media: ReadonlyMap<string, Medium>,
): Pick<MachineFiles, 'files' | 'isComplete'> {
  const written = new Set(disksOf(settings.hardware))
  const found = new Map<string, Medium>()
  let isComplete = true
  for (const uuid of [...attachedTo(settings), ...settings.media.map((one) => one.uuid)]) {
    let at = media.get(uuid)
    if (at === undefined) isComplete = false
    for (; at !== undefined && !found.has(at.uuid); at = media.get(at.parentId ?? '')) found.set(at.uuid, at)
  }
  const states = [settings, ...settings.snapshots].flatMap(({ stateFile }) => stateFile ?? [])
  return {
    isComplete,
    files: [
      ...[...found.values()].map((medium) => ({
        path: medium.path,
        access: isWritten(medium, written) ? ('write' as const) : ('read' as const),
        format: formatOf(medium),
      })),
      ...states.map((path) => ({ path, access: 'write', format: 'raw' }) as const),
    ],
  }
}

function isWritten({ uuid, kind, type }: Medium, written: ReadonlySet<string>): boolean {
  return kind === 'floppy' || (written.has(uuid) && !readTypes.test(type ?? ''))
}

/** Only a VMDK names files that VirtualBox's registry does not. */
function formatOf({ kind, format }: Medium): ImageFormat {
  return kind === 'disk' && /^VMDK$/i.test(format ?? '') ? 'vmdk' : 'raw'
}
