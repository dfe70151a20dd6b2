import { join } from 'node:path'
import { machineId } from '../../../app/domain/ids.ts'
import { readJson } from '../common/files.ts'
import { trashed } from '../common/purges.ts'
import type { MachineFiles } from '../provider.ts'
import { type Bundle, bundleName, imagePath, readBundle, varsPath } from './bundle.ts'
import { providerId } from './machine.ts'
import { unseen } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { noteSchema } from './trash.ts'

export async function usedFiles({
  machineRegistry,
  layout,
}: Pick<ProviderContext, 'machineRegistry' | 'layout'>): Promise<readonly MachineFiles[]> {
  const { registry, scan } = await machineRegistry.disk()
  if (!scan.isComplete) throw unseen(scan)
  const known = [...scan.known].map(([uuid, bundle]): MachineFiles => {
    const discs = [...(registry?.get(uuid)?.discs.values() ?? [])]
    return { ...filesOf(uuid, bundle, discs), isInTrash: false, isComplete: registry !== null }
  })
  const unreadable = [
    ...scan.broken.map(({ key, path }) => ({ key, name: bundleName(path), folder: path })),
    ...[...scan.old].map((name) => ({ key: `old-${name}`, name, folder: null })),
  ].map(({ key, name, folder }): MachineFiles => unknown(key, name, folder, false))
  return [...known, ...unreadable, ...(await Promise.all((await trashed(layout.trash)).map(inTrash)))]

  async function inTrash(trashId: string): Promise<MachineFiles> {
    const { path, note } = layout.removed(trashId)
    try {
      const found = await readJson(note, noteSchema)
      if (found === null) return unknown(trashId, trashId, path, true)
      const bundle = await readBundle(join(path, found.bundle))
      return { ...filesOf(found.uuid, bundle, []), isInTrash: true, isComplete: true }
    } catch {
      return unknown(trashId, trashId, path, true)
    }
  }
}

function filesOf(
  uuid: string,
  bundle: Bundle,
  discs: readonly string[],
): Pick<MachineFiles, 'machineId' | 'name' | 'folder' | 'files'> {
  const vars = varsPath(bundle)
  return {
    machineId: machineId(providerId, uuid),
    name: bundle.config.Information.Name,
    folder: bundle.path,
    files: [
      ...bundle.config.Drive.flatMap((drive) => {
        const path = imagePath(bundle, drive)
        return path === null ? [] : [{ path, access: drive.ReadOnly ? 'read' : 'write', format: null } as const]
      }),
      ...discs.map((path) => ({ path, access: 'read', format: 'raw' }) as const),
      ...(vars === null ? [] : [{ path: vars, access: 'write', format: null } as const]),
    ],
  }
}

function unknown(key: string, name: string, folder: string | null, isInTrash: boolean): MachineFiles {
  return { machineId: machineId(providerId, key), name, isInTrash, folder, files: [], isComplete: false }
}
