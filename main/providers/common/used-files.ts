import { machineId, type ProviderId } from '../../../app/domain/ids.ts'
import type { MachineFiles } from '../provider.ts'
import { type DefinitionReading, stampOf } from './definition-file.ts'
import { names } from './files.ts'
import { trashed } from './purges.ts'

interface KeptFolder {
  readonly path: string
  readonly definition: string
}

interface KeptOptions<D extends { readonly name: string }, F extends KeptFolder> {
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

/**
 * Who tells the files of all machines that are folders of Berth's, in the list and in the trash. It is asked whenever one of them
 * changed: only definitions that did are read again.
 */
export function createKeptFiles<D extends { readonly name: string }, F extends KeptFolder>(
  context: KeptOptions<D, F>,
): () => Promise<readonly MachineFiles[]> {
  const { layout } = context
  let known: ReadonlyMap<string, { readonly stamp: string; readonly files: MachineFiles }> = new Map()
  return async () => {
    const [machines, removed] = await Promise.all([names(layout.machines), trashed(layout.trash)])
    const all = [
      ...machines.map((uuid) => ({ uuid, folder: layout.machine(uuid), isInTrash: false })),
      ...removed.map((uuid) => ({ uuid, folder: layout.removed(uuid), isInTrash: true })),
    ].filter(({ uuid }) => /^[0-9a-f-]{36}$/.test(uuid))
    const found = await Promise.all(
      all.map(async ({ uuid, folder, isInTrash }) => {
        const stamp = await stampOf(folder.definition)
        const last = known.get(folder.path)
        const files =
          last !== undefined && stamp !== null && last.stamp === stamp
            ? last.files
            : filesIn(context, machineId(context.providerId, uuid), uuid, folder, isInTrash)
        return [folder.path, { stamp: stamp ?? '', files }] as const
      }),
    )
    known = new Map(found)
    return found.map(([, { files }]) => files)
  }
}

function filesIn<D extends { readonly name: string }, F extends KeptFolder>(
  { readDefinition, filesOf }: KeptOptions<D, F>,
  id: MachineFiles['machineId'],
  uuid: string,
  folder: F,
  isInTrash: boolean,
): MachineFiles {
  // A definition that is missing says as little as one that cannot be read.
  const reading = readDefinition(folder)
  const { definition = null, name = null } = 'value' in reading ? reading.value : {}
  return {
    machineId: id,
    name: definition?.name ?? name ?? uuid,
    isInTrash,
    folder: folder.path,
    files: definition === null ? [] : filesOf(definition, folder),
    // What was left out may have been a file.
    isComplete: reading.kind === 'read',
  }
}
