import { join } from 'node:path'
import { createKeptFiles } from '../common/used-files.ts'
import type { MachineFiles } from '../provider.ts'
import { type Definition, imagesOf, readDefinitionFile } from './definitions.ts'
import { baseFile, type Folder, type Layout } from './layout.ts'
import { providerId } from './machine.ts'

export function createUsedFiles(layout: Layout): () => Promise<readonly MachineFiles[]> {
  const filesOf = (definition: Definition, folder: Folder): MachineFiles['files'] => [
    ...imagesOf(definition, folder).map(({ path, format }) => ({ path, access: 'write' as const, format })),
    ...definition.bases.map((baseId) => ({
      path: join(layout.base(baseId), baseFile),
      access: 'read' as const,
      format: 'qcow2' as const,
    })),
    ...(definition.isoPath === null
      ? []
      : [{ path: definition.isoPath, access: 'read' as const, format: 'raw' as const }]),
    { path: folder.memory, access: 'write', format: 'raw' },
  ]
  return createKeptFiles({ providerId, layout, readDefinition: readDefinitionFile, filesOf })
}
