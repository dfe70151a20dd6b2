import { createKeptFiles } from '../common/used-files.ts'
import type { MachineFiles } from '../provider.ts'
import { type Definition, readDefinitionFile } from './definitions.ts'
import type { Folder, Layout } from './layout.ts'
import { providerId } from './machine.ts'

export function createUsedFiles(layout: Layout): () => Promise<readonly MachineFiles[]> {
  const filesOf = ({ diskBytes, discPath }: Definition, folder: Folder): MachineFiles['files'] => [
    ...(diskBytes === null ? [] : [{ path: folder.disk, access: 'write' as const, format: 'raw' as const }]),
    ...(discPath === null ? [] : [{ path: discPath, access: 'read' as const, format: 'raw' as const }]),
    { path: folder.memory, access: 'write', format: 'raw' },
  ]
  return createKeptFiles({ providerId, layout, readDefinition: readDefinitionFile, filesOf })
}
