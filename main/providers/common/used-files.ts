import { machineId, type ProviderId } from '../../../app/domain/ids.ts'
import type { MachineFiles } from '../provider.ts'
import type { DefinitionReading } from './definition-file.ts'
import { names } from './files.ts'
import { trashed } from './purges.ts'

interface KeptWorld<D extends { readonly name: string }, F extends { readonly path: string }> {
  readonly providerId: ProviderId
  readonly layout: {
    readonly machines: string
    readonly trash: string
    machine(uuid: string): F
    removed(uuid: string): F
  }
  readDefinition(folder: F): DefinitionReading<D>
  filesOf(definition: D, folder: F): MachineFiles['files']
}

/** The files of all machines that are folders of Berth's, in the list and in the trash. */
export async function keptMachineFiles<D extends { readonly name: string }, F extends { readonly path: string }>(
  world: KeptWorld<D, F>,
): Promise<readonly MachineFiles[]> {
  const { layout } = world
  const [machines, removed] = await Promise.all([names(layout.machines), trashed(layout.trash)])
  const all = [
    ...machines.map((uuid) => ({ uuid, folder: layout.machine(uuid), isInTrash: false })),
    ...removed.map((uuid) => ({ uuid, folder: layout.removed(uuid), isInTrash: true })),
  ].filter(({ uuid }) => /^[0-9a-f-]{36}$/.test(uuid))
  return all.map(({ uuid, folder, isInTrash }) => {
    // A definition that is missing says as little as one that cannot be read.
    const reading = world.readDefinition(folder)
    const { definition = null, name = null } = 'value' in reading ? reading.value : {}
    return {
      machineId: machineId(world.providerId, uuid),
      name: definition?.name ?? name ?? uuid,
      isInTrash,
      folder: folder.path,
      files: definition === null ? [] : world.filesOf(definition, folder),
      // What was left out may have been a file.
      isComplete: reading.kind === 'read',
    }
  })
}
