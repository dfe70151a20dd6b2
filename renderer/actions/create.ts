import type { EndpointId, MachineId, SnapshotId, TaskId } from '../../app/domain/ids.ts'
import type { CreateOptions, CreateSpec, DiskFormat, ImageInspection, ImportSummary } from '../../app/domain/spec.ts'
import { attempt, call } from './call.ts'
import { placeOf } from './machines.ts'

// The create dialog shows failures itself, at the field they are about: these reject.

export const createOptions = (endpointId: EndpointId): Promise<CreateOptions> => call('create.options', { endpointId })

export const previewCreate = (spec: CreateSpec): Promise<readonly string[]> => call('create.preview', { spec })

export const runCreate = (spec: CreateSpec): Promise<TaskId> => call('create.run', { spec })

export const inspectImport = (endpointId: EndpointId, path: string): Promise<ImportSummary | null> =>
  call('create.inspect', { endpointId, path })

export const inspectImage = (
  path: string,
  format: DiskFormat | null,
  use: 'copy' | 'in-place',
): Promise<ImageInspection> => call('create.inspectImage', { path, format, use })

export const importMachine = (endpointId: EndpointId, path: string, name: string): Promise<TaskId> =>
  call('create.import', { endpointId, path, name })

/** Answers with the task, or null when it was refused: the reason is then on the machine's page. */
export const cloneMachine = (
  id: MachineId,
  request: { readonly name: string; readonly mode: 'full' | 'linked'; readonly snapshotId: SnapshotId | null },
): Promise<TaskId | null> => attempt(placeOf(id), () => call('machine.clone', { id, ...request }), 'clone')
