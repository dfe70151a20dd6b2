import type { MachineId } from '../../../app/domain/ids.ts'
import * as staging from '../common/staging.ts'
import type { Op } from '../provider.ts'
import { type Definition, writeDefinition } from './definitions.ts'
import type { Folder } from './layout.ts'
import { providerId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'

/** A machine of what `make` puts into its folder and says of it. */
export function makeMachine(
  context: ProviderContext,
  uuid: string,
  make: (folder: Folder) => Promise<Definition>,
  op: Op,
): Promise<MachineId> {
  const fill = async (folder: Folder): Promise<void> => writeDefinition(folder, await make(folder))
  return staging.makeMachine(context, providerId, uuid, fill, op)
}
