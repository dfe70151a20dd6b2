import type { MachineId } from '../../../app/domain/ids.ts'
import * as staging from '../common/staging.ts'
import type { Op } from '../provider.ts'
import { type Definition, writeDefinition } from './definitions.ts'
import { fileFailure } from './errors.ts'
import type { Folder } from './layout.ts'
import { providerId } from './machine.ts'
import type { ProviderContext } from './provider-context.ts'

/** A machine by this definition, or the one that `fill` gives after it has put everything into its folder. */
export async function makeMachine(
  context: ProviderContext,
  definition: Definition,
  fill: (folder: Folder) => Promise<Definition | null>,
  op: Op,
): Promise<MachineId> {
  const fillWhole = async (folder: Folder): Promise<void> => {
    const filled = await fill(folder)
    await writeDefinition(folder, filled ?? definition)
  }
  try {
    return await staging.makeMachine(context, providerId, definition.uuid, fillWhole, op)
  } catch (error) {
    throw fileFailure(error)
  }
}
